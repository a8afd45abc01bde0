// How does one XML element become a JSON property? http://hl7.org/fhir/STU3/json.html#xml-json
import { numberOf } from './decimals.ts';
import type { Property, TypeDefinition } from './definitions.ts';

export type Tree = Record<string, unknown>;

/** One open FHIR element. `slot` waits for the resource inside `contained` or `resource`; `skip` swallows what is refused. */
export type Frame = {
  kind: 'object' | 'primitive' | 'slot' | 'skip';
  name: string;
  /** Place among its likes, for lists. */
  index: number | undefined;
  parent: Frame | undefined;
  type: TypeDefinition | undefined;
  property: Property | undefined;
  /** What is being built: the object, or the id and extensions of a primitive. */
  target: Tree;
  value: unknown;
  /** Names of primitive lists in `target` that have a `_name` beside them. */
  paired: Set<string> | undefined;
  jsonDepth: number;
};

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const numeric = new Set(['decimal', 'integer', 'positiveInt', 'unsignedInt']);

/** The JSON value of an XML attribute; undefined when the text is not of the type. */
export function readValue(type: string, text: string): unknown {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  if (numeric.has(type)) return number.test(text) && text.length <= 512 ? numberOf(text) : undefined;
  return text;
}

/** The place of an open element in FHIRPath; resource frames show nothing of their own. */
export function placeOf(frame: Frame | undefined): string {
  if (!frame) return '';
  const above = placeOf(frame.parent);
  if (frame.name === '') return above;
  const own = frame.index === undefined ? frame.name : `${frame.name}[${frame.index}]`;
  return above === '' ? own : `${above}.${own}`;
}

const listIn = (target: Tree, name: string): unknown[] => {
  const known = target[name];
  if (Array.isArray(known)) return known;
  const list: unknown[] = [];
  target[name] = list;
  return list;
};

/** How many of a property there are already; 0 or 1 for a single. */
export function countIn(frame: Frame, property: Property): number {
  const known = frame.target[property.name];
  if (Array.isArray(known)) return known.length;
  return known === undefined && frame.target[property.beside] === undefined ? 0 : 1;
}

/** Puts an object or a text in its place. */
export function addValue(frame: Frame, property: Property, value: unknown): void {
  if (property.list) listIn(frame.target, property.name).push(value);
  else frame.target[property.name] = value;
}

/** Puts a primitive in its place, with its id and extensions beside it. */
export function addPrimitive(
  frame: Frame,
  property: Property,
  entry: { value: unknown; extras: Tree | undefined },
): void {
  const { value, extras } = entry;
  const { name } = property;
  if (!property.list) {
    if (value !== undefined) frame.target[name] = value;
    if (extras) frame.target[property.beside] = extras;
    return;
  }
  const values = listIn(frame.target, name);
  values.push(value ?? null);
  if (!extras) return;
  const beside = listIn(frame.target, property.beside);
  while (beside.length < values.length - 1) beside.push(null);
  beside.push(extras);
  frame.paired ??= new Set();
  frame.paired.add(name);
}

/** Once an object is whole: both arrays of a primitive list equally long, and no array of nulls alone. */
export function finish(frame: Frame): void {
  for (const name of frame.paired ?? []) {
    const values = listIn(frame.target, name);
    const beside = listIn(frame.target, `_${name}`);
    while (beside.length < values.length) beside.push(null);
    if (values.every((value) => value === null)) delete frame.target[name];
  }
}
