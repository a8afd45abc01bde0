// Does a registered resource fit a search? Tokens only: https://hl7.org/fhir/R4/search.html#token
import { isResource } from '../fhir/bundles.ts';
import type { FhirResource } from '../model.ts';
import type { HolderQuery } from './holder.ts';

/** Parameters that have the name of their element; what else a query says makes the answer no narrower. */
const tokens = new Set(['category', 'scope', 'code', 'status']);

type Coding = { system?: unknown; code?: unknown };

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

const codingsIn = (element: unknown): Coding[] =>
  listOf(element).flatMap((one): Coding[] => {
    if (typeof one === 'string') return [{ code: one }];
    if (typeof one !== 'object' || one === null) return [];
    const { coding } = one as { coding?: unknown };
    return listOf(coding).filter((found): found is Coding => typeof found === 'object' && found !== null);
  });

function fitsToken(codings: readonly Coding[], token: string): boolean {
  const bar = token.indexOf('|');
  const code = token.slice(bar + 1);
  const system = bar < 0 ? undefined : token.slice(0, bar);
  return codings.some(
    (one) => (code === '' || one.code === code) && (system === undefined || (one.system ?? '') === system),
  );
}

/** Several values in one parameter mean any of them; several parameters mean all of them. */
export function fitsQuery(resource: FhirResource, query: HolderQuery): boolean {
  if (!isResource(resource) || resource.resourceType !== query.resourceType) return false;
  return query.parameters.every(([name, value]) => {
    if (!tokens.has(name)) return true;
    const codings = codingsIn(resource[name]);
    return value.split(',').some((token) => fitsToken(codings, token));
  });
}
