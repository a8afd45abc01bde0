// How does a value take the primitive type of its target? Text of XML and plain JSON becomes numbers and booleans.
// https://hl7.org/fhir/R4/datatypes.html#primitive
import { isDate, isTime } from '../fhir/dates.ts';
import { numberOf } from '../fhir/decimals.ts';
import { looksLikeDate } from '../fhir/fhirpath/dates.ts';
import type { RawDecimal } from '../model.ts';
import { RunFault } from './faults.ts';
import { isRawDecimal, plain, textOf } from './fhirpath/values.ts';

const integer = /^[+-]?\d+$/;
const decimal = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** A decimal as written: a number where that prints the same, else an exact decimal. */
export const decimalOf = (text: string): number | RawDecimal =>
  numberOf(text.replace(/^\+/, '').replace(/^(-?)0+(?=\d)/, '$1'));

const asBoolean = (value: unknown): boolean | undefined => {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === '1') return true;
  return value === 'false' || value === '0' ? false : undefined;
};

const asInteger = (value: unknown): number | undefined => {
  const text = typeof value === 'number' ? '' : (textOf(value) ?? '');
  const number = integer.test(text) ? Number(text) : value;
  // an integer of FHIR has 32 bits: a longer one would not come back as it was
  return typeof number === 'number' && (number | 0) === number ? number : undefined;
};

const asDecimal = (value: unknown): number | RawDecimal | undefined => {
  if (typeof value === 'number' || isRawDecimal(value)) return value;
  return typeof value === 'string' && decimal.test(value.trim()) ? decimalOf(value.trim()) : undefined;
};

const least: Readonly<Record<string, number>> = { positiveInt: 1, unsignedInt: 0 };

const bounded = (value: number | undefined, type: string): number | undefined =>
  value !== undefined && value >= (least[type] ?? Number.NEGATIVE_INFINITY) ? value : undefined;

const asDate = (value: unknown, type: 'date' | 'dateTime' | 'instant'): string | undefined => {
  const text = textOf(value);
  return text !== undefined && isDate(type, text) ? text : undefined;
};

const asTime = (value: unknown): string | undefined => {
  const text = textOf(value);
  return text !== undefined && isTime(text) ? text : undefined;
};

const convert = (value: unknown, type: string): unknown => {
  switch (type) {
    case 'boolean':
      return asBoolean(value);
    case 'integer':
    case 'positiveInt':
    case 'unsignedInt':
      return bounded(asInteger(value), type);
    case 'decimal':
      return asDecimal(value);
    case 'date':
    case 'dateTime':
    case 'instant':
      return asDate(value, type);
    case 'time':
      return asTime(value);
    default:
      return textOf(value);
  }
};

/** A value in the JSON form of a primitive type. @throws RunFault when it has no such form */
export const coerce = (item: unknown, type: string): unknown => {
  const value = plain(item);
  if (typeof value === 'string' && type === 'string') return value;
  const result = convert(value, type);
  if (result === undefined) throw new RunFault(`the value is not a ${type}`, { value });
  return result;
};

/** As `cast` does it: a dateTime may lose its time to become a date. @throws RunFault */
export const cast = (item: unknown, type: string): unknown => {
  const value = plain(item);
  const day = type === 'date' && typeof value === 'string' && looksLikeDate(value);
  return coerce(day ? value.slice(0, 10) : value, type);
};
