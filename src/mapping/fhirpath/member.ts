// What does `.name` give? Any JSON tree; FHIR's choice types and primitive extensions where there are some.
// http://hl7.org/fhirpath/N1/#path-selection, https://hl7.org/fhir/R4/fhirpath.html
import { choiceStems } from '../elementTypes.ts';
import type { Evaluate, Frame, Reading, Touch } from './frame.ts';
import { type Items, isLeaf, isTree, none, plain, type Tree, Typed } from './values.ts';

/** Keys that are never followed and never written. */
export const forbidden: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

const dataTypes =
  /^(?:Base64Binary|Boolean|Canonical|Code|Date|DateTime|Decimal|Id|Instant|Integer|Markdown|Oid|PositiveInt|String|Time|UnsignedInt|Uri|Url|Uuid|Address|Age|Annotation|Attachment|CodeableConcept|Coding|ContactPoint|Count|Distance|Duration|HumanName|Identifier|Money|Period|Quantity|Range|Ratio|Reference|SampledData|Signature|Timing|ContactDetail|Contributor|DataRequirement|Expression|ParameterDefinition|RelatedArtifact|TriggerDefinition|UsageContext|Dosage|Meta)$/;
const primitives =
  /^(?:Base64Binary|Boolean|Canonical|Code|Date|DateTime|Decimal|Id|Instant|Integer|Markdown|Oid|PositiveInt|String|Time|UnsignedInt|Uri|Url|Uuid)$/;

/** Elements with a choice of types in STU3 or R4 data types and resources, by their stem. */
const isChoiceKey = (key: string, stem: string): boolean =>
  key.length > stem.length && key.startsWith(stem) && dataTypes.test(key.slice(stem.length));

/** The FHIR type that a choice's suffix names: `DateTime` is `dateTime`, `Quantity` stays. */
export const typeOfSuffix = (suffix: string): string =>
  primitives.test(suffix) ? suffix.charAt(0).toLowerCase() + suffix.slice(1) : suffix;

/** The keys of a tree that hold `stem[x]`. */
const choiceKey = (tree: Tree, stem: string): string | undefined => {
  for (const key in tree) {
    if (isChoiceKey(key, stem)) return key;
    if (key.startsWith('_') && isChoiceKey(key.slice(1), stem)) return key.slice(1);
  }
  return undefined;
};

type Out = { items: unknown[]; touches: Touch[] | undefined };

const add = (out: Out, item: unknown, touch: { container: object; key: string | number }): void => {
  out.items.push(item);
  out.touches?.push({ ...touch, live: true });
};

const extraAt = (extras: unknown, index: number): Tree | undefined => {
  const extra = Array.isArray(extras) ? extras[index] : extras;
  return isTree(extra) ? extra : undefined;
};

const wrap = (value: unknown, type: string | undefined, extra: Tree | undefined): unknown =>
  type !== undefined || extra !== undefined ? new Typed(value ?? undefined, type, extra) : value;

type Found = { tree: Tree; key: string; extraKey: string; type: string | undefined };

const addList = (out: Out, { tree, extraKey, type }: Found, values: readonly unknown[]): void => {
  const extras = tree[extraKey];
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    const extra = extras === undefined ? undefined : extraAt(extras, index);
    if (value === null && !extra) continue;
    if (value !== undefined) add(out, wrap(value, type, extra), { container: values, key: index });
  }
};

const addFound = (out: Out, found: Found): void => {
  const { tree, key, type } = found;
  const value = tree[key];
  if (Array.isArray(value)) {
    addList(out, found, value);
    return;
  }
  if (typeof value === 'function') return;
  const extras = isLeaf(value) ? tree[found.extraKey] : undefined;
  if (Array.isArray(extras)) {
    addList(out, found, new Array(extras.length).fill(null));
    return;
  }
  const extra = extras === undefined ? undefined : extraAt(extras, 0);
  if ((value === undefined || value === null) && !extra) return;
  add(out, wrap(value, type, extra), { container: tree, key });
};

const addOfLeaf = (out: Out, item: unknown, access: Access): void => {
  const value = plain(item);
  if (access.name === 'value' && value !== undefined) out.items.push(value);
  else if (item instanceof Typed && item.extra) addFound(out, foundIn(item.extra, access));
};

const foundIn = (tree: Tree, { name, extraKey }: Access): Found => ({
  tree,
  key: name,
  extraKey,
  type: undefined,
});

const addMember = (out: Out, item: unknown, access: Access): void => {
  const tree = plain(item);
  if (!isTree(tree)) {
    addOfLeaf(out, item, access);
    return;
  }
  if (tree[access.name] !== undefined || tree[access.extraKey] !== undefined) {
    addFound(out, foundIn(tree, access));
    return;
  }
  const key = access.choice ? choiceKey(tree, access.name) : undefined;
  if (key === undefined) return;
  const type = typeOfSuffix(key.slice(access.name.length));
  addFound(out, { tree, key, extraKey: `_${key}`, type });
};

/** The common case: one object, a property without extensions; undefined when it is not so simple. */
const simple = (item: unknown, { name, extraKey }: Access): Items | undefined => {
  if (typeof item !== 'object' || item === null || item instanceof Typed) return undefined;
  const tree = item as Tree;
  const value = tree[name];
  if (value === undefined || value === null || typeof value === 'function') return undefined;
  if (typeof value === 'object' && Array.isArray(value)) return undefined;
  return tree[extraKey] === undefined ? [value] : undefined;
};

const keep = (reading: Reading, out: Out, input: Items): Items => {
  const touches = out.touches ?? [];
  for (const [index, touch] of touches.entries()) {
    if (touch && isLeaf(plain(out.items[index]))) reading.touches.push(touch);
  }
  // `.value` of a primitive is the primitive: it stands where its owner stands
  const inherited = touches.length === 0 && out.items.length === input.length;
  reading.aligned.set(out.items, inherited ? (reading.aligned.get(input) ?? []) : touches);
  return out.items;
};

/** Which member; `choice` when FHIR has an element of this name with a choice of types. */
export type Access = { name: string; extraKey: string; choice: boolean };

export const accessTo = (name: string): Access => ({
  name,
  extraKey: `_${name}`,
  choice: choiceStems().has(name),
});

/** The members of all items that an access names. */
export const members = (frame: Frame, items: Items, access: Access): Items => {
  if (items.length === 0) return none;
  const { reading } = frame.run;
  const single = !reading && items.length === 1 ? simple(items[0], access) : undefined;
  if (single) return single;
  const out: Out = { items: [], touches: reading ? [] : undefined };
  for (const item of items) addMember(out, item, access);
  return reading ? keep(reading, out, items) : out.items;
};

/** Compiled member access. */
export const memberOf = (base: Evaluate | undefined, name: string): Evaluate => {
  const access = accessTo(name);
  return (frame, focus) => members(frame, base ? base(frame, focus) : focus, access);
};
