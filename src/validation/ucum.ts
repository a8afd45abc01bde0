// Is this a unit, and how do two units compare? http://unitsofmeasure.org/ucum.html
import { readFileSync } from 'node:fs';
import { isTree, numberOf } from './fhirpath/items.ts';
import { textOf } from './profile.ts';

type Unit = { factor: number; dimension: readonly number[]; special: boolean };
type Table = { prefixes: Record<string, number>; units: Record<string, [number, number[], number]> };

const table: Table = JSON.parse(readFileSync(new URL('ucum.generated.json', import.meta.url), 'utf8'));
const units = new Map(Object.entries(table.units));
const prefixes = Object.entries(table.prefixes);
const longest = 256;
const remembered = 5000;
const none: readonly number[] = [0, 0, 0, 0, 0, 0, 0];

const metric = 1;
const notLinear = 2 + 4;

function atom(code: string): Unit | undefined {
  const whole = units.get(code);
  if (whole !== undefined)
    return { factor: whole[0], dimension: whole[1], special: (whole[2] & notLinear) > 0 };
  for (const [prefix, times] of prefixes) {
    const rest = code.startsWith(prefix) ? units.get(code.slice(prefix.length)) : undefined;
    if (rest === undefined || (rest[2] & metric) === 0) continue;
    return { factor: times * rest[0], dimension: rest[1], special: (rest[2] & notLinear) > 0 };
  }
  return undefined;
}

const raise = (unit: Unit, power: number): Unit => ({
  factor: unit.factor ** power,
  dimension: unit.dimension.map((one) => one * power),
  special: unit.special,
});

const times = (a: Unit, b: Unit): Unit => ({
  factor: a.factor * b.factor,
  dimension: a.dimension.map((one, i) => one + (b.dimension[i] ?? 0)),
  special: a.special || b.special,
});

/** Splits off what a component says beside its unit: `{annotation}` and the exponent. */
function simple(written: string): Unit | undefined {
  const code = written.replace(/\{[\x21-\x7a|~]*\}$/, '');
  if (code === '') return written === '' ? undefined : { factor: 1, dimension: none, special: false };
  if (/^\d+$/.test(code)) return { factor: Number(code), dimension: none, special: false };
  const whole = atom(code);
  if (whole !== undefined) return whole;
  const [, base = '', power] = /^(.*?)([+-]?\d+)$/.exec(code) ?? [];
  const found = power === undefined ? undefined : atom(base);
  return found === undefined ? undefined : raise(found, Number(power));
}

type Cursor = { text: string; at: number };

function component(cursor: Cursor): Unit | undefined {
  if (cursor.text[cursor.at] === '(') {
    cursor.at++;
    const inner = term(cursor);
    if (cursor.text[cursor.at] !== ')') return undefined;
    cursor.at++;
    return inner;
  }
  const start = cursor.at;
  let depth = 0;
  for (; cursor.at < cursor.text.length; cursor.at++) {
    const sign = cursor.text[cursor.at] ?? '';
    if (sign === '[' || sign === '{') depth++;
    else if (sign === ']' || sign === '}') depth--;
    else if (depth === 0 && './()'.includes(sign)) break;
  }
  return depth === 0 ? simple(cursor.text.slice(start, cursor.at)) : undefined;
}

function term(cursor: Cursor): Unit | undefined {
  let result: Unit | undefined = { factor: 1, dimension: none, special: false };
  let power = 1;
  if (cursor.text[cursor.at] === '/') {
    power = -1;
    cursor.at++;
  }
  for (;;) {
    const next = component(cursor);
    if (next === undefined) return undefined;
    result = times(result, raise(next, power));
    const sign = cursor.text[cursor.at];
    if (sign !== '.' && sign !== '/') return result;
    power = sign === '/' ? -1 : 1;
    cursor.at++;
  }
}

const parsed = new Map<string, Unit | undefined>();

function unitOf(code: string): Unit | undefined {
  if (code.length > longest) return undefined;
  if (parsed.has(code)) return parsed.get(code);
  const cursor = { text: code, at: 0 };
  const found = term(cursor);
  const unit = cursor.at === code.length ? found : undefined;
  if (parsed.size > remembered) parsed.clear();
  parsed.set(code, unit);
  return unit;
}

/** Is the code a valid UCUM expression (case sensitive)? */
export const isUnit = (code: string): boolean => unitOf(code) !== undefined;

const ucum = 'http://unitsofmeasure.org';
// Words for time that FHIRPath literals use.
const words = new Map([
  ['year', 'a'],
  ['month', 'mo'],
  ['week', 'wk'],
  ['day', 'd'],
  ['hour', 'h'],
  ['minute', 'min'],
  ['second', 's'],
]);

function measure(quantity: unknown): { value: number; code: string; formal: boolean } | undefined {
  if (!isTree(quantity)) return undefined;
  const value = numberOf(quantity.value);
  if (value === undefined) return undefined;
  const code = textOf(quantity.code ?? quantity.unit) ?? '';
  return { value, code: words.get(code.replace(/s$/, '')) ?? code, formal: quantity.system === ucum };
}

/**
 * Negative, zero or positive as quantity `a` is smaller than, equal to or larger than `b`, converted by UCUM when the units
 * differ; undefined when they cannot be compared.
 */
export function compareQuantities(a: unknown, b: unknown): number | undefined {
  const left = measure(a);
  const right = measure(b);
  if (left === undefined || right === undefined) return undefined;
  if (left.code === right.code) return left.value - right.value;
  const from = unitOf(left.code);
  const to = unitOf(right.code);
  if (!from || !to || from.special || to.special) return undefined;
  if (from.dimension.some((one, i) => one !== to.dimension[i])) return undefined;
  return left.value * from.factor - right.value * to.factor;
}
