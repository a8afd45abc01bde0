// Is a value well formed for its primitive type? http://hl7.org/fhir/STU3/datatypes.html, http://hl7.org/fhir/R4/datatypes.html
import type { FhirVersion } from '../model.ts';
import { isDate, isTime } from './dates.ts';
import { numberText } from './decimals.ts';

/** Why a value is refused, as the tail of a rule id. */
export type PrimitiveFault =
  | 'json-type'
  | 'format'
  | 'range'
  | 'empty'
  | 'too-long'
  | 'characters'
  | 'date'
  | 'base64'
  | 'base64-padding'
  | 'id-length';

const longest = 1_048_576;
const integerText = /^(?:0|-?[1-9]\d*)$/;
const decimalText: Record<FhirVersion, RegExp> = {
  stu3: /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/,
  r4: /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/,
};
// What neither XML nor FHIR can carry: control characters but tab and line ends, halves of surrogate pairs.
const uncarriable = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const usual = /^[ -~]*$/;
const formats: Readonly<Record<string, RegExp>> = {
  code: /^\S+(?:\s\S+)*$/,
  id: /^[A-Za-z0-9\-.]{1,64}$/,
  oid: /^urn:oid:(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))*$/,
  uuid: /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  uri: /^\S+$/,
  url: /^\S+$/,
  canonical: /^\S+$/,
};
const lowest: Readonly<Record<string, number>> = { integer: -2_147_483_648, unsignedInt: 0, positiveInt: 1 };

function integerFault(type: string, value: unknown): PrimitiveFault | undefined {
  const text = numberText(value);
  if (text === undefined) return 'json-type';
  if (!integerText.test(text)) return 'format';
  const number = Number(text);
  return number < (lowest[type] ?? 0) || number > 2_147_483_647 ? 'range' : undefined;
}

function decimalFault(value: unknown, version: FhirVersion): PrimitiveFault | undefined {
  const text = numberText(value);
  if (text === undefined) return 'json-type';
  return decimalText[version].test(text) ? undefined : 'format';
}

const sextets = new Uint8Array(128);
for (const c of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
  sextets[c.charCodeAt(0)] = 1;
const isSpace = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d);

/** Groups of four, with white space between groups only, as R4's definition has it. */
function groupFault(text: string): PrimitiveFault | undefined {
  let inGroup = 0;
  let padding = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (isSpace(code)) {
      if (inGroup % 4 !== 0) return 'base64';
      continue;
    }
    if (code === 0x3d && inGroup % 4 >= 2) padding++;
    else if (padding > 0 || sextets[code] !== 1) return 'base64';
    inGroup++;
  }
  if (inGroup % 4 === 0) return undefined;
  // Padding left out leaves no doubt about the bytes: RFC 4648, section 3.2.
  return padding === 0 && inGroup % 4 !== 1 ? 'base64-padding' : 'base64';
}

function base64Fault(text: string): PrimitiveFault | undefined {
  // Fast for what is written in the usual way; the slow way only for line breaks and unusual last characters.
  if (text.length % 4 === 0 && Buffer.from(text, 'base64').toString('base64') === text) return undefined;
  return groupFault(text);
}

function freeTextFault(value: string): PrimitiveFault | undefined {
  if (value.length > longest) return 'too-long';
  return value.trim() === '' ? 'empty' : undefined;
}

/** Systems in the field have longer ids than the 64 characters of the standard; the gateway gives its own anyway. */
function idFault(value: string): PrimitiveFault | undefined {
  if (formats.id?.test(value)) return undefined;
  return /^[A-Za-z0-9\-.]{65,255}$/.test(value) ? 'id-length' : 'format';
}

function dateFault(type: 'date' | 'dateTime' | 'instant', value: string): PrimitiveFault | undefined {
  return isDate(type, value) ? undefined : 'date';
}

const textFaults: Readonly<Record<string, (value: string) => PrimitiveFault | undefined>> = {
  string: freeTextFault,
  markdown: freeTextFault,
  id: idFault,
  date: (value) => dateFault('date', value),
  dateTime: (value) => dateFault('dateTime', value),
  instant: (value) => dateFault('instant', value),
  time: (value) => (isTime(value) ? undefined : 'date'),
  base64Binary: base64Fault,
};

function stringFault(type: string, value: unknown): PrimitiveFault | undefined {
  if (typeof value !== 'string') return 'json-type';
  if (value === '') return 'empty';
  const check = textFaults[type];
  const fault = check ? check(value) : formats[type]?.test(value) === false ? 'format' : undefined;
  if (fault || type === 'base64Binary') return fault;
  return !usual.test(value) && uncarriable.test(value) ? 'characters' : undefined;
}

/** What is wrong with the JSON value of a primitive, or undefined. Linear in the length of the value; never throws. */
export function primitiveFault(
  type: string,
  value: unknown,
  version: FhirVersion,
): PrimitiveFault | undefined {
  if (type === 'boolean') return typeof value === 'boolean' ? undefined : 'json-type';
  if (type in lowest) return integerFault(type, value);
  if (type === 'decimal') return decimalFault(value, version);
  return stringFault(type, value);
}
