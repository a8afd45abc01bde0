// Which resources does a search find, going by the elements that its parameters name? Coded elements and addresses only.
import type { FhirResource } from '../model.ts';
import type { HolderResources } from './declaredSearch.ts';
import { codesIn, valuesAt } from './elementPaths.ts';
import { type ParameterShape, parametersOf, type SearchParameters, type SearchShape } from './searchShape.ts';
import { codesOf } from './searchValues.ts';

const unversioned = (address: string): string => address.split('|')[0] ?? '';

function fits(found: unknown, { value: shape }: ParameterShape, asked: string): boolean {
  if (shape.kind === 'texts') return typeof found === 'string' && unversioned(found) === asked;
  if (shape.kind !== 'codes') return false;
  const codes = codesOf(asked, shape.system) ?? [];
  return codesIn(found, shape.system).some((code) => codes.includes(code));
}

/** The resources of the asked type that have, at the place of each parameter, what the parameter asks. */
export function findByElements(
  shape: SearchShape,
  { resources, resolve }: HolderResources,
  parameters: SearchParameters,
): FhirResource[] {
  const tests = parametersOf(shape).flatMap((parameter) =>
    parameter.at === undefined
      ? []
      : parameters
          .filter(([name]) => name === parameter.name)
          .map(([, asked]) => ({ parameter, asked, at: parameter.at ?? [] })),
  );
  return resources.filter(
    (resource) =>
      resource.resourceType === shape.resourceType &&
      tests.every(({ parameter, asked, at }) =>
        at.some((path) => valuesAt(resource, path, resolve).some((found) => fits(found, parameter, asked))),
      ),
  );
}
