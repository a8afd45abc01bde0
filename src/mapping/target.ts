// How does a value get its place in the target? Lists, single elements, primitives with extensions, copies.
import type { Property } from '../fhir/definitions.ts';
import { RunFault } from './faults.ts';
import { limitFault, type Run, step } from './fhirpath/frame.ts';
import { forbidden } from './fhirpath/member.ts';
import { isLeaf, isTree, type Tree } from './fhirpath/values.ts';
import type { TargetMode } from './language/syntax.ts';

/** The place of a primitive in the target, for rules that add to it. */
export class Cell {
  readonly container: Tree;
  readonly key: string;
  readonly index: number | undefined;
  readonly type: string;
  constructor(container: Tree, key: string, at: { index: number | undefined; type: string }) {
    this.container = container;
    this.key = key;
    this.index = at.index;
    this.type = at.type;
  }
}

/** What stands in a cell now. */
export const cellValue = ({ container, key, index }: Cell): unknown => {
  const value = container[key];
  return index === undefined || !Array.isArray(value) ? value : value[index];
};

/** The `_element` object beside a primitive, made at first use. */
export const companionOf = ({ container, key, index }: Cell): Tree => {
  const name = `_${key}`;
  if (index === undefined) {
    const known = container[name];
    if (isTree(known)) return known;
    const made: Tree = {};
    container[name] = made;
    return made;
  }
  const known = container[name];
  const list: unknown[] = Array.isArray(known) ? known : [];
  while (list.length <= index) list.push(null);
  container[name] = list;
  const at = list[index];
  if (isTree(at)) return at;
  const made: Tree = {};
  list[index] = made;
  return made;
};

/** A deep copy of a part of the source. @throws RunFault for keys that could pollute */
export const copy = (run: Run, value: unknown, depth = 0): unknown => {
  if (isLeaf(value)) return value;
  step(run);
  if (depth > 200) throw limitFault('depth');
  if (Array.isArray(value)) return value.map((item) => copy(run, item, depth + 1));
  if (!isTree(value)) return value;
  const made: Tree = {};
  for (const key of Object.keys(value)) {
    if (forbidden.has(key)) throw new RunFault(`the source has the forbidden key ${key}`, { value: key });
    made[key] = copy(run, value[key], depth + 1);
  }
  return made;
};

/** How many items at the end of a list were put there by `last`, and at its start by `first`. */
const ends = new WeakMap<readonly unknown[], { first: number; last: number }>();

const insertAt = (list: unknown[], mode: TargetMode | undefined): number => {
  if (mode !== 'first' && mode !== 'last') return list.length - (ends.get(list)?.last ?? 0);
  const known = ends.get(list) ?? { first: 0, last: 0 };
  ends.set(list, known);
  known[mode] += 1;
  return mode === 'first' ? known.first - 1 : list.length;
};

/** Puts an item into a list element. @returns its index */
export const putInList = (
  container: Tree,
  key: string,
  put: { item: unknown; mode: TargetMode | undefined },
): number => {
  const known = container[key];
  if (!Array.isArray(known)) {
    const list = [put.item];
    if (put.mode === 'first' || put.mode === 'last') insertAt(list, put.mode);
    container[key] = list;
    return 0;
  }
  if (put.mode === undefined && !ends.has(known)) return known.push(put.item) - 1;
  const index = insertAt(known, put.mode);
  known.splice(index, 0, put.item);
  return index;
};

const otherTypes = ({ element, name }: Property): ReadonlySet<string> => {
  const stem = element.name.slice(0, -3);
  const names = element.types.map((type) => stem + type.charAt(0).toUpperCase() + type.slice(1));
  return new Set(names.filter((other) => other !== name));
};

/** A choice of types has one value: what stands there as another type makes room. */
export const clearOtherTypes = (container: Tree, property: Property): void => {
  if (!property.element.choice) return;
  const stem = property.element.name.slice(0, -3);
  const beside = (key: string): boolean => key.startsWith(stem) || key.startsWith(`_${stem}`);
  const near = Object.keys(container).filter(
    (key) => key !== property.name && key !== property.beside && beside(key),
  );
  if (near.length === 0) return;
  const others = otherTypes(property);
  for (const key of near) if (others.has(key.replace(/^_/, ''))) delete container[key];
};

/** Puts a value where no type says whether the element repeats: the second one makes a list. */
export const putUntyped = (container: Tree, key: string, item: unknown): number | undefined => {
  const known = container[key];
  if (known === undefined) {
    container[key] = item;
    return undefined;
  }
  if (Array.isArray(known)) return known.push(item) - 1;
  container[key] = [known, item];
  return 1;
};

const isEmpty = (value: unknown): boolean => {
  if (value === undefined || value === null) return true;
  if (typeof value !== 'object' || isLeaf(value)) return false;
  if (Array.isArray(value)) return value.every((item) => item === null);
  for (const _ in value) return false;
  return true;
};

const pruneList = (list: unknown[], keepNulls: boolean): void => {
  let kept = 0;
  for (const item of list) {
    prune(item);
    const empty = isEmpty(item);
    if (empty && !keepNulls) continue;
    list[kept] = empty ? null : item;
    kept += 1;
  }
  list.length = kept;
};

/** `_given` is as long as `given`. */
const align = (tree: Tree, key: string, companions: unknown[]): void => {
  const values = tree[key.slice(1)];
  const length = Array.isArray(values) ? values.length : 0;
  while (companions.length < length) companions.push(null);
};

const prunePart = (tree: Tree, key: string, part: unknown): void => {
  if (Array.isArray(part) && key.startsWith('_')) align(tree, key, part);
  if (Array.isArray(part)) pruneList(part, key.startsWith('_') || tree[`_${key}`] !== undefined);
  else prune(part);
  if (isEmpty(part)) delete tree[key];
};

/** Takes empty objects and lists out of a target; lists of primitives keep their nulls beside `_element`. */
export const prune = (value: unknown): void => {
  if (typeof value !== 'object' || !isTree(value)) return;
  for (const key of Object.keys(value)) {
    const part = value[key];
    if (typeof part === 'object' || part === undefined) prunePart(value, key, part);
  }
};
