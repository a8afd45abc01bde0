// How are federated searches asked in the tests? By pairs of names and values, of real holders, with the patient's own id.
import type { ExchangeDeps } from '../../src/exchange/index.ts';
import { answer } from '../../src/exchange/index.ts';
import type { FhirResource, FhirResponse, Requester } from '../../src/model.ts';
import { bsn } from '../world/wishes.ts';
import { asking, openRetrieval } from './retrievalStage.ts';

export const snomed = 'http://snomed.info/sct';
export const bsnSystem = 'http://fhir.nl/fhir/NamingSystem/bsn';
export const scopeSystem = 'http://terminology.hl7.org/CodeSystem/consentscope';

export type Pairs = readonly (readonly [name: string, value: string])[];
export type Entry = { fullUrl?: string; resource: FhirResource; search: { mode: string } };
type More = {
  who?: Requester;
  deps?: ExchangeDeps;
  method?: string;
  resource?: FhirResource;
  gone?: AbortSignal;
};

export type FederatedStage = Awaited<ReturnType<typeof openFederated>>;

export async function openFederated(opening: Parameters<typeof openRetrieval>[0] = {}) {
  const stage = await openRetrieval(opening);
  const ask = (path: string, pairs: Pairs, more: More = {}): Promise<FhirResponse> =>
    answer(
      {
        version: 'r4',
        method: more.method ?? 'GET',
        path: path.split('/'),
        query: new Map(pairs),
        parameters: pairs,
        language: 'en',
        requestId: 'request-1',
        ...(more.resource === undefined ? {} : { resource: more.resource }),
        ...(more.gone === undefined ? {} : { gone: more.gone }),
      },
      more.who ?? asking(),
      more.deps ?? stage.deps,
    );
  return {
    ...stage,
    ask,
    /** The id under which an asker knows the patient. */
    async patientId(who?: Requester, ofBsn = bsn): Promise<string> {
      const pairs: Pairs = [['identifier', `${bsnSystem}|${ofBsn}`]];
      const found = await ask('Patient/_search', pairs, { method: 'POST', ...(who ? { who } : {}) });
      return entriesOf(found)[0]?.resource.id ?? '';
    },
    /** The same gateway at a later moment. */
    later: (minutes: number): ExchangeDeps => ({
      ...stage.deps,
      clock: () => new Date(Date.now() + minutes * 60_000),
    }),
  };
}

export const entriesOf = (response: FhirResponse): Entry[] =>
  (response.resource?.entry as Entry[] | undefined) ?? [];
export const withMode = (response: FhirResponse, mode: string): FhirResource[] =>
  entriesOf(response)
    .filter(({ search }) => search.mode === mode)
    .map(({ resource }) => resource);

/** The texts of the outcome entry. */
export const told = (response: FhirResponse): string[] =>
  withMode(response, 'outcome').flatMap(({ issue }) =>
    (issue as { details: { text: string } }[]).map(({ details }) => details.text),
  );

/** Where the link of this name leads: path and, when asked for, as a path below the version. */
export const linkOf = (response: FhirResponse, relation: string): string =>
  (response.resource?.link as { relation: string; url: string }[] | undefined)
    ?.find((one) => one.relation === relation)
    ?.url.replace('https://gateway.example/r4/', '') ?? '';

export const directives = (patientId: string, ...more: Pairs): Pairs => [
  ['patient', `Patient/${patientId}`],
  ['scope', `${scopeSystem}|treatment`],
  ['category', `${snomed}|129125009`],
  ...more,
];

/** An R4 treatment directive of the patient `p1`. */
export const directive = (id: string, more: Record<string, unknown> = {}): FhirResource => ({
  resourceType: 'Consent',
  id,
  status: 'active',
  scope: { coding: [{ system: scopeSystem, code: 'treatment' }] },
  category: [{ coding: [{ system: snomed, code: '129125009' }] }],
  patient: { reference: 'Patient/p1' },
  dateTime: '2025-07-29',
  policy: [{ uri: 'https://wetten.overheid.nl/' }],
  provision: {
    type: 'deny',
    code: [{ coding: [{ system: snomed, code: '89666000' }] }],
    actor: [
      {
        role: {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'CONSENTER' }],
        },
        reference: { reference: 'RelatedPerson/r1', display: 'Michiel' },
      },
    ],
  },
  ...more,
});

export const relative = (): FhirResource => ({
  resourceType: 'RelatedPerson',
  id: 'r1',
  patient: { reference: 'Patient/p1' },
  name: [{ text: 'Michiel' }],
});
