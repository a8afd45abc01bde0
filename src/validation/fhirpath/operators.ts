// What do the operators of FHIRPath answer? http://hl7.org/fhirpath/N1/#operations
import { addToDate } from '../../fhir/fhirpath/dates.ts';
import {
  asText,
  bool,
  type Collection,
  decimal,
  type Item,
  integer,
  isTree,
  none,
  numberOf,
  text,
} from './items.ts';
import { compareMoments, isMomentType } from './moments.ts';

/** A comparison of quantities in different units; undefined when they cannot be compared. */
export type CompareQuantities = (a: unknown, b: unknown) => number | undefined;

/** The truth of a collection: undefined for empty, true for one item that is not a boolean. */
export function truth(of: Collection): boolean | undefined {
  const first = of[0];
  if (first === undefined) return undefined;
  if (typeof first.value === 'boolean') return first.value;
  return true;
}

export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  const left = numberOf(a);
  if (left !== undefined) return left === numberOf(b);
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((one, i) => sameValue(one, b[i]));
  }
  if (!isTree(a) || !isTree(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => sameValue(a[key], b[key]));
}

const quantityTypes = new Set(['Quantity', 'SimpleQuantity', 'Age', 'Count', 'Distance', 'Duration']);

/** Amounts are the same whatever their unit is called; undefined when the trees themselves have to tell. */
function sameQuantity(a: Item, b: Item, quantities: CompareQuantities): boolean | undefined {
  if (!quantityTypes.has(a.type) || !quantityTypes.has(b.type)) return undefined;
  if ([a, b].some(({ value }) => isTree(value) && value.comparator !== undefined)) return undefined;
  const order = quantities(a.value, b.value);
  return order === undefined ? undefined : order === 0;
}

function sameItem(a: Item, b: Item): boolean | undefined {
  if (typeof a.value === 'string' && typeof b.value === 'string') {
    if (a.value === b.value) return true;
    if (!isMomentType(a.type) && !isMomentType(b.type)) return false;
    const order = compareMoments(a.value, b.value);
    return order === undefined ? undefined : order === 0;
  }
  return sameValue(a.value, b.value);
}

export function equal(
  left: Collection,
  right: Collection,
  quantities: CompareQuantities = () => undefined,
): boolean | undefined {
  if (left.length === 0 || right.length === 0) return undefined;
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i++) {
    const a = left[i];
    const b = right[i];
    if (a === undefined || b === undefined) return undefined;
    const same = sameQuantity(a, b, quantities) ?? sameItem(a, b);
    if (same !== true) return same;
  }
  return true;
}

const folded = (value: unknown): unknown =>
  typeof value === 'string' ? value.toLowerCase().replace(/\s+/g, ' ').trim() : value;

export function equivalent(left: Collection, right: Collection): boolean {
  if (left.length !== right.length) return false;
  return left.every((a) => right.some((b) => sameValue(folded(a.value), folded(b.value))));
}

export const holds = (collection: Collection, item: Item): boolean =>
  collection.some((one) => sameItem(one, item) === true);

/** Equal trees have equal keys, whatever the order of their elements. */
function keyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const number = numberOf(value);
  if (number !== undefined) return number;
  return JSON.stringify(value, (_, part: unknown) =>
    isTree(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}

const few = 16;

/** The test whether an item is in a collection; by keys when there are many, lest it takes quadratic time. */
export function membershipIn(collection: Collection): (item: Item) => boolean {
  if (collection.length <= few) return (item) => holds(collection, item);
  const keys = new Set(collection.map((one) => keyOf(one.value)));
  return (item) => keys.has(keyOf(item.value));
}

export function distinct(items: Collection): Item[] {
  if (items.length < 2) return [...items];
  const seen = new Set<unknown>();
  return items.filter((item) => {
    const key = keyOf(item.value);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function order(a: Item, b: Item, compareQuantities: CompareQuantities): number | undefined {
  const x = numberOf(a.value);
  const y = numberOf(b.value);
  if (x !== undefined && y !== undefined) return x - y;
  if (isTree(a.value) && isTree(b.value)) return compareQuantities(a.value, b.value);
  if (typeof a.value !== 'string' || typeof b.value !== 'string') return undefined;
  if (isMomentType(a.type) || isMomentType(b.type)) return compareMoments(a.value, b.value);
  return a.value < b.value ? -1 : Number(a.value > b.value);
}

const verdicts: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (o) => o < 0,
  '>': (o) => o > 0,
  '<=': (o) => o <= 0,
  '>=': (o) => o >= 0,
};

export function compare(
  op: string,
  sides: readonly [Collection, Collection],
  quantities: CompareQuantities,
): Collection {
  const [a] = sides[0];
  const [b] = sides[1];
  if (a === undefined || b === undefined) return none;
  const found = order(a, b, quantities);
  const verdict = verdicts[op];
  return found === undefined || verdict === undefined ? none : bool(verdict(found));
}

const sums: Readonly<Record<string, (a: number, b: number) => number | undefined>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0 ? undefined : a / b),
  div: (a, b) => (b === 0 ? undefined : Math.trunc(a / b)),
  mod: (a, b) => (b === 0 ? undefined : a % b),
};

/** A date or time moved by an amount; undefined for anything else. */
function moved(op: string, date: Item | undefined, by: Item | undefined): Collection | undefined {
  if (op !== '+' && op !== '-') return undefined;
  if (!isMomentType(date?.type ?? '') || typeof date?.value !== 'string' || !isTree(by?.value))
    return undefined;
  const count = numberOf(by.value.value);
  const unit = by.value.code ?? by.value.unit;
  if (count === undefined || typeof unit !== 'string') return none;
  const value = addToDate(date.value, op === '-' ? -count : count, unit);
  return value === undefined ? none : [{ value, type: date.type }];
}

/** Sums keep the decimals that were written: 1.8 - 1.2 is 0.6. */
const tidy = (value: number): number => Number(value.toPrecision(15));

export function calculate(op: string, left: Collection, right: Collection): Collection {
  const date = moved(op, left[0], right[0]);
  if (date !== undefined) return date;
  const a = left[0]?.value;
  const b = right[0]?.value;
  if (op === '&') return text(`${asText(a) ?? ''}${asText(b) ?? ''}`);
  if (a === undefined || b === undefined) return none;
  if (op === '+' && typeof a === 'string' && typeof b === 'string') return text(a + b);
  const x = numberOf(a);
  const y = numberOf(b);
  if (x === undefined || y === undefined) return none;
  const result = sums[op]?.(x, y);
  if (result === undefined) return none;
  const value = tidy(result);
  return Number.isInteger(value) && op !== '/' ? integer(value) : decimal(value);
}
