// Is an equal item among these? Only items that could be equal are compared, and each comparison counts as a step.
import { looksLikeDate } from '../../fhir/fhirpath/dates.ts';
import { type Run, step } from './frame.ts';
import { Amount, equal, type Items, isLeaf, isTree, none, numberOf, plain } from './values.ts';

/** Two dates with a time may be equal though they are written in other zones. */
const textKey = (text: string): string =>
  text.includes('T') && looksLikeDate(text) ? 'date with a time' : `text ${text}`;

/** The same for leaves that are equal. */
const leafKey = (value: unknown): string => {
  if (typeof value === 'string') return textKey(value);
  const number = numberOf(value);
  return number === undefined ? String(value) : `number ${number}`;
};

const partKey = (value: unknown): string => {
  if (Array.isArray(value)) return `list of ${value.length}`;
  return isLeaf(value) ? leafKey(value) : 'parts';
};

/** The same for items that are equal; undefined for an amount, which may equal an object. */
const keyOf = (value: unknown): string | undefined => {
  if (value instanceof Amount) return undefined;
  if (!isTree(value)) return partKey(value);
  const names = Object.keys(value).sort();
  return names.map((name) => `${name}: ${partKey(value[name])}`).join(', ');
};

/** Items of which no two are equal. */
export class DistinctItems {
  readonly #run: Run;
  readonly #all: unknown[] = [];
  readonly #byKey = new Map<string, unknown[]>();
  readonly #amounts: unknown[] = [];

  constructor(run: Run, items: Items = none) {
    this.#run = run;
    for (const item of items) this.add(item);
  }

  #among(key: string | undefined): readonly unknown[][] {
    return key === undefined ? [this.#all] : [this.#byKey.get(key) ?? [], this.#amounts];
  }

  #holds(value: unknown, key: string | undefined): boolean {
    return this.#among(key).some((others) => {
      step(this.#run, 1 + others.length);
      return others.some((other) => equal(other, value));
    });
  }

  has(item: unknown): boolean {
    const value = plain(item);
    return this.#holds(value, keyOf(value));
  }

  /** @returns whether the item was not there yet */
  add(item: unknown): boolean {
    const value = plain(item);
    const key = keyOf(value);
    if (this.#holds(value, key)) return false;
    this.#all.push(value);
    if (key === undefined) this.#amounts.push(value);
    else {
      const known = this.#byKey.get(key);
      if (known) known.push(value);
      else this.#byKey.set(key, [value]);
    }
    return true;
  }
}

/** The items that no item before them equals, by index. */
export const firsts = (run: Run, items: Items): number[] => {
  const known = new DistinctItems(run);
  return items.flatMap((item, index) => (known.add(item) ? [index] : []));
};
