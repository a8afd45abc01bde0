// What can be known of a JSON text before it is parsed? Its depth, how many keys and values it has, and the numbers a double would change.
// https://www.rfc-editor.org/rfc/rfc8259

export type JsonScan = {
  /** Keys in the text; fewer in the parsed tree means that one stood twice. */
  keys: number;
  /** Start and end of each number that would not print as it stood, in pairs. */
  exactNumbers: readonly number[];
  /** Where the scan met a limit. */
  fault?: ScanFault | undefined;
};

/** Too deep, too long a number, too many values, too many exact numbers. */
export type ScanFault = { reason: 'depth' | 'number' | 'values' | 'exact-numbers'; offset: number };

export type ScanLimits = { depth: number; values: number; exactNumbers: number };

const nothing = 0;
const quote = 1;
const open = 2;
const close = 3;
const colon = 4;
const digit = 5;
const comma = 6;
const longestNumber = 512;

const kinds = new Uint8Array(256);
kinds[0x22] = quote;
for (const c of '[{') kinds[c.charCodeAt(0)] = open;
for (const c of ']}') kinds[c.charCodeAt(0)] = close;
kinds[0x3a] = colon;
kinds[0x2c] = comma;
for (const c of '-0123456789') kinds[c.charCodeAt(0)] = digit;

const keySteps = [0, 0, 0, 0, 1, 0, 0];
const depthSteps = [0, 0, 1, -1, 0, 0, 0];
/** Each value but the last of its list or object is followed by a comma. */
const valueSteps = [0, 0, 1, 0, 0, 0, 1];

const inNumber = new Uint8Array(256);
for (const c of '-+.eE0123456789') inNumber[c.charCodeAt(0)] = 1;

function endOfString(bytes: Uint8Array, start: number): number {
  let i = start + 1;
  for (; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === 0x22) return i;
    if (byte === 0x5c) i++;
  }
  return i;
}

function endOfNumber(bytes: Uint8Array, start: number): number {
  let i = start + 1;
  while (i < bytes.length && inNumber[bytes[i] ?? 0] === 1) i++;
  return i;
}

/** Up to 15 digits without sign, point or leading zero always survive a double. */
function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > 15 || (bytes[start] === 0x30 && end - start > 1)) return false;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte < 0x30 || byte > 0x39) return false;
  }
  return true;
}

function isExact(bytes: Buffer, start: number, end: number): boolean {
  if (isPlain(bytes, start, end)) return true;
  const text = bytes.toString('latin1', start, end);
  return String(Number(text)) === text;
}

/** Where the number ends; keeps its place when a double would change it, or when it is too long to be tried. */
function readNumber(bytes: Buffer, start: number, exactNumbers: number[]): number {
  const end = endOfNumber(bytes, start);
  if (end - start > longestNumber || !isExact(bytes, start, end)) exactNumbers.push(start, end);
  return end;
}

function tooLong(places: readonly number[]): JsonScan['fault'] {
  const offset = places.find((start, i) => i % 2 === 0 && (places[i + 1] ?? 0) - start > longestNumber);
  return offset === undefined ? undefined : { reason: 'number', offset };
}

function limitMet(found: Omit<ScanLimits, 'exactNumbers'>, limits: ScanLimits): ScanFault['reason'] {
  if (found.depth > limits.depth) return 'depth';
  return found.values > limits.values ? 'values' : 'exact-numbers';
}

/** Reads the bytes once, without judging the syntax beyond strings, brackets and numbers. */
export function scanJson(bytes: Buffer, limits: ScanLimits): JsonScan {
  const exactNumbers: number[] = [];
  /** A start and an end of each. */
  const mostPlaces = limits.exactNumbers * 2;
  let keys = 0;
  let values = 0;
  let depth = 0;
  for (let i = 0; i < bytes.length; i++) {
    const kind = kinds[bytes[i] ?? 0] ?? nothing;
    if (kind === nothing) continue;
    if (kind === quote) i = endOfString(bytes, i);
    else if (kind === digit) i = readNumber(bytes, i, exactNumbers) - 1;
    else {
      keys += keySteps[kind] ?? 0;
      depth += depthSteps[kind] ?? 0;
      values += valueSteps[kind] ?? 0;
    }
    if (depth > limits.depth || values > limits.values || exactNumbers.length > mostPlaces) {
      const reason = limitMet({ depth, values }, limits);
      return { keys, exactNumbers, fault: { reason, offset: i } };
    }
  }
  return { keys, exactNumbers, fault: tooLong(exactNumbers) };
}
