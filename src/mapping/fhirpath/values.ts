// What is a value inside an expression? Plain JSON, plus a wrapper where a FHIR type or a primitive's extensions matter.
import { compareDates, looksLikeDate } from '../../fhir/fhirpath/dates.ts';
import type { RawDecimal } from '../../model.ts';

export type Items = readonly unknown[];
export type Tree = Record<string, unknown>;

export const none: Items = Object.freeze([]);

/** A value that knows its FHIR type, or a primitive that carries extensions (`_birthDate`); `value` may be absent. */
export class Typed {
  readonly value: unknown;
  readonly type: string | undefined;
  /** The `_element` object of a primitive. */
  readonly extra: Tree | undefined;
  constructor(value: unknown, type: string | undefined, extra?: Tree) {
    this.value = value;
    this.type = type;
    this.extra = extra;
  }
}

/** An amount with a unit: an expression's literal, or a FHIR Quantity when it is calculated with. */
export class Amount {
  readonly value: number;
  readonly unit: string;
  constructor(value: number, unit: string) {
    this.value = value;
    this.unit = unit;
  }
}

const isRawJson = (value: object): value is RawDecimal =>
  (value as { rawJSON?: unknown }).rawJSON !== undefined && Object.isFrozen(value);

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Typed) &&
  !(value instanceof Amount) &&
  !isRawJson(value);

/** A value without parts: string, number, boolean or exact decimal. */
export const isLeaf = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || (!Array.isArray(value) && isRawJson(value));

export const isRawDecimal = (value: unknown): value is RawDecimal =>
  typeof value === 'object' && value !== null && isRawJson(value);

/** The plain value of an item. */
export const plain = (item: unknown): unknown => (item instanceof Typed ? item.value : item);

const amountOf = (tree: Tree): Amount | undefined => {
  const value = numberOf(tree.value);
  const unit = tree.code ?? tree.unit ?? '1';
  return value !== undefined && typeof unit === 'string' ? new Amount(value, unit) : undefined;
};

/** As a number; a numeric string does not count. */
export const numberOf = (item: unknown): number | undefined => {
  const value = plain(item);
  if (typeof value === 'number') return value;
  return isRawDecimal(value) ? Number(value.rawJSON) : undefined;
};

export const amount = (item: unknown): Amount | undefined => {
  const value = plain(item);
  if (value instanceof Amount) return value;
  return isTree(value) && 'value' in value ? amountOf(value) : undefined;
};

/** As text: the value itself, or how a number or boolean prints; undefined for objects. */
export const textOf = (item: unknown): string | undefined => {
  const value = plain(item);
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (isRawDecimal(value)) return value.rawJSON;
  return value instanceof Amount ? `${value.value} '${value.unit}'` : undefined;
};

/** Singleton evaluation to a condition: empty is undefined, one non-boolean is true. */
export const truth = (items: Items): boolean | undefined => {
  if (items.length === 0) return undefined;
  const value = plain(items[0]);
  if (typeof value === 'boolean') return value;
  return items.length === 1 && value !== undefined ? true : undefined;
};

/** `true`/`false` text of XML and plain JSON counts as a condition too. */
export const isTrue = (items: Items): boolean => truth(items) === true;

const sameTree = (left: Tree, right: Tree, same: Same): boolean => {
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && same(left[key], right[key]));
};

type Same = (left: unknown, right: unknown) => boolean;

const sameArray = (left: readonly unknown[], right: readonly unknown[], same: Same): boolean =>
  left.length === right.length && left.every((item, index) => same(item, right[index]));

const sameNumber = (left: unknown, right: unknown): boolean | undefined => {
  const a = numberOf(left);
  const b = numberOf(right);
  return a !== undefined && b !== undefined ? a === b : undefined;
};

const sameAmount = (left: unknown, right: unknown): boolean | undefined => {
  if (!(left instanceof Amount) && !(right instanceof Amount)) return undefined;
  const a = amount(left);
  const b = amount(right);
  return a !== undefined && b !== undefined && a.value === b.value && a.unit === b.unit;
};

/** `=` of two items. */
export const equal: Same = (left, right) => {
  const a = plain(left);
  const b = plain(right);
  if (a === b) return true;
  if (typeof a === 'string' && typeof b === 'string') {
    return looksLikeDate(a) && looksLikeDate(b) && compareDates(a, b) === 0;
  }
  const known = sameNumber(a, b) ?? sameAmount(a, b);
  if (known !== undefined) return known;
  if (Array.isArray(a) && Array.isArray(b)) return sameArray(a, b, equal);
  return isTree(a) && isTree(b) && sameTree(a, b, equal);
};

const folded = (text: string): string => text.trim().toLowerCase().replace(/\s+/g, ' ');

/** `~` of two items: case, white space and order do not count. */
export const equivalent: Same = (left, right) => {
  const a = plain(left);
  const b = plain(right);
  if (typeof a === 'string' && typeof b === 'string')
    return folded(a) === folded(b) || (looksLikeDate(a) && looksLikeDate(b) && compareDates(a, b) === 0);
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item) => b.some((other) => equivalent(item, other)));
  }
  if (isTree(a) && isTree(b)) return sameTree(a, b, equivalent);
  return equal(a, b);
};

const order = (left: number | string, right: number | string): number =>
  left < right ? -1 : Number(left > right);

/** Negative, zero or positive; undefined when the two cannot be compared. */
export const compare = (left: unknown, right: unknown): number | undefined => {
  const a = plain(left);
  const b = plain(right);
  if (typeof a === 'string' && typeof b === 'string')
    return looksLikeDate(a) && looksLikeDate(b) ? compareDates(a, b) : order(a, b);
  const x = numberOf(a);
  const y = numberOf(b);
  if (x !== undefined && y !== undefined) return order(x, y);
  const p = amount(a);
  const q = amount(b);
  return p && q && p.unit === q.unit ? order(p.value, q.value) : undefined;
};
