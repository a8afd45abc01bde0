// Does a search read as a standard lists it? Every parameter must be a listed one with a listed value, and none may lack.
import type { Exchange } from '../exchange.ts';
import { type ParameterShape, parametersOf, type SearchParameters, type SearchShape } from './searchShape.ts';
import { allows, printShape } from './searchValues.ts';

/** Asked by GET, a BSN would stand in the address. */
const mayBe = ({ value }: ParameterShape, method: string): boolean =>
  method === 'POST' || value.kind !== 'bsn';

function withinTimes({ name, times = 1 }: ParameterShape, parameters: SearchParameters): boolean {
  const values = parameters.filter((one) => one[0] === name).map(([, value]) => value);
  return values.length <= times && new Set(values).size === values.length;
}

/** Exactly one parameter names the patient; those that must be there are there. */
function complete(shapes: readonly ParameterShape[], given: ReadonlySet<string>): boolean {
  const patients = shapes.filter(({ presence }) => presence === 'patient');
  if (patients.length > 0 && patients.filter(({ name }) => given.has(name)).length !== 1) return false;
  return shapes.every(({ presence, name }) => presence !== 'must' || given.has(name));
}

/** Is this search one of this shape? No parameter more, none less, no other value, no modifier. */
export function fitsSearch(search: SearchShape, parameters: SearchParameters, method: string): boolean {
  const shapes = parametersOf(search).filter((shape) => mayBe(shape, method));
  const known = parameters.every(([name, value]) =>
    shapes.some((shape) => shape.name === name && allows(shape.value, value)),
  );
  if (!known || !shapes.every((shape) => withinTimes(shape, parameters))) return false;
  return complete(shapes, new Set(parameters.map(([name]) => name)));
}

const pairOf = ({ name, value }: ParameterShape): string => `${name}=${printShape(value)}`;

/** The search in words: what must be there, then in brackets what may. */
export function printSearch(search: SearchShape): string {
  const shapes = parametersOf(search);
  const patients = shapes.filter(({ presence }) => presence === 'patient').map(pairOf);
  const must = shapes.filter(({ presence }) => presence === 'must').map(pairOf);
  const may = shapes.filter(({ presence }) => presence === 'may').map((shape) => `[${pairOf(shape)}]`);
  const needed = [...(patients.length > 0 ? [patients.join(' or ')] : []), ...must].join('&');
  return [`${search.resourceType}?${needed}`, ...may].join(' ');
}

/** Does any search of these exchanges take this name more than once? */
export const isRepeatable = (exchanges: readonly Exchange[], name: string): boolean =>
  exchanges.some(({ transactions }) =>
    transactions.some(
      ({ interaction }) =>
        interaction.kind === 'search-type' &&
        parametersOf(interaction.search).some((shape) => shape.name === name && (shape.times ?? 1) > 1),
    ),
  );
