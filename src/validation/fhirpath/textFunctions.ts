// What do FHIRPath's functions on strings and numbers answer? http://hl7.org/fhirpath/N1/#string-manipulation
import type { Scope, Step } from './compile.ts';
import type { FunctionMaker } from './functions.ts';
import { asText, bool, type Collection, decimal, integer, none, numberOf, text } from './items.ts';

type Values = { value: string; of(index: number): unknown };

/** A function on one string; empty when there is none. */
const onText =
  (answer: (values: Values) => Collection): FunctionMaker =>
  ({ args }) =>
  (input, scope) => {
    const value = input[0]?.value;
    if (typeof value !== 'string') return none;
    return answer({ value, of: (index) => args[index]?.(scope.self, scope)[0]?.value });
  };

/** A function on one string and one string argument; empty when either is missing. */
const withText = (answer: (value: string, other: string) => Collection): FunctionMaker =>
  onText(({ value, of }) => {
    const other = of(0);
    return typeof other === 'string' ? answer(value, other) : none;
  });

const onNumber =
  (answer: (value: number, other: number | undefined) => number): FunctionMaker =>
  ({ args }) =>
  (input: Collection, scope: Scope): Collection => {
    const value = numberOf(input[0]?.value);
    if (value === undefined) return none;
    const result = answer(value, numberOf(args[0]?.(scope.self, scope)[0]?.value));
    if (Number.isNaN(result)) return none;
    return Number.isInteger(result) ? integer(result) : decimal(result);
  };

const patterns = new Map<string, RegExp>();

/** Regular expressions of profiles, compiled once; `undefined` when the pattern is not one. */
function patternOf(source: string): RegExp | undefined {
  let found = patterns.get(source);
  if (found === undefined) {
    try {
      found = new RegExp(source, 'su');
    } catch {
      found = looserPattern(source);
    }
    if (found !== undefined) patterns.set(source, found);
  }
  return found;
}

function looserPattern(source: string): RegExp | undefined {
  try {
    return new RegExp(source, 's');
  } catch {
    return undefined;
  }
}

const matches = (value: string, source: string): Collection => {
  const pattern = patternOf(source);
  return pattern === undefined ? none : bool(pattern.test(value));
};

function toNumber(value: unknown, pattern: RegExp): number | undefined {
  if (typeof value === 'boolean') return Number(value);
  const written = asText(value);
  return written !== undefined && pattern.test(written) ? Number(written) : undefined;
}

const truths = new Map<string | undefined, boolean>([
  ...['true', 't', 'yes', 'y', '1', '1.0'].map((word): [string, boolean] => [word, true]),
  ...['false', 'f', 'no', 'n', '0', '0.0'].map((word): [string, boolean] => [word, false]),
]);

const conversions: Readonly<Record<string, (value: unknown) => Collection>> = {
  Integer: (value) => {
    const found = toNumber(value, /^[+-]?\d+$/);
    return found === undefined ? none : integer(found);
  },
  Decimal: (value) => {
    const found = toNumber(value, /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/);
    return found === undefined ? none : decimal(found);
  },
  String: (value) => {
    const found = asText(value);
    return found === undefined ? none : text(found);
  },
  Boolean: (value) => {
    const found = truths.get(asText(value)?.toLowerCase());
    return found === undefined ? none : bool(found);
  },
  Date: moment('date', /^\d{4}(-\d\d(-\d\d)?)?/),
  DateTime: moment('dateTime', /^\d{4}(-\d\d(-\d\d(T.*)?)?)?$/),
  Time: moment('time', /^\d\d(:\d\d(:\d\d(\.\d+)?)?)?$/),
};

function moment(type: string, pattern: RegExp): (value: unknown) => Collection {
  return (value) => {
    const [found] = pattern.exec(asText(value) ?? '') ?? [];
    return found === undefined ? none : [{ value: found, type }];
  };
}

const converters = Object.entries(conversions).flatMap(([name, convert]): [string, FunctionMaker][] => [
  [`to${name}`, (): Step => (input) => (input[0] === undefined ? none : convert(input[0].value))],
  [
    `convertsTo${name}`,
    (): Step => (input) => (input[0] === undefined ? none : bool(convert(input[0].value).length > 0)),
  ],
]);

export const textFunctions: Readonly<Record<string, FunctionMaker>> = {
  ...Object.fromEntries(converters),
  indexOf: withText((value, other) => integer(value.indexOf(other))),
  startsWith: withText((value, other) => bool(value.startsWith(other))),
  endsWith: withText((value, other) => bool(value.endsWith(other))),
  contains: withText((value, other) => bool(value.includes(other))),
  matches: withText(matches),
  matchesFull: withText((value, source) => matches(value, `^(?:${source})$`)),
  upper: onText(({ value }) => text(value.toUpperCase())),
  lower: onText(({ value }) => text(value.toLowerCase())),
  trim: onText(({ value }) => text(value.trim())),
  length: onText(({ value }) => integer(value.length)),
  toChars: onText(({ value }) => [...value].map((one) => ({ value: one, type: 'string' }))),
  split: withText((value, by) => value.split(by).map((one) => ({ value: one, type: 'string' }))),
  substring: onText(({ value, of }) => {
    const start = numberOf(of(0));
    if (start === undefined || start < 0 || start >= value.length) return none;
    const length = numberOf(of(1));
    return text(length === undefined ? value.slice(start) : value.slice(start, start + length));
  }),
  replace: onText(({ value, of }) => {
    const [old, by] = [of(0), of(1)];
    if (typeof old !== 'string' || typeof by !== 'string') return none;
    return text(value.replaceAll(old, () => by));
  }),
  replaceMatches: onText(({ value, of }) => {
    const [source, by] = [of(0), of(1)];
    if (typeof source !== 'string' || typeof by !== 'string') return none;
    const pattern = patternOf(source);
    return pattern === undefined ? none : text(value.replace(new RegExp(pattern, 'gs'), by));
  }),
  join:
    ({ args }) =>
    (input, scope) =>
      text(
        input.map((item) => asText(item.value) ?? '').join(asText(args[0]?.(scope.self, scope)[0]?.value)),
      ),
  abs: onNumber(Math.abs),
  ceiling: onNumber(Math.ceil),
  floor: onNumber(Math.floor),
  truncate: onNumber(Math.trunc),
  sqrt: onNumber(Math.sqrt),
  exp: onNumber(Math.exp),
  ln: onNumber(Math.log),
  log: onNumber((value, base = 10) => Math.log(value) / Math.log(base)),
  power: onNumber((value, to = 1) => value ** to),
  round: onNumber((value, digits = 0) => Math.round(value * 10 ** digits) / 10 ** digits),
};
