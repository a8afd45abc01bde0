// How does an asker come to speak of a patient? It searches by BSN and gets an id of its own; reading that asks the holders.
import { bsnSystem } from '../../fhir/identifiers.ts';
import type { FhirResource, FhirResponse, Requester } from '../../model.ts';
import { actorOf } from '../../store/actor.ts';
import { heldPlace } from '../answers/heldPlace.ts';
import { servedForm, startServing } from '../answers/servedForm.ts';
import { toR4 } from '../answers/toR4.ts';
import type { ExchangeDeps, RoutedRequest, Transaction } from '../exchange.ts';
import type { HolderResult } from '../retrieval.ts';
import { retrieve } from '../retrieve.ts';
import { askingOf } from './searchAsking.ts';
import type { SearchShape } from './searchShape.ts';
import { bsnIn } from './searchValues.ts';
import { servedPatient, servePatient } from './servedPatients.ts';

export type PatientUse = { exchange: 'wishes' | 'medication'; categories: readonly string[] };

const shape: SearchShape = {
  resourceType: 'Patient',
  parameters: [{ name: 'identifier', value: { kind: 'bsn' }, type: 'token', presence: 'must' }],
  includes: [],
};

/** What the asker knows already, and nothing more: whether any holder knows the patient cannot be seen from it. */
const bare = (id: string, bsn: string): FhirResource => ({
  resourceType: 'Patient',
  id,
  identifier: [{ system: bsnSystem, value: bsn }],
});

async function searchPatient(
  { exchange }: PatientUse,
  request: RoutedRequest,
  { requester, deps }: { requester: Requester; deps: ExchangeDeps },
): Promise<FhirResponse> {
  const bsn = bsnIn(request.parameters?.find(([name]) => name === 'identifier')?.[1] ?? '') ?? '';
  const id = await servePatient(
    {
      bsn,
      requester,
      record: (unit) =>
        void unit.audit({
          event: `${exchange}.searchPatient`,
          action: 'R',
          outcome: 'success',
          ...actorOf(requester),
          patientBsn: bsn,
          exchange,
          requestId: request.requestId,
        }),
    },
    deps,
  );
  const base = `${deps.baseUrl}/r4/Patient`;
  const entry = { fullUrl: `${base}/${id}`, resource: bare(id, bsn), search: { mode: 'match' } };
  const link = [{ relation: 'self', url: `${base}?_id=${id}` }];
  return {
    status: 200,
    resource: { resourceType: 'Bundle', type: 'searchset', total: 1, link, entry: [entry] },
  };
}

/** Who it is, and no more: addresses and numbers are asked elsewhere. */
const shown = ['name', 'gender', 'birthDate', 'deceasedBoolean', 'deceasedDateTime'] as const;

function demographics(
  results: readonly HolderResult[],
  id: string,
  deps: ExchangeDeps,
): FhirResource | undefined {
  for (const result of results) {
    const { participant, endpoint, resources } = result;
    const source = resources.find(({ resourceType }) => resourceType === 'Patient');
    if (source === undefined) continue;
    const given = { resource: source, version: endpoint.fhirVersion, seed: participant.id };
    const patient = toR4(given, deps).resources[0];
    if (patient?.name === undefined) continue;
    const some = shown.flatMap((name) => (patient[name] === undefined ? [] : [[name, patient[name]]]));
    const resource: FhirResource = { resourceType: 'Patient', ...Object.fromEntries(some) };
    const { store } = deps;
    const served = { store, holder: result, patientId: id, resolve: () => undefined, placeOf: heldPlace };
    return servedForm(resource, startServing(served));
  }
  return undefined;
}

async function readPatient(
  { exchange, categories }: PatientUse,
  request: RoutedRequest,
  { requester, deps }: { requester: Requester; deps: ExchangeDeps },
): Promise<FhirResponse> {
  const { id, bsn } = await servedPatient(request.params.id ?? '', requester, deps);
  const { results } = await retrieve(
    {
      exchange,
      event: `${exchange}.readPatient`,
      asking: askingOf(requester, bsn, request),
      categories,
      queriesFor: ({ kind }) => (kind === 'fhir' ? [{ resourceType: 'Patient', parameters: [] }] : []),
      deadlineMs: deps.settings[exchange].deadlineMs,
    },
    deps,
  );
  return { status: 200, resource: { ...bare(id, bsn), ...demographics(results, id, deps) } };
}

/** The search and the read of a patient, in one exchange. */
export const patientTransactions = (use: PatientUse): readonly Transaction[] => [
  {
    name: 'searchPatient',
    version: 'r4',
    method: 'POST',
    path: ['Patient'],
    interaction: { kind: 'search-type', search: shape },
    resourceTypes: ['Patient'],
    documentation: 'By POST alone: gives an id under which this asker may search, whoever knows the patient.',
    answer: (request, requester, deps) => searchPatient(use, request, { requester, deps }),
  },
  {
    name: 'readPatient',
    version: 'r4',
    method: 'GET',
    path: ['Patient', ':id'],
    interaction: { kind: 'read' },
    resourceTypes: ['Patient'],
    documentation: 'Who the patient is, as far as a holder may say it; by the id that the search gave.',
    answer: (request, requester, deps) => readPatient(use, request, { requester, deps }),
  },
];
