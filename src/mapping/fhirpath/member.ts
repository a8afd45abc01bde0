// What does `.name` give? Any JSON tree; FHIR's choice types and primitive extensions where there are some.
// http://hl7.org/fhirpath/N1/#path-selection, https://hl7.org/fhir/R4/fhirpath.html
import { choiceStems } from '../types.ts';
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

type Found = { tree: Tree; key: string; type: string | undefined };

const addList = (out: Out, { tree, key, type }: Found, values: readonly unknown[]): void => {
  const extras = tree[`_${key}`];
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
  if (Array.isArray(value)) return addList(out, found, value);
  if (typeof value === 'function') return;
  const extras = isLeaf(value) ? tree[`_${key}`] : undefined;
  if (Array.isArray(extras)) return addList(out, found, new Array(extras.length).fill(null));
  const extra = extras === undefined ? undefined : extraAt(extras, 0);
  if ((value === undefined || value === null) && !extra) return;
  add(out, wrap(value, type, extra), { container: tree, key });
};

const addOfLeaf = (out: Out, item: unknown, name: string): void => {
  const value = plain(item);
  if (name === 'value' && value !== undefined) out.items.push(value);
  else if (item instanceof Typed && item.extra)
    addFound(out, { tree: item.extra, key: name, type: undefined });
};

const addMember = (out: Out, item: unknown, { name, choice }: Access): void => {
  const tree = plain(item);
  if (!isTree(tree)) return addOfLeaf(out, item, name);
  if (Object.hasOwn(tree, name)) return addFound(out, { tree, key: name, type: undefined });
  if (Object.hasOwn(tree, `_${name}`)) return addFound(out, { tree, key: name, type: undefined });
  const key = choice ? choiceKey(tree, name) : undefined;
  if (key !== undefined) addFound(out, { tree, key, type: typeOfSuffix(key.slice(name.length)) });
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
export type Access = { name: string; choice: boolean };

export const accessTo = (name: string): Access => ({ name, choice: choiceStems().has(name) });

/** The members of all items that an access names. */
export const members = (frame: Frame, items: Items, access: Access): Items => {
  if (items.length === 0) return none;
  const { reading } = frame.run;
  const out: Out = { items: [], touches: reading ? [] : undefined };
  for (const item of items) addMember(out, item, access);
  return reading ? keep(reading, out, items) : out.items;
};

/** Compiled member access. */
export const memberOf = (base: Evaluate | undefined, name: string): Evaluate => {
  const access = accessTo(name);
  return (frame, focus) => members(frame, base ? base(frame, focus) : focus, access);
};
