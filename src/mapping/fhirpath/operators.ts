// What do the operators do? http://hl7.org/fhirpath/N1/#operations, section 6
import { addToDate, compareDates, looksLikeDate } from '../../fhir/fhirpath/dates.ts';
import { type Frame, firstOf, step } from './frame.ts';
import { firsts } from './sameItems.ts';
import {
  Amount,
  amount,
  compare,
  equal,
  equivalent,
  type Items,
  none,
  numberOf,
  plain,
  textOf,
  truth,
} from './values.ts';

/** What an operator gives; what takes longer with more items counts its steps in the frame's run. */
export type Operator = (left: Items, right: Items, frame: Frame) => Items;

const yes: Items = Object.freeze([true]);
const no: Items = Object.freeze([false]);
const decided = (value: boolean | undefined): Items => (value === undefined ? none : value ? yes : no);

/** Dates that agree as far as both go, and amounts in other units, are neither equal nor different. */
const isUndecided = (left: unknown, right: unknown): boolean => {
  const [a, b] = [plain(left), plain(right)];
  if (a instanceof Amount || b instanceof Amount)
    return amount(a) !== undefined && amount(a)?.unit !== amount(b)?.unit;
  if (typeof a !== 'string' || typeof b !== 'string' || a === b) return false;
  return looksLikeDate(a) && looksLikeDate(b) && compareDates(a, b) === undefined;
};

/** `=`, with an unknown outcome for what can neither be told equal nor different. */
const equals = (left: Items, right: Items): boolean | undefined => {
  if (left.length === 0 || right.length === 0) return undefined;
  if (left.length !== right.length) return false;
  let undecided = false;
  for (const [index, item] of left.entries()) {
    if (equal(item, right[index])) continue;
    if (!isUndecided(item, right[index])) return false;
    undecided = true;
  }
  return undecided ? undefined : true;
};

const negated = (value: boolean | undefined): boolean | undefined =>
  value === undefined ? undefined : !value;

const alike = (left: Items, right: Items, { run }: Frame): boolean =>
  left.length === right.length &&
  left.every((item) => {
    step(run, right.length);
    return right.some((other) => equivalent(item, other));
  });

const ordered =
  (test: (order: number) => boolean): Operator =>
  (left, right) => {
    if (left.length !== 1 || right.length !== 1) return none;
    const order = compare(left[0], right[0]);
    return order === undefined ? none : decided(test(order));
  };

const moved = (left: Items, right: Items, sign: 1 | -1): Items | undefined => {
  const date = plain(left[0]);
  const by = amount(right[0]);
  if (typeof date !== 'string' || !by || !looksLikeDate(date)) return undefined;
  const result = addToDate(date, sign * by.value, by.unit);
  return result === undefined ? none : [result];
};

/** Sums keep the decimals that were written: 0.1 + 0.2 is 0.3. */
const tidy = (value: number): number => Number(value.toPrecision(15));

const arithmetic =
  (work: (left: number, right: number) => number | undefined) =>
  (left: Items, right: Items): Items => {
    if (left.length !== 1 || right.length !== 1) return none;
    const a = numberOf(left[0]);
    const b = numberOf(right[0]);
    if (a === undefined || b === undefined) return none;
    const result = work(a, b);
    return result === undefined || !Number.isFinite(result) ? none : [tidy(result)];
  };

const amounts = (left: Items, right: Items, sign: 1 | -1): Items | undefined => {
  const a = amount(left[0]);
  const b = amount(right[0]);
  if (!a || !b) return undefined;
  return a.unit === b.unit ? [new Amount(tidy(a.value + sign * b.value), a.unit)] : none;
};

const sum = arithmetic((a, b) => a + b);
const difference = arithmetic((a, b) => a - b);

const plus: Operator = (left, right) => {
  if (left.length !== 1 || right.length !== 1) return none;
  const date = moved(left, right, 1);
  if (date) return date;
  const a = plain(left[0]);
  const b = plain(right[0]);
  if (typeof a === 'string' && typeof b === 'string') return [a + b];
  return amounts(left, right, 1) ?? sum(left, right);
};

const minus: Operator = (left, right) => {
  if (left.length !== 1 || right.length !== 1) return none;
  return moved(left, right, -1) ?? amounts(left, right, -1) ?? difference(left, right);
};

const joined: Operator = (left, right, { run }) => [
  (textOf(firstOf(run, left)) ?? '') + (textOf(firstOf(run, right)) ?? ''),
];

const isIn: Operator = (items, within, { run }) => {
  step(run, within.length);
  return items.length === 1 ? decided(within.some((other) => equal(items[0], other))) : none;
};

const union: Operator = (left, right, { run }) => {
  const items = [...left, ...right];
  return firsts(run, items).map((index) => items[index]);
};

const logic =
  (work: (a: boolean | undefined, b: boolean | undefined) => boolean | undefined): Operator =>
  (left, right) =>
    decided(work(truth(left), truth(right)));

export const operators: Readonly<Record<string, Operator>> = {
  '=': (left, right) => decided(equals(left, right)),
  '!=': (left, right) => decided(negated(equals(left, right))),
  '~': (left, right, frame) => decided(alike(left, right, frame)),
  '!~': (left, right, frame) => decided(!alike(left, right, frame)),
  '<': ordered((order) => order < 0),
  '>': ordered((order) => order > 0),
  '<=': ordered((order) => order <= 0),
  '>=': ordered((order) => order >= 0),
  '+': plus,
  '-': minus,
  '*': arithmetic((a, b) => a * b),
  '/': arithmetic((a, b) => (b === 0 ? undefined : a / b)),
  div: arithmetic((a, b) => (b === 0 ? undefined : Math.trunc(a / b))),
  mod: arithmetic((a, b) => (b === 0 ? undefined : a % b)),
  '&': joined,
  '|': union,
  in: isIn,
  contains: (left, right, frame) => isIn(right, left, frame),
  and: logic((a, b) => (a === false || b === false ? false : a && b)),
  or: logic((a, b) => (a || b ? true : a === undefined || b === undefined ? undefined : false)),
  xor: logic((a, b) => (a === undefined || b === undefined ? undefined : a !== b)),
  implies: logic((a, b) => (a === false || b ? true : a === undefined || b === undefined ? undefined : b)),
};

/** Operators whose left side can decide alone: the value of the left that decides, and the answer then. */
export const shortcuts: Readonly<Record<string, { when: boolean; answer: Items }>> = {
  and: { when: false, answer: no },
  or: { when: true, answer: yes },
  implies: { when: false, answer: yes },
};
