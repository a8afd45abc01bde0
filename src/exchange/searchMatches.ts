// What of all holders' answers does a search find? Matches in R4 with what comes along, each under gateway ids.
import { resolver } from '../fhir/bundles.ts';
import type { FhirResource, Issue } from '../model.ts';
import type { DeclaredSearch, HolderResources, Placed, ResolveIn } from './declaredSearch.ts';
import type { ExchangeDeps } from './exchange.ts';
import { includesOf, readIncludes } from './includes.ts';
import type { HolderResult } from './retrieval.ts';
import type { SearchParameters } from './searchShape.ts';
import { servedForm, servedPlace, startServing } from './servedForm.ts';
import { toR4 } from './toR4.ts';

/** One match as it leaves, and the places of what comes along with it. */
export type Match = { holderId: string; resource: FhirResource; along: readonly string[] };

export type Matches = {
  matches: Match[];
  /** By `Type/id`: what comes along, each once however many matches it belongs to. */
  included: Record<string, FhirResource>;
  /** What was kept back on the way, by holder. */
  issues: Map<HolderResult, Issue[]>;
};

type Asked = { search: DeclaredSearch; parameters: SearchParameters; patientId: string; requestId: string };

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Everything that one holder gave, in R4 and each once. */
function holderResources(
  result: HolderResult,
  { search, requestId }: Asked,
  deps: ExchangeDeps,
): { given: HolderResources; issues: Issue[] } {
  const { participant, endpoint } = result;
  const seed = `${participant.id} ${endpoint.id}`;
  const given = { version: endpoint.fhirVersion, seed, ...(result.shapes && { shapes: result.shapes }) };
  const converted = result.resources.map((resource) => toR4({ ...given, resource }, deps));
  const documents = search.fromDocuments?.(result, { deps, requestId });
  const known = new Set<string>();
  const placed: readonly Placed[] = [
    ...converted.flatMap((one) => one.resources.map((resource) => ({ resource }))),
    ...(documents?.placed ?? []),
  ].filter(({ resource }) => resource.id === undefined || once(placeOf(resource), known));
  const find = resolver({ resourceType: 'Bundle', entry: placed });
  const resolve: ResolveIn = (reference, from) => find(textOf(reference), from);
  const resources = placed.map(({ resource }) => resource);
  const issues = [...converted.flatMap((one) => one.issues), ...(documents?.issues ?? [])];
  return { given: { resources, resolve }, issues };
}

const placeOf = ({ resourceType, id }: FhirResource): string => `${resourceType}/${id}`;

function once(place: string, known: Set<string>): boolean {
  if (known.has(place)) return false;
  known.add(place);
  return true;
}

const isNoForm = ({ resourceType }: FhirResource): boolean => resourceType !== 'QuestionnaireResponse';

const madeOfForm: Issue = {
  severity: 'information',
  code: 'informational',
  rule: 'made-of-form',
  text: {
    nl: 'Gaf een ingevuld formulier; de resources zijn daaruit gemaakt',
    en: 'Gave a filled form; the resources were made of it',
  },
};

/** Chooses from each holder's answer what the search asks, whatever else the holder sent. */
export function findMatches(results: readonly HolderResult[], asked: Asked, deps: ExchangeDeps): Matches {
  const { search, parameters, patientId } = asked;
  const includes = readIncludes(parameters);
  const found: Matches = { matches: [], included: {}, issues: new Map() };
  for (const result of results) {
    const { given, issues } = holderResources(result, asked, deps);
    const matches = search.find(given, parameters);
    const isMade = result.endpoint.method === 'form' && matches.some(isNoForm);
    found.issues.set(result, isMade ? [...issues, madeOfForm] : issues);
    const serving = startServing({ store: deps.store, holder: result, patientId, resolve: given.resolve });
    for (const match of matches) {
      const along = includesOf(match, includes, given.resolve);
      for (const one of along) found.included[servedPlace(one, serving)] ??= servedForm(one, serving);
      found.matches.push({
        holderId: result.participant.id,
        resource: servedForm(match, serving),
        along: along.map((one) => servedPlace(one, serving)),
      });
    }
  }
  return found;
}
