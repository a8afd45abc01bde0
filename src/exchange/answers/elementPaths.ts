// Which elements does a search parameter or an include look at? A path through a resource, and through references where it must.
import type { FhirResource } from '../../model.ts';
import type { ResolveIn } from '../declaredSearch.ts';

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

type Walk = { steps: readonly string[]; within: FhirResource; resolve: ResolveIn; found: unknown[] };

function follow(value: unknown, at: number, walk: Walk): void {
  const name = walk.steps[at];
  if (name === undefined) {
    walk.found.push(value);
    return;
  }
  if (!isTree(value)) return;
  if (name.startsWith('->')) {
    const target = walk.resolve(value.reference, walk.within);
    if (target?.resourceType === name.slice(2)) follow(target, at + 1, { ...walk, within: target });
    return;
  }
  const next = name.startsWith('@') ? extensionsOf(value, name.slice(1)) : value[name];
  if (Array.isArray(next)) for (const one of next) follow(one, at + 1, walk);
  else if (next !== undefined) follow(next, at + 1, walk);
}

const known = new Map<string, readonly string[]>();

/** There are as many paths as declarations. */
function stepsOf(path: string): readonly string[] {
  const read = known.get(path);
  if (read) return read;
  const steps = path.split(' ');
  known.set(path, steps);
  return steps;
}

/** Everything at the end of the path. */
export function valuesAt(resource: FhirResource, path: string, resolve: ResolveIn): unknown[] {
  const walk = { steps: stepsOf(path), within: resource, resolve, found: [] };
  follow(resource, 0, walk);
  return walk.found;
}

/** The resources that the references at the end of the path lead to. */
export function targetsAt(resource: FhirResource, path: string, resolve: ResolveIn): FhirResource[] {
  return valuesAt(resource, path, resolve).flatMap((value) => {
    const target = isTree(value) ? resolve(value.reference, resource) : undefined;
    return target ? [target] : [];
  });
}
