// What does the same content always look like? Elements in the order of the definition, fillers left out.
import type { FhirResource, FhirVersion } from '../model.ts';
import { type Property, resourceTypeOf, type TypeDefinition, typeOf } from './definitions.ts';
import { printPath } from './shapeWalk.ts';

/** New text for a `Reference.reference`; the path names JSON properties: `Task.input[0].valueReference`. */
export type RewriteReference = (value: string, path: string) => string;

type Tree = Record<string, unknown>;
type Walk = { version: FhirVersion; rewrite: RewriteReference | undefined; path: (string | number)[] };

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !JSON.isRawJSON(value);

/** Only JSON needs arrays that consist of nulls; the other form has nothing there. */
const isFiller = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((v) => v === null);

function typeBelow(
  walk: Walk,
  property: Property,
  entry: { key: string; value: Tree },
): TypeDefinition | undefined {
  const { key, value } = entry;
  if (key === property.beside) return typeOf(walk.version, 'Element');
  if (property.kind === 'resource') return resourceTypeOf(walk.version, value.resourceType);
  return property.kind === 'complex' ? typeOf(walk.version, property.type) : undefined;
}

function orderChild(walk: Walk, property: Property, entry: { key: string; value: unknown }): unknown {
  const { key, value } = entry;
  if (!isTree(value)) return value;
  walk.path.push(key);
  const result = Array.isArray(value)
    ? orderList(walk, property, { key, value })
    : orderBelow(walk, property, { key, value });
  walk.path.pop();
  return result;
}

function orderBelow(walk: Walk, property: Property, entry: { key: string; value: Tree }): Tree {
  const type = typeBelow(walk, property, entry);
  return type ? orderObject(walk, type, entry.value) : entry.value;
}

function orderList(walk: Walk, property: Property, entry: { key: string; value: unknown[] }): unknown[] {
  let copy: unknown[] | undefined;
  for (let i = 0; i < entry.value.length; i++) {
    const item = entry.value[i];
    if (!isTree(item) || Array.isArray(item)) continue;
    walk.path.push(i);
    const ordered = orderBelow(walk, property, { key: entry.key, value: item });
    walk.path.pop();
    if (ordered === item) continue;
    copy ??= entry.value.slice();
    copy[i] = ordered;
  }
  return copy ?? entry.value;
}

function placeOf(type: TypeDefinition, key: string): number {
  if (key === 'resourceType') return 0;
  const property = type.keys.get(key);
  if (!property) return Number.MAX_SAFE_INTEGER;
  return key === property.beside ? property.order + 1 : property.order;
}

function newValue(walk: Walk, type: TypeDefinition, entry: { key: string; value: unknown }): unknown {
  const property = type.keys.get(entry.key);
  if (!property) return entry.value;
  if (
    walk.rewrite &&
    type.name === 'Reference' &&
    entry.key === 'reference' &&
    typeof entry.value === 'string'
  ) {
    return walk.rewrite(entry.value, printPath(walk.path));
  }
  return orderChild(walk, property, entry);
}

/** The same object when nothing changes, so that what already is in order costs no copy. */
function orderObject(walk: Walk, type: TypeDefinition, source: Tree): Tree {
  let changed: Map<string, unknown> | undefined;
  let last = -1;
  let isOrdered = true;
  for (const key in source) {
    const value = source[key];
    const place = placeOf(type, key);
    if (place < last) isOrdered = false;
    last = place;
    const next = isFiller(value) ? undefined : newValue(walk, type, { key, value });
    if (next === value) continue;
    changed ??= new Map();
    changed.set(key, next);
  }
  return changed === undefined && isOrdered ? source : assemble(type, source, { changed, isOrdered });
}

type Change = { changed: ReadonlyMap<string, unknown> | undefined; isOrdered: boolean };

function assemble(type: TypeDefinition, source: Tree, { changed, isOrdered }: Change): Tree {
  const keys = Object.keys(source);
  if (!isOrdered) keys.sort((a, b) => placeOf(type, a) - placeOf(type, b));
  const target: Tree = {};
  for (const key of keys) {
    const value = changed?.has(key) ? changed.get(key) : source[key];
    if (value !== undefined) target[key] = value;
  }
  return target;
}

/**
 * The same content with elements in definition order, and each `Reference.reference` replaced in the same walk when
 * `rewrite` is given. Parts that need no change are shared with the source, which itself is never changed; elements
 * that the version does not know stay, at the end.
 */
export function canonicalRewritten(
  resource: FhirResource,
  version: FhirVersion,
  rewrite?: RewriteReference,
): FhirResource {
  const type = resourceTypeOf(version, resource.resourceType);
  if (!type) return resource;
  const walk: Walk = { version, rewrite, path: [resource.resourceType] };
  return { ...orderObject(walk, type, resource), resourceType: resource.resourceType };
}

/** The same content with elements in definition order: equal content prints to equal text, whichever form it came in. */
export function canonical(resource: FhirResource, version: FhirVersion): FhirResource {
  return canonicalRewritten(resource, version);
}
