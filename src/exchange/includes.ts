// What comes along with a match? What the includes of the search lead to, and with `:iterate` what that leads to.
import type { FhirResource } from '../model.ts';
import type { ResolveIn } from './declaredSearch.ts';
import { targetsAt } from './elementPaths.ts';
import { includePaths } from './includePaths.ts';
import type { SearchParameters } from './searchShape.ts';

const valuesOf = (parameters: SearchParameters, wanted: string): string[] =>
  parameters.filter(([name]) => name === wanted).map(([, value]) => value);

function follow(from: FhirResource, includes: readonly string[], resolve: ResolveIn): FhirResource[] {
  const own = includes.filter((include) => include.split(':')[0] === from.resourceType);
  return own.flatMap((include) => {
    const path = includePaths[include];
    return path === undefined ? [] : targetsAt(from, path, resolve);
  });
}

/** The resources that come along with one match, each once, without itself. */
export function includesOf(
  match: FhirResource,
  parameters: SearchParameters,
  resolve: ResolveIn,
): FhirResource[] {
  const iterated = valuesOf(parameters, '_include:iterate');
  const found = new Set(follow(match, valuesOf(parameters, '_include'), resolve));
  for (const one of found) for (const next of follow(one, iterated, resolve)) found.add(next);
  found.delete(match);
  return [...found];
}
