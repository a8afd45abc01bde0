// What comes along with a match? What the includes of the search lead to, and with `:iterate` what that leads to.
import type { FhirResource } from '../../model.ts';
import { targetsAt } from '../answers/elementPaths.ts';
import type { ResolveIn } from '../declaredSearch.ts';
import { includePaths } from './includePaths.ts';
import type { SearchParameters } from './searchShape.ts';

/** The paths to follow, by the type that they start from. */
type Paths = ReadonlyMap<string, readonly string[]>;
export type Includes = { first: Paths; iterated: Paths };

function pathsOf(parameters: SearchParameters, wanted: string): Paths {
  const paths = new Map<string, string[]>();
  for (const [name, include] of parameters) {
    const own = includePaths[include];
    if (name !== wanted || own === undefined) continue;
    const type = include.split(':')[0] ?? '';
    paths.set(type, (paths.get(type) ?? []).concat(own));
  }
  return paths;
}

/** What the includes of a search say; read once for all its matches. */
export const readIncludes = (parameters: SearchParameters): Includes => ({
  first: pathsOf(parameters, '_include'),
  iterated: pathsOf(parameters, '_include:iterate'),
});

const none: readonly string[] = [];

const follow = (from: FhirResource, paths: Paths, resolve: ResolveIn): FhirResource[] =>
  (paths.get(from.resourceType) ?? none).flatMap((path) => targetsAt(from, path, resolve));

/** The resources that come along with one match, each once, without itself. */
export function includesOf(
  match: FhirResource,
  { first, iterated }: Includes,
  resolve: ResolveIn,
): FhirResource[] {
  const found = new Set(follow(match, first, resolve));
  if (iterated.size > 0)
    for (const one of found) for (const next of follow(one, iterated, resolve)) found.add(next);
  found.delete(match);
  return [...found];
}
