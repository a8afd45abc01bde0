// How does JSON come in and go out without losing or hiding anything? http://hl7.org/fhir/STU3/json.html
import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { GatewayError } from '../errors.ts';
import type { Issue } from '../model.ts';
import './decimals.ts';
import { findJsonFault, type JsonFault, placeIn } from './jsonFault.ts';
import { type ScanFault, scanJson } from './jsonScan.ts';

/** Deepest nesting of objects and arrays that is read unless a caller says otherwise. */
export const defaultDepth = 64;

/** A megabyte of FHIR has 60,000 values at most, few of them exact numbers; either takes more room and time than its letters. */
const mostValues = 1_000_000;
const valuesPerExactNumber = 10;

/** For what nobody sends: the gateway wrote it itself, of parts that were held to the limit, or its operator installed it. */
export const anySize = { values: Number.POSITIVE_INFINITY };

const sayable = /^[A-Za-z_][\w.[\]]{0,512}$/;

type Text = Issue['text'];

const tooCostly: ReadonlySet<string> = new Set(['json-values', 'json-exact-numbers']);

function refuse(rule: string, text: Text, expression?: string): never {
  const place = expression && sayable.test(expression) ? { expression: [expression] } : {};
  const [kind, code] = tooCostly.has(rule)
    ? (['tooLarge', 'too-costly'] as const)
    : (['invalid', 'invalid'] as const);
  throw new GatewayError(kind, text.en, { issues: [{ severity: 'fatal', code, text, rule, ...place }] });
}

function rootOf(tree: unknown): string {
  const type = typeof tree === 'object' && tree !== null && 'resourceType' in tree ? tree.resourceType : '';
  return typeof type === 'string' && /^[A-Za-z]{1,64}$/.test(type) ? type : '';
}

function refuseFault(fault: JsonFault, text: string, root: string): never {
  const { line, column } = placeIn(text, fault.offset);
  const path = [root, fault.path].filter((part) => part !== '').join('.');
  const at = { nl: `regel ${line}, kolom ${column}`, en: `line ${line}, column ${column}` };
  const texts: Record<JsonFault['reason'], Text> = {
    syntax: { nl: `De tekst is geen geldige JSON: ${at.nl}`, en: `The text is not valid JSON: ${at.en}` },
    duplicate: {
      nl: `Een object heeft dezelfde sleutel twee keer: ${at.nl}`,
      en: `An object has the same key twice: ${at.en}`,
    },
    forbidden: {
      nl: `Een object heeft een sleutel die niet mag: ${at.nl}`,
      en: `An object has a key that is not allowed: ${at.en}`,
    },
  };
  refuse(`json-${fault.reason}`, texts[fault.reason], path);
}

const scanTexts: Readonly<Record<ScanFault['reason'], Text>> = {
  depth: { nl: 'De JSON is te diep genest', en: 'The JSON is nested too deeply' },
  number: { nl: 'Een getal is te lang', en: 'A number is too long' },
  values: {
    nl: 'De JSON heeft meer waarden dan hier worden gelezen',
    en: 'The JSON has more values than are read here',
  },
  'exact-numbers': {
    nl: 'De JSON heeft meer decimale getallen dan hier worden gelezen',
    en: 'The JSON has more decimal numbers than are read here',
  },
};

function refuseScan(bytes: Buffer, { reason, offset }: ScanFault): never {
  const { line, column } = placeIn(
    bytes.toString('utf8', 0, offset + 1),
    bytes.toString('utf8', 0, offset).length,
  );
  const { nl, en } = scanTexts[reason];
  refuse(`json-${reason}`, {
    nl: `${nl}: regel ${line}, kolom ${column}`,
    en: `${en}: line ${line}, column ${column}`,
  });
}

/** Throws `__proto__` out and counts the keys; recursion is safe because the depth was limited before. */
function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) count += countKeys(value[i]);
    return count;
  }
  const object = value as Record<string, unknown>;
  for (const key in object) {
    // Not a number equals no count, so that the place is looked for.
    count += key === '__proto__' ? Number.NaN : 1;
    const child = object[key];
    if (typeof child === 'object') count += countKeys(child);
  }
  return count;
}

// Nobody outside can know it, so no content can pass for a marked number.
const marker = randomUUID();
const numberSyntax = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/** The text with each number that a double would change replaced by a marked string; undefined when one is no number. */
function markNumbers(bytes: Buffer, places: readonly number[]): string | undefined {
  const parts: string[] = [];
  let from = 0;
  for (let i = 0; i < places.length; i += 2) {
    const number = bytes.toString('latin1', places[i], places[i + 1]);
    if (!numberSyntax.test(number)) return undefined;
    parts.push(bytes.toString('utf8', from, places[i]), '"', marker, number, '"');
    from = places[i + 1] ?? from;
  }
  parts.push(bytes.toString('utf8', from));
  return parts.join('');
}

class MarkedKey extends Error {}

/** Turns the marked strings, in place, into numbers that print as they stood. */
function restoreNumbers(value: unknown): unknown {
  if (typeof value === 'string' && value.startsWith(marker)) return JSON.rawJSON(value.slice(marker.length));
  if (typeof value !== 'object' || value === null) return value;
  const object = value as Record<string, unknown>;
  for (const key in object) {
    if (key.startsWith(marker)) throw new MarkedKey();
    const child = object[key];
    const restored = restoreNumbers(child);
    if (restored !== child) object[key] = restored;
  }
  return object;
}

/** Undefined when the text is not JSON. */
function parseText(text: string | undefined): { tree: unknown } | undefined {
  try {
    return text === undefined ? undefined : { tree: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function restored(tree: unknown): { tree: unknown } | undefined {
  try {
    return { tree: restoreNumbers(tree) };
  } catch (error) {
    if (error instanceof MarkedKey) return undefined;
    throw error;
  }
}

function refuseEncoding(buffer: Buffer): void {
  if (buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf) {
    refuse('json-bom', {
      nl: 'De JSON begint met een byte order mark',
      en: 'The JSON starts with a byte order mark',
    });
  }
  if (!isUtf8(buffer))
    refuse('json-utf8', { nl: 'De tekst is geen geldige UTF-8', en: 'The text is not valid UTF-8' });
}

/**
 * One JSON document from UTF-8 bytes, in linear time. Numbers that a double does not hold exactly become `RawDecimal`,
 * so that printing gives the very same text.
 * @throws GatewayError `invalid`, naming line and column, for what is not JSON, for a byte order mark, bad UTF-8,
 * nesting beyond `depth`, a number of more than 512 characters, the same key twice, and the key `__proto__`; `tooLarge` for
 * more than `values` values, or a tenth of that in numbers that a double does not hold exactly.
 */
export function parseJson(bytes: Uint8Array, limits: { depth?: number; values?: number } = {}): unknown {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  refuseEncoding(buffer);
  const { depth = defaultDepth, values = mostValues } = limits;
  const scan = scanJson(buffer, { depth, values, exactNumbers: values / valuesPerExactNumber });
  if (scan.fault) refuseScan(buffer, scan.fault);
  const isPlain = scan.exactNumbers.length === 0;
  const parsed = parseText(isPlain ? buffer.toString('utf8') : markNumbers(buffer, scan.exactNumbers));
  const isWhole = parsed !== undefined && countKeys(parsed.tree) === scan.keys;
  const result = isWhole && !isPlain ? restored(parsed.tree) : parsed;
  if (isWhole && result) return result.tree;
  const text = buffer.toString('utf8');
  const fault = findJsonFault(text) ?? { reason: 'syntax', offset: 0, path: '' };
  return refuseFault(fault, text, rootOf(parsed?.tree));
}

/** JSON text of a tree; a `RawDecimal` prints as it stood. */
export function printJson(value: unknown): string {
  return JSON.stringify(value);
}
