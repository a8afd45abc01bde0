// Which resources does a search find, going by the elements that its parameters name? Coded elements and addresses only.
import type { FhirResource } from '../model.ts';
import type { HolderResources } from './declaredSearch.ts';
import { codesIn, valuesAt } from './elementPaths.ts';
import { type ParameterShape, parametersOf, type SearchParameters, type SearchShape } from './searchShape.ts';
import { codesOf } from './searchValues.ts';

const unversioned = (address: string): string => address.split('|')[0] ?? '';

type Fits = (found: unknown) => boolean;
type Test = { at: readonly string[]; fits: Fits };

/** What one asked value accepts. */
function fitsOf({ value: shape }: ParameterShape, asked: string): Fits {
  if (shape.kind === 'texts') return (found) => typeof found === 'string' && unversioned(found) === asked;
  if (shape.kind !== 'codes') return () => false;
  const codes = codesOf(asked, shape.system) ?? [];
  return (found) => codesIn(found, shape.system).some((code) => codes.includes(code));
}

function testsOf(shape: SearchShape, parameters: SearchParameters): Test[] {
  const tests: Test[] = [];
  for (const parameter of parametersOf(shape)) {
    const { name, at } = parameter;
    if (at === undefined) continue;
    for (const [given, asked] of parameters)
      if (given === name) tests.push({ at, fits: fitsOf(parameter, asked) });
  }
  return tests;
}

/** The resources of the asked type that have, at the place of each parameter, what the parameter asks. */
export function findByElements(
  shape: SearchShape,
  { resources, resolve }: HolderResources,
  parameters: SearchParameters,
): FhirResource[] {
  const tests = testsOf(shape, parameters);
  return resources.filter(
    (resource) =>
      resource.resourceType === shape.resourceType &&
      tests.every(({ at, fits }) => at.some((path) => valuesAt(resource, path, resolve).some(fits))),
  );
}
