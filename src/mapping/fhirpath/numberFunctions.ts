// Which functions calculate and convert? http://hl7.org/fhirpath/N1/#functions, sections 5.5 and 5.7
import { isMoment, singular } from '../../fhir/fhirpath/dates.ts';
import { type Call, type Operation, parameter } from './functions.ts';
import { Amount, amount, type Items, isRawDecimal, none, numberOf, plain, textOf } from './values.ts';

const number = (call: Call, index: number): number | undefined => numberOf(parameter(call, index)[0]);
const of = (value: unknown): Items =>
  value === undefined || (typeof value === 'number' && !Number.isFinite(value)) ? none : [value];

const onNumber = (
  max: number,
  work: (input: number, other: number | undefined) => number | undefined,
): Operation => ({
  min: 0,
  max,
  run: (call) => {
    if (call.input.length !== 1) return none;
    const input = numberOf(call.input[0]);
    if (input !== undefined) return of(work(input, number(call, 0)));
    const quantity = amount(call.input[0]);
    const value = quantity && work(quantity.value, number(call, 0));
    return quantity && value !== undefined ? [new Amount(value, quantity.unit)] : none;
  },
});

const rounded = (input: number, digits = 0): number =>
  Number(`${Math.round(Number(`${input}e${digits}`))}e-${digits}`);

const numbers: Record<string, Operation> = {
  abs: onNumber(0, Math.abs),
  ceiling: onNumber(0, Math.ceil),
  floor: onNumber(0, Math.floor),
  truncate: onNumber(0, Math.trunc),
  exp: onNumber(0, Math.exp),
  ln: onNumber(0, Math.log),
  sqrt: onNumber(0, Math.sqrt),
  round: onNumber(1, rounded),
  log: onNumber(1, (input, base) => (base === undefined ? undefined : Math.log(input) / Math.log(base))),
  power: onNumber(1, (input, exponent) => (exponent === undefined ? undefined : input ** exponent)),
};

const integer = /^[+-]?\d+$/;

/** An Integer of FHIRPath, as of FHIR. */
const within32Bits = (value: number): number | undefined => ((value | 0) === value ? value : undefined);
const decimal = /^[+-]?\d+(?:\.\d+)?$/;

/** A value converted to a FHIRPath type; undefined when it cannot be. */
type Convert = (item: unknown) => unknown;

const toBoolean: Convert = (item) => {
  const value = textOf(item)?.toLowerCase() ?? '';
  if (['true', 't', 'yes', 'y', '1', '1.0'].includes(value)) return true;
  return ['false', 'f', 'no', 'n', '0', '0.0'].includes(value) ? false : undefined;
};

const toInteger: Convert = (item) => {
  const value = plain(item);
  if (typeof value === 'boolean') return Number(value);
  const shown = textOf(value) ?? '';
  return integer.test(shown) ? within32Bits(Number(shown)) : undefined;
};

const toDecimal: Convert = (item) => {
  const value = plain(item);
  if (typeof value === 'boolean') return Number(value);
  if (isRawDecimal(value)) return value;
  const shown = textOf(value) ?? '';
  return decimal.test(shown) ? Number(shown) : undefined;
};

const toQuantity: Convert = (item) => {
  const known = amount(item);
  if (known) return known;
  const found = /^([+-]?\d+(?:\.\d+)?)\s*(?:'([^']+)'|([a-z]+))?$/.exec(textOf(item) ?? '');
  return found ? new Amount(Number(found[1]), found[2] ?? singular(found[3] ?? '1')) : undefined;
};

const dateLike =
  (cut: (shown: string) => string): Convert =>
  (item) => {
    const shown = textOf(item) ?? '';
    return isMoment(shown) ? cut(shown) : undefined;
  };

const conversions: Record<string, Convert> = {
  Boolean: toBoolean,
  Integer: toInteger,
  Decimal: toDecimal,
  String: textOf,
  Quantity: toQuantity,
  Date: dateLike((shown) => shown.slice(0, 10)),
  DateTime: dateLike((shown) => shown),
  Time: (item) => /^T?((?:[01]\d|2[0-3])(?::[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)?)$/.exec(textOf(item) ?? '')?.[1],
};

const converters = Object.entries(conversions).flatMap(([name, convert]): [string, Operation][] => {
  const result = ({ input }: Call): unknown => (input.length === 1 ? convert(input[0]) : undefined);
  return [
    [`to${name}`, { min: 0, max: 1, run: (call) => of(result(call)) }],
    [
      `convertsTo${name}`,
      { min: 0, max: 1, run: (call) => (call.input.length === 0 ? none : [result(call) !== undefined]) },
    ],
  ];
});

const folding = (work: (numbers: number[]) => number): Operation => ({
  min: 0,
  max: 0,
  run: ({ input }) => {
    const values = input.map(numberOf).filter((value) => value !== undefined);
    return values.length === input.length && values.length > 0 ? [work(values)] : none;
  },
});

export const numberFunctions: Readonly<Record<string, Operation>> = {
  ...numbers,
  ...Object.fromEntries(converters),
  sum: folding((values) => values.reduce((total, value) => total + value, 0)),
  min: folding((values) => values.reduce((least, value) => Math.min(least, value))),
  max: folding((values) => values.reduce((most, value) => Math.max(most, value))),
  avg: folding((values) => values.reduce((total, value) => total + value, 0) / values.length),
};
