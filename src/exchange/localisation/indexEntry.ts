// How does a data holder come into the regional index, and out of it? For itself alone, and with a record of it.
import { GatewayError } from '../../errors.ts';
import type { AuditEntry, FhirResponse, Issue, Requester } from '../../model.ts';
import { type IndexEntry, isEntered, registerPatient, withdrawPatient } from '../../routing/regionalIndex.ts';
import { actorOf } from '../../store/actor.ts';
import { readGiven } from '../asking/askingValues.ts';
import type { ExchangeDeps, RoutedRequest } from '../exchange.ts';

const texts = {
  'patient-missing': [
    'De patiënt ontbreekt: `patient` met een BSN als valueIdentifier',
    'The patient is missing: `patient` with a BSN as valueIdentifier',
  ],
  'exchange-missing': [
    'De gegevensuitwisseling ontbreekt: `exchange` als valueString',
    'The exchange is missing: `exchange` as valueString',
  ],
  'exchange-not-held': [
    'Voor deze gegevensuitwisseling heeft uw organisatie hier geen endpoint',
    'Your organisation has no data endpoint for this exchange here',
  ],
} as const;

const finding = (rule: keyof typeof texts, place: string): Issue => ({
  severity: 'error',
  code: 'value',
  rule,
  text: { nl: texts[rule][0], en: texts[rule][1] },
  expression: [place],
});

const refused = (issues: readonly Issue[]): GatewayError =>
  new GatewayError('unprocessable', 'The Parameters cannot be used', {
    issues,
    reason: issues[0]?.rule ?? 'parameters',
  });

export const entryParameters = { patient: 'identifier', exchange: 'text' } as const;

type Read = { entry: IndexEntry; exchangePlace: string };

/** The holder is the caller, whatever the body says. Throws `unprocessable` with every fault and its place. */
function readEntry({ resource }: RoutedRequest, { participant }: Requester): Read {
  const { given, issues } = readGiven(resource, entryParameters);
  const patientBsn = given.get('patient')?.identifier?.value;
  const asked = given.get('exchange');
  if (issues.length === 0) {
    if (patientBsn === undefined) issues.push(finding('patient-missing', 'Parameters.parameter'));
    if (asked?.text === undefined) issues.push(finding('exchange-missing', 'Parameters.parameter'));
  }
  if (issues.length > 0 || patientBsn === undefined || asked?.text === undefined) throw refused(issues);
  const entry = { patientBsn, exchange: asked.text, participantId: participant.id };
  return { entry, exchangePlace: asked.place };
}

function recordOf(
  { requester, request }: { requester: Requester; request: RoutedRequest },
  { patientBsn }: IndexEntry,
): Omit<AuditEntry, 'event' | 'action'> {
  return {
    outcome: 'success',
    ...actorOf(requester),
    exchange: 'localisation',
    patientBsn,
    requestId: request.requestId,
  };
}

function told(status: number, state: 'registered' | 'withdrawn', changed: boolean): FhirResponse {
  const parameter = [
    { name: 'state', valueCode: state },
    { name: 'changed', valueBoolean: changed },
  ];
  return { status, resource: { resourceType: 'Parameters', parameter } };
}

/** `POST /r4/$register-patient`: 201 when the entry is new, 200 when it was there. */
export async function registerHere(
  request: RoutedRequest,
  requester: Requester,
  { store, clock, followConsent }: ExchangeDeps,
): Promise<FhirResponse> {
  const { entry, exchangePlace } = readEntry(request, requester);
  const { exchange } = entry;
  const held = requester.participant.dataEndpoints?.some(({ exchanges }) => exchanges.includes(exchange));
  if (!held) throw refused([finding('exchange-not-held', exchangePlace)]);
  const changed = await store.write(async (unit) => {
    const added = await registerPatient(unit, entry, { store, now: clock() });
    if (added) await followConsent?.(unit, entry.patientBsn, requester.participant);
    const record = recordOf({ requester, request }, entry);
    const detail = { about: exchange, changed: added };
    unit.audit({ ...record, event: 'localisation.registered', action: 'C', detail });
    return added;
  });
  return told(changed ? 201 : 200, 'registered', changed);
}

/** `POST /r4/$withdraw-patient`: 200, also when there was no such entry. */
export async function withdrawHere(
  request: RoutedRequest,
  requester: Requester,
  { store, unfollowConsent }: ExchangeDeps,
): Promise<FhirResponse> {
  const { entry } = readEntry(request, requester);
  const changed = await store.write(async (unit) => {
    const removed = await withdrawPatient(unit, entry, store);
    const { patientBsn } = entry;
    const entered = {
      patientBsn,
      holder: requester.participant,
      isEntered: () => isEntered(unit, entry, store),
    };
    if (removed) await unfollowConsent?.(unit, entered);
    const record = recordOf({ requester, request }, entry);
    // what matched no entry is only a text of the caller's
    const detail = { changed: removed, ...(removed && { about: entry.exchange }) };
    unit.audit({ ...record, event: 'localisation.withdrawn', action: 'D', detail });
    return removed;
  });
  return told(200, 'withdrawn', changed);
}
