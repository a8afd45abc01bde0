// What does a data holder's FHIR server do in the tests? It finds a patient by BSN and answers searches from a list of resources.
import { printXml } from '../../src/fhir/xml.ts';
import type { DataEndpoint, FhirResource, FhirVersion, Permit } from '../../src/model.ts';
import { dataEndpoint } from '../world/cast.ts';
import { type Behaviour, type Receiver, type Seen, startReceiver } from './faultyReceiver.ts';

export const bsnSystem = 'http://fhir.nl/fhir/NamingSystem/bsn';

export type HolderServer = Receiver & {
  /** By resource type; what a search finds, or what happens instead. */
  found: Record<string, readonly FhirResource[] | Behaviour>;
  base: string;
  /** Requests as `POST Consent/_search`, without their parameters. */
  asked(): string[];
};

export const searchset = (
  resources: readonly FhirResource[],
  more: Record<string, unknown> = {},
): FhirResource => ({
  resourceType: 'Bundle',
  type: 'searchset',
  ...(resources.length > 0 && { entry: resources.map((resource) => ({ resource })) }),
  ...more,
});

export const patient = (id: string, bsn: string): FhirResource => ({
  resourceType: 'Patient',
  id,
  identifier: [{ system: bsnSystem, value: bsn }],
});

export const json =
  (body: unknown, type = 'application/fhir+json'): Behaviour =>
  (_, response) =>
    void response.writeHead(200, { 'content-type': type }).end(JSON.stringify(body));

export const xml =
  (body: FhirResource, version: FhirVersion): Behaviour =>
  (_, response) =>
    void response.writeHead(200, { 'content-type': 'application/fhir+xml' }).end(printXml(body, version));

/** The parameters of a search, from the address or the body. */
export const parametersOf = ({ url, body, method }: Seen): URLSearchParams =>
  new URLSearchParams(method === 'POST' ? body : (url.split('?')[1] ?? ''));

export async function startHolder(found: HolderServer['found'] = {}): Promise<HolderServer> {
  const receiver = await startReceiver();
  const server = Object.assign(receiver, {
    found,
    base: `${receiver.address}/fhir`,
    asked: () =>
      receiver.seen.map(({ method, url }) => `${method} ${url.replace('/fhir/', '').split('?')[0]}`),
  });
  server.standard = (seen, response) => {
    const type = /^\/fhir\/([A-Za-z]+)(?:\/_search)?(?:\?|$)/.exec(seen.url)?.[1] ?? '';
    const here = server.found[type] ?? [];
    if (typeof here === 'function') return here(seen, response);
    json(searchset(here))(seen, response);
  };
  return server;
}

/** How such a server stands in the settings. */
export const endpointAt = (address: string, change: Partial<DataEndpoint> = {}): DataEndpoint =>
  dataEndpoint({ id: 'fhir', address, patientParameter: 'reference', ...change });

/** A permit that ends a minute after `now`. */
export const permitAt = (
  now: Date,
  facts: Partial<Permit> & Pick<Permit, 'holderId' | 'patientBsn'>,
): Permit =>
  ({
    decisionId: 'decision-1',
    expires: new Date(now.getTime() + 60_000),
    categories: ['GGC002'],
    basis: 'own',
    ...facts,
  }) as Permit;
