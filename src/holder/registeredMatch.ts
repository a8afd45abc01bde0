// Does a registered resource fit a search? Tokens only: https://hl7.org/fhir/R4/search.html#token
import { isResource } from '../fhir/bundles.ts';
import type { FhirResource } from '../model.ts';
import type { HolderQuery } from './holder.ts';

/** Parameters that have the name of their element; what else a query says makes the answer no narrower. */
const tokens = new Set(['category', 'scope', 'code', 'status']);

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

function codesIn(element: unknown): unknown[] {
  return listOf(element).flatMap((one): unknown[] => {
    if (typeof one === 'string') return [one];
    if (typeof one !== 'object' || one === null) return [];
    const { coding } = one as { coding?: unknown };
    return listOf(coding).map((found) => (found as { code?: unknown } | null)?.code);
  });
}

/** Of systems there are too many spellings to compare them. */
const codeOf = (token: string): string => token.slice(token.lastIndexOf('|') + 1);

/** Several values in one parameter mean any of them; several parameters mean all of them. */
export function fitsQuery(resource: FhirResource, query: HolderQuery): boolean {
  if (!isResource(resource) || resource.resourceType !== query.resourceType) return false;
  return query.parameters.every(([name, value]) => {
    if (!tokens.has(name)) return true;
    const codes = codesIn(resource[name]);
    return value.split(',').some((token) => codes.includes(codeOf(token)));
  });
}
