// A standard's own search, over all holders at once: how does it become one searchset? Read this after retrieve.ts.
import type { FhirResponse, Requester } from '../model.ts';
import type { DeclaredSearch } from './declaredSearch.ts';
import type { ExchangeDeps, RoutedRequest, Transaction } from './exchange.ts';
import type { Retrieved } from './retrieval.ts';
import { retrieve } from './retrieve.ts';
import { type PatientUse, patientTransactions } from './searching/patientSearch.ts';
import { askingOf, patientAsked } from './searching/searchAsking.ts';
import { findMatches, type Matches } from './searching/searchMatches.ts';
import { outcomeIssues } from './searching/searchOutcome.ts';
import { firstPage, readPage } from './searching/searchPages.ts';
import { pageSizes, type SearchParameters } from './searching/searchShape.ts';
import type { ServedPatient } from './searching/servedPatients.ts';

export type Searching = {
  search: DeclaredSearch;
  parameters: SearchParameters;
  patient: ServedPatient;
  request: RoutedRequest;
  requester: Requester;
};

/**
 * Finds the patient by the asker's own id, asks the holders under their permits, chooses what the search asks, and gives it
 * page by page. Throws `notFound` for a patient id that is not the asker's.
 */
export async function answerSearch(
  search: DeclaredSearch,
  { request, requester }: { request: RoutedRequest; requester: Requester },
  deps: ExchangeDeps,
): Promise<FhirResponse> {
  const parameters = request.parameters ?? [];
  const patient = await patientAsked(parameters, requester, deps);
  return federate({ search, parameters, patient, request, requester }, deps);
}

/** One search of one patient, over all holders. */
export async function federate(
  { search, parameters, patient, request, requester }: Searching,
  deps: ExchangeDeps,
): Promise<FhirResponse> {
  const { exchange, name, categories, queriesFor } = search;
  const retrieved = await retrieve(
    {
      exchange,
      event: `${exchange}.${name}`,
      asking: askingOf(requester, patient.bsn, request),
      categories,
      queriesFor,
      deadlineMs: deps.settings[exchange].deadlineMs,
    },
    deps,
  );
  const { requestId } = request;
  const found = findMatches(
    retrieved.results,
    { search, parameters, patientId: patient.id, requestId },
    deps,
  );
  const issues = outcomeIssues(retrieved, found.issues);
  const snapshot = {
    exchange,
    self: selfOf(search, { parameters, patient }, deps.baseUrl),
    patientBsn: patient.bsn,
    categories,
    count: countOf(parameters),
    ...(isWhole(retrieved, found) ? { total: found.matches.length } : {}),
    matches: found.matches,
    included: found.included,
    issues,
  };
  return firstPage(snapshot, { request, requester }, deps);
}

/** Did everybody answer, and was all of it given? Else nobody knows how many there are. */
const isWhole = ({ results, missing }: Retrieved, { issues }: Matches): boolean =>
  missing.length === 0 &&
  results.every(({ state }) => state === 'answered') &&
  [...issues.values()].flat().every(({ severity }) => severity === 'information');

const countOf = (parameters: SearchParameters): number =>
  Number(parameters.find(([name]) => name === '_count')?.[1] ?? pageSizes.usual);

/** The search as it could be asked by address: a BSN gives way to the asker's id of the patient. */
function selfOf(
  { shape, path = shape.resourceType }: DeclaredSearch,
  { parameters, patient }: { parameters: SearchParameters; patient: ServedPatient },
  baseUrl: string,
): string {
  const pairs = parameters.map(([name, value]) =>
    name === 'patient.identifier'
      ? (['patient', `Patient/${patient.id}`] as const)
      : ([name, value] as const),
  );
  const query = pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return [`${baseUrl}/r4/${path}`, ...(query.length > 0 ? [query.join('&')] : [])].join('?');
}

const transactionOf = (search: DeclaredSearch): Transaction => ({
  name: search.name,
  version: 'r4',
  method: 'GET',
  path: [search.shape.resourceType],
  interaction: { kind: 'search-type', search: search.shape },
  resourceTypes: [search.shape.resourceType],
  documentation: search.documentation,
  answer: (request, requester, deps) => answerSearch(search, { request, requester }, deps),
});

/** The searches of one exchange as transactions, with what they need: a patient to search for, and further pages. */
export const searchTransactions = (
  use: PatientUse,
  searches: readonly DeclaredSearch[],
): readonly Transaction[] => [
  ...patientTransactions(use),
  ...searches.map(transactionOf),
  {
    name: 'readPage',
    version: 'r4',
    method: 'GET',
    path: ['$page', ':token'],
    interaction: { kind: 'page' },
    resourceTypes: [],
    documentation: 'A further page of a search, by the link that the page before it gave.',
    answer: readPage,
  },
];
