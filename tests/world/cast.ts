// Who plays in the tests? A hospital, two nursing homes and a stranger, with numbers that exist nowhere.
import { agbSystem, uraSystem } from '../../src/fhir/identifiers.ts';
import type { DataEndpoint, Endpoint, Participant, Requester } from '../../src/model.ts';

export type ParticipantSketch = {
  id: string;
  name: string;
  ura?: string;
  agb?: string;
  active?: boolean;
  endpoints?: readonly Endpoint[];
};

/** A participant with one client per exchange in `scopes`. */
export function participant(sketch: ParticipantSketch): Participant {
  return {
    id: sketch.id,
    name: sketch.name,
    identifiers: [
      ...(sketch.ura ? [{ system: uraSystem, value: sketch.ura }] : []),
      ...(sketch.agb ? [{ system: agbSystem, value: sketch.agb }] : []),
    ],
    active: sketch.active ?? true,
    clients: [
      {
        clientId: `${sketch.id}-system`,
        scopes: ['handover'],
        keys: { kind: 'inline', jwks: { keys: [] } },
        audience: 'token-endpoint',
      },
    ],
    endpoints: sketch.endpoints ?? [],
  };
}

export function endpoint(kind: Endpoint['kind'], more: Partial<Endpoint> = {}): Endpoint {
  return {
    id: `${kind}-1`,
    kind,
    address: 'https://receiver.example/notify',
    shape: 'A',
    auth: { kind: 'none' },
    status: 'active',
    repeatable: true,
    ...more,
  };
}

export const hospital = participant({
  id: 'hospital',
  name: 'Ziekenhuis De Dijk',
  ura: '90000101',
  agb: '06990101',
  endpoints: [endpoint('callback', { address: 'https://epd.example/callback' })],
});

export const home = participant({
  id: 'home',
  name: 'Verpleeghuis Het Veer',
  ura: '90000202',
  agb: '47990202',
  endpoints: [endpoint('notification')],
});

export const otherHome = participant({
  id: 'other-home',
  name: 'Woonzorg De Vliet',
  ura: '90000303',
  agb: '47990303',
  endpoints: [endpoint('notification', { address: 'https://other.example/notify' })],
});

/** Registered and well behaved, and no party to any handover of the tests. */
export const stranger = participant({
  id: 'stranger',
  name: 'Huisartsen Aan de Kade',
  ura: '90000404',
  agb: '01990404',
});

export const castOfParticipants: readonly Participant[] = [hospital, home, otherHome, stranger];

/** The proven caller that a token of this participant makes. */
export function asking(who: Participant, scopes: readonly string[] = ['handover']): Requester {
  return { participant: who, clientId: `${who.id}-system`, scopes, tokenId: `token-of-${who.id}` };
}

/** Where a holder is asked for wishes, or whatever the test changes in it. */
export const dataEndpoint = (change: Partial<DataEndpoint> = {}): DataEndpoint => ({
  id: 'wishes',
  exchanges: ['wishes'],
  kind: 'fhir',
  address: '',
  fhirVersion: 'r4',
  method: 'resources',
  search: 'post',
  patientParameter: 'id',
  auth: { kind: 'none' },
  status: 'active',
  ...change,
});

/** Where the gateway keeps records for a participant without a server. */
export const keptHere: DataEndpoint = dataEndpoint({
  id: 'kept-here',
  exchanges: ['wishes', 'medication'],
  kind: 'registered',
});

/** The same caller, for whom the gateway keeps records. */
export const registering = (who: Participant, at: Partial<DataEndpoint> = {}): Requester =>
  asking({ ...who, dataEndpoints: [{ ...keptHere, ...at }] });

/** Numbers of the test range that pass the eleven test. */
export const testBsns = { yes: '999911612', no: '999900018', other: '999990196' } as const;
