// Which participant is meant, and at which endpoint may it be reached now?
import { isWithin } from '../fhir/dates.ts';
import type { Client, Endpoint, Identifier, Issue, Participant } from '../model.ts';
import { keyOf } from './organisations.ts';

/** Which endpoint a notification was written for that may have waited for long. */
type Addressee = { participantId: string; endpointId: string; kind: Endpoint['kind'] };

export type Directory = {
  all(): readonly Participant[];
  byId(id: string): Participant | undefined;
  byClientId(id: string): { participant: Participant; client: Client } | undefined;
  /**
   * Every participant that carries one of these identifiers; those switched off only when no active one does. More
   * than one means that the address is ambiguous: the caller refuses it.
   */
  byIdentifiers(ids: readonly Identifier[]): readonly Participant[];
  /** The first usable endpoint of this kind, or why there is none; a suspended one keeps what is written for it. */
  endpointFor(
    participant: Participant,
    kind: Endpoint['kind'],
    at: Date,
  ): { endpoint: Endpoint } | { refusal: Issue; suspended?: Endpoint };
  /**
   * Where that goes which was written for this endpoint: to it; when it is gone, switched off or past its period, to another
   * of its kind. Undefined while it is to be kept back.
   */
  wayTo(written: Addressee, at: Date): Endpoint | undefined;
};

type Refusal =
  | 'participant-inactive'
  | 'no-endpoint'
  | 'endpoint-suspended'
  | 'endpoint-off'
  | 'outside-period';

const refusals: Readonly<Record<Refusal, Issue['text']>> = {
  'participant-inactive': {
    nl: 'De organisatie is bij deze gateway niet actief.',
    en: 'The organisation is not active at this gateway.',
  },
  'no-endpoint': {
    nl: 'De organisatie heeft bij deze gateway geen endpoint hiervoor.',
    en: 'The organisation has no endpoint for this at this gateway.',
  },
  'endpoint-suspended': {
    nl: 'Het endpoint van de organisatie is tijdelijk buiten gebruik.',
    en: "The organisation's endpoint is suspended.",
  },
  'endpoint-off': {
    nl: 'Het endpoint van de organisatie is uitgeschakeld.',
    en: "The organisation's endpoint is switched off.",
  },
  'outside-period': {
    nl: 'Het endpoint van de organisatie is op dit moment niet geldig (buiten de periode).',
    en: "The organisation's endpoint is not valid at this moment (outside its period).",
  },
};

const refusal = (rule: Refusal): { refusal: Issue } => ({
  refusal: { severity: 'error', code: 'not-found', text: refusals[rule], rule },
});

function faultOf(endpoint: Endpoint, at: Date): Refusal | undefined {
  if (endpoint.status === 'off') return 'endpoint-off';
  if (endpoint.status === 'suspended') return 'endpoint-suspended';
  return isWithin(endpoint.period, at) ? undefined : 'outside-period';
}

function endpointFor(participant: Participant, kind: Endpoint['kind'], at: Date) {
  if (!participant.active) return refusal('participant-inactive');
  const candidates = participant.endpoints.filter((one) => one.kind === kind);
  const faults = candidates.map((one) => faultOf(one, at));
  const endpoint = candidates[faults.indexOf(undefined)];
  if (endpoint) return { endpoint };
  const suspended = candidates.find((one) => one.status === 'suspended');
  return { ...refusal(faults[0] ?? 'no-endpoint'), ...(suspended ? { suspended } : {}) };
}

function wayTo(participant: Participant | undefined, { endpointId, kind }: Addressee, at: Date) {
  if (!participant?.active) return undefined;
  const own = participant.endpoints.find((one) => one.id === endpointId);
  const fault = own && faultOf(own, at);
  if (fault === 'endpoint-suspended') return undefined;
  if (own && !fault) return own;
  const other = endpointFor(participant, kind, at);
  return 'endpoint' in other ? other.endpoint : undefined;
}

type Index = {
  ids: Map<string, Participant>;
  clients: Map<string, { participant: Participant; client: Client }>;
  organisations: Map<string, Participant[]>;
};

function indexOf(participants: readonly Participant[]): Index {
  const index: Index = { ids: new Map(), clients: new Map(), organisations: new Map() };
  for (const participant of participants) {
    index.ids.set(participant.id, participant);
    for (const client of participant.clients) index.clients.set(client.clientId, { participant, client });
    for (const key of new Set(participant.identifiers.map(keyOf))) {
      index.organisations.set(key, [...(index.organisations.get(key) ?? []), participant]);
    }
  }
  return index;
}

/** The configured list of participants. `reload` replaces it whole; requests in progress keep what they looked up. */
export function createDirectory(
  participants: readonly Participant[],
): Directory & { reload(participants: readonly Participant[]): void } {
  let index = indexOf(participants);
  return {
    all: () => [...index.ids.values()],
    byId: (id) => index.ids.get(id),
    byClientId: (id) => index.clients.get(id),
    byIdentifiers: (ids) => {
      const found = [...new Set(ids.flatMap((one) => index.organisations.get(keyOf(one)) ?? []))];
      const active = found.filter((one) => one.active);
      return active.length > 0 ? active : found;
    },
    endpointFor,
    wayTo: (written, at) => wayTo(index.ids.get(written.participantId), written, at),
    reload: (next) => {
      index = indexOf(next);
    },
  };
}
