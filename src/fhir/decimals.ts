// How does a number keep its exact text? FHIR decimals carry precision: http://hl7.org/fhir/STU3/datatypes.html#decimal
import type { RawDecimal } from '../model.ts';

// The compiler's library does not know these two yet: https://tc39.es/proposal-json-parse-with-source/
declare global {
  interface JSON {
    rawJSON(text: string): RawDecimal;
    isRawJSON(value: unknown): value is RawDecimal;
  }
}

/** The JSON text of a number: a plain number when that prints the very same text, else a `RawDecimal`. */
export function numberOf(text: string): number | RawDecimal {
  const value = Number(text);
  return String(value) === text ? value : JSON.rawJSON(text);
}

export function isRawDecimal(value: unknown): value is RawDecimal {
  return typeof value === 'object' && value !== null && JSON.isRawJSON(value);
}

/** The text of a number in either form; undefined for anything else. */
export function numberText(value: unknown): string | undefined {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  return isRawDecimal(value) ? value.rawJSON : undefined;
}
