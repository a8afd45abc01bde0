// What does a FHIRPath expression walk over? Items: a value, its FHIR type, and the `_element` beside a primitive.
import { isRawDecimal } from '../../fhir/decimals.ts';

/** One item of a collection. `type` is a FHIR type name or a path such as `Patient.contact`; empty when unknown. */
export type Item = {
  readonly value: unknown;
  readonly type: string;
  readonly extra?: unknown;
};

export type Collection = readonly Item[];

/** Where in the content an element of one type stands, and what stands beside its value; only primitives have that. */
export type Named = { key: string; beside: string | undefined; type: string };

/** What is known of the element `name` of a type: its place, or those that it may choose from. */
export type ChildType = Named & { choices?: readonly Named[] };

/** The type knowledge that expressions need; made from the base definitions. */
export type Model = {
  child(type: string, name: string): ChildType | undefined;
  isA(type: string, ancestor: string): boolean;
};

export const none: Collection = [];
const yes: Collection = [{ value: true, type: 'boolean' }];
const no: Collection = [{ value: false, type: 'boolean' }];

export const bool = (value: boolean): Collection => (value ? yes : no);
export const text = (value: string): Collection => [{ value, type: 'string' }];
export const integer = (value: number): Collection => [{ value, type: 'integer' }];
export const decimal = (value: number): Collection => [{ value, type: 'decimal' }];

type Tree = Readonly<Record<string, unknown>>;

/** An object that is neither a list nor a number kept as its text; asked of every element, so by a plain property. */
export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  (value as { rawJSON?: unknown }).rawJSON === undefined;

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** A number, also of a decimal that was kept as its text. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return isRawDecimal(value) ? Number(value.rawJSON) : undefined;
}

/** The text of a simple value; undefined for a tree, of which content could make anything. */
export const asText = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  if (isRawDecimal(value)) return value.rawJSON;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
};

/** The item for a whole resource. */
export const resourceItem = (value: unknown): Item => ({
  value,
  type: isTree(value) && typeof value.resourceType === 'string' ? value.resourceType : '',
});

function typed(value: unknown, type: string, extra?: unknown): Item {
  if (isTree(value) && typeof value.resourceType === 'string') return resourceItem(value);
  return extra === undefined ? { value, type } : { value, type, extra };
}

function push(into: Item[], found: { value: unknown; extra: unknown }, type: string): void {
  const { value, extra } = found;
  if (!Array.isArray(value) && !Array.isArray(extra)) {
    into.push(typed(value, type, extra));
    return;
  }
  const values = Array.isArray(value) ? value : [];
  const extras = Array.isArray(extra) ? extra : [];
  const length = Math.max(values.length, extras.length);
  for (let i = 0; i < length; i++) {
    const one = values[i] ?? undefined;
    const beside = extras[i] ?? undefined;
    if (one !== undefined || beside !== undefined) into.push(typed(one, type, beside));
  }
}

const smallA = 97;

/** The types of primitives begin with a small letter. */
export const namedOf = (key: string, type: string): Named => ({
  key,
  beside: type !== '' && type.charCodeAt(0) < smallA ? undefined : `_${key}`,
  type,
});

export const namedChoice = (stem: string, type: string): Named => namedOf(stem + capital(type), type);

function pushNamed(into: Item[], tree: Tree, { key, beside, type }: Named): boolean {
  const value = tree[key];
  const extra = beside === undefined ? undefined : tree[beside];
  if (value === undefined && extra === undefined) return false;
  push(into, { value, extra }, type);
  return true;
}

/** Adds the children called `name` of one item, also of a choice element (`value` finds `valueQuantity`). */
export function pushChildren(into: Item[], item: Item, asked: { name: string; model: Model }): void {
  const { name, model } = asked;
  const tree = isTree(item.value) ? item.value : item.extra;
  if (!isTree(tree)) return;
  const known = model.child(item.type, name);
  if (known?.choices !== undefined) {
    for (const choice of known.choices) pushNamed(into, tree, choice);
    return;
  }
  if (pushNamed(into, tree, known ?? namedOf(name, ''))) return;
  if (item.type === '' || known === undefined) pushUntyped(into, tree, name);
}

function pushUntyped(into: Item[], tree: Tree, name: string): void {
  for (const key of Object.keys(tree)) {
    if (key.length <= name.length || !key.startsWith(name)) continue;
    const rest = key.slice(name.length);
    if (!/^[A-Z]/.test(rest)) continue;
    pushNamed(into, tree, namedOf(key, primitiveByCapital.get(rest) ?? rest));
  }
}

const primitiveByCapital = new Map(
  'boolean integer string decimal uri url canonical base64Binary instant date dateTime time code oid id markdown unsignedInt positiveInt uuid'
    .split(' ')
    .map((type) => [capital(type), type]),
);

/** All children of an item, in the order of the content. */
export function childrenOf(item: Item, model: Model): Item[] {
  const into: Item[] = [];
  const tree = isTree(item.value) ? item.value : item.extra;
  if (!isTree(tree)) return into;
  for (const key of Object.keys(tree)) {
    if (key === 'resourceType') continue;
    if (!key.startsWith('_')) pushKey(into, { item, tree, model }, key);
    else if (tree[key.slice(1)] === undefined) pushKey(into, { item, tree, model }, key.slice(1));
  }
  return into;
}

function pushKey(into: Item[], from: { item: Item; tree: Tree; model: Model }, key: string): void {
  const known = from.model.child(from.item.type, key);
  pushNamed(into, from.tree, known ?? choiceOf(from, key) ?? namedOf(key, ''));
}

function choiceOf(from: { item: Item; model: Model }, key: string): Named | undefined {
  for (let at = 1; at < key.length; at++) {
    const rest = key.slice(at);
    if (rest.charAt(0) < 'A' || rest.charAt(0) > 'Z') continue;
    const known = from.model.child(from.item.type, key.slice(0, at));
    const choice = known?.choices?.find((one) => one.key === key);
    if (choice !== undefined) return choice;
  }
  return undefined;
}
