// What of all holders' answers does a search find? Matches in R4 with what comes along, each under gateway ids.
import { resolver } from '../../fhir/bundles.ts';
import type { FhirResource, Issue } from '../../model.ts';
import { answerInR4, madeIn } from '../answers/answerInR4.ts';
import { heldPlace, heldPlaces } from '../answers/heldPlace.ts';
import { servedForm, servedPlace, startServing } from '../answers/servedForm.ts';
import type { DeclaredSearch, HolderResources, Placed, ResolveIn } from '../declaredSearch.ts';
import type { ExchangeDeps } from '../exchange.ts';
import type { HolderResult } from '../retrieval.ts';
import { includesOf, readIncludes } from './includes.ts';
import type { SearchParameters } from './searchShape.ts';

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
): { given: HolderResources; made: ReadonlySet<FhirResource>; issues: Issue[] } {
  const converted = answerInR4(result, deps);
  const own = converted.flatMap((one) => one.resources);
  const known = new Set(own.map(heldPlace));
  const documents = search.fromDocuments?.(result, { deps, requestId });
  const placed: readonly Placed[] = [
    ...own.map((resource) => ({ resource })),
    ...(documents?.placed ?? []).filter(({ resource }) => !known.has(heldPlace(resource))),
  ];
  const find = resolver({ resourceType: 'Bundle', entry: placed });
  const resolve: ResolveIn = (reference, from) => find(textOf(reference), from);
  const resources = placed.map(({ resource }) => resource);
  const issues = [...converted.flatMap((one) => one.issues), ...(documents?.issues ?? [])];
  return { given: { resources, resolve }, made: new Set(converted.flatMap(madeIn)), issues };
}

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
  const read = results.map((result) => ({ result, ...holderResources(result, asked, deps) }));
  const chosen = search.find(
    read.map(({ given }) => given),
    parameters,
  );
  for (const [index, { result, given, made, issues }] of read.entries()) {
    const matches = chosen[index] ?? [];
    const isMade = matches.some((match) => made.has(match));
    found.issues.set(result, isMade ? [...issues, madeOfForm] : issues);
    const placeOf = heldPlaces(given.resources);
    const { resolve } = given;
    const serving = startServing({ store: deps.store, holder: result, patientId, resolve, placeOf });
    for (const match of matches) {
      const along = includesOf(match, includes, resolve);
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
