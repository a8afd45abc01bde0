// Which elements does a search parameter or an include look at? A path through a resource, and through references where it must.
import type { FhirResource } from '../model.ts';
import type { ResolveIn } from './declaredSearch.ts';

/*
 * A path is element names with blanks between; `@URL` is the extension with that address, `->Type` the resource of that
 * type which a reference leads to: `device ->Device type`.
 */
type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const flat = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

function extensionsOf(tree: Tree, url: string): unknown[] {
  const all = [...flat(tree.extension), ...flat(tree.modifierExtension)];
  return all.filter((one) => isTree(one) && one.url === url);
}

type Standing = { value: unknown; within: FhirResource };

function step({ value, within }: Standing, name: string, resolve: ResolveIn): Standing[] {
  if (!isTree(value)) return [];
  if (name.startsWith('@')) return extensionsOf(value, name.slice(1)).map((one) => ({ value: one, within }));
  if (!name.startsWith('->')) return flat(value[name]).map((one) => ({ value: one, within }));
  const target = resolve(value.reference, within);
  return target?.resourceType === name.slice(2) ? [{ value: target, within: target }] : [];
}

/** Everything at the end of the path. */
export function valuesAt(resource: FhirResource, path: string, resolve: ResolveIn): unknown[] {
  let found: Standing[] = [{ value: resource, within: resource }];
  for (const name of path.split(' ')) found = found.flatMap((one) => step(one, name, resolve));
  return found.map(({ value }) => value);
}

/** The codes of a CodeableConcept, Coding or code in this system. */
export function codesIn(value: unknown, system: string): string[] {
  if (!isTree(value)) return [];
  return flat(value.coding).flatMap((coding) =>
    isTree(coding) && coding.system === system && typeof coding.code === 'string' ? [coding.code] : [],
  );
}

/** The resources that the references at the end of the path lead to. */
export function targetsAt(resource: FhirResource, path: string, resolve: ResolveIn): FhirResource[] {
  return valuesAt(resource, path, resolve).flatMap((value) => {
    const target = isTree(value) ? resolve(value.reference, resource) : undefined;
    return target ? [target] : [];
  });
}
