// What has the patient recorded here? Consents and objections, registered, replaced and withdrawn; sealed at rest.
import { randomUUID } from 'node:crypto';
import { GatewayError } from '../errors.ts';
import { compareDates, parseDate } from '../fhir/dates.ts';
import type { FhirResource, Requester } from '../model.ts';
import { actorOf } from '../store/actor.ts';
import type { ConsentRecordTable } from '../store/rows/consent.ts';
import type { Store, Unit } from '../store/store.ts';
import { dropPermits } from './epoch.ts';
import type { OwnConsent } from './precedence.ts';

export type Registration = {
  patientBsn: string;
  consent: Omit<OwnConsent, 'id'>;
  /** System and value of the registrar's own identifier; a later record with the same replaces it. */
  identifier?: string;
  /** As it came in. */
  resource: FhirResource;
};

export type Registering = { requester: Requester; requestId: string; now: Date };

/** A record as it is kept; `endedAt` when it was withdrawn or replaced. */
export type KeptConsent = {
  id: string;
  registeredBy: string;
  registeredAt: string;
  endedAt?: string;
  consent: OwnConsent;
  resource: FhirResource;
  patientBsn: string;
};

type Content = Pick<KeptConsent, 'consent' | 'resource' | 'patientBsn'>;

const contextOf = (id: string) => `consentRecord\0${id}`;
const hashOf = (store: Pick<Store, 'hash'>, requester: Requester, identifier: string) =>
  store.hash('id', JSON.stringify(['consent', requester.participant.id, identifier]));

/**
 * Keeps a record from now on; cached permits of the patient end with it, at every gateway. Returns its id. Throws
 * `conflict` for one that is older, by its own `dateTime`, than the record that it would replace, and for a permit that has ended here.
 */
export async function registerConsent(
  store: Store,
  registration: Registration,
  by: Registering,
): Promise<{ id: string; replaced: number }> {
  const id = randomUUID();
  const patientHash = store.hash('bsn', registration.patientBsn);
  const identifierHash =
    registration.identifier === undefined ? null : hashOf(store, by.requester, registration.identifier);
  const at = by.now.toISOString();
  const content: Content = { ...registration, consent: { ...registration.consent, id } };
  return store.write(async (unit) => {
    // Holds the patient's row: another version that comes in at this moment, at whichever gateway, waits and is replaced.
    await dropPermits(unit, patientHash);
    if (identifierHash !== null) await refuseOlder(unit, identifierHash, registration);
    const replaced = identifierHash === null ? 0 : await endByIdentifier(unit, identifierHash, at);
    const payload = Buffer.from(JSON.stringify(content));
    await unit.db
      .insertInto('consent_record')
      .values({
        id,
        patient_hash: patientHash,
        identifier_hash: identifierHash,
        payload_id: await unit.seal(payload, contextOf(id)),
        registered_by: by.requester.participant.id,
        registered_at: at,
        ended_at: null,
      })
      .execute();
    audit(unit, by, { event: 'consent.registered', action: 'C', id, patientBsn: registration.patientBsn });
    return { id, replaced };
  });
}

/** Enough to know what comes late or again; a registrar may have sent one record a thousand times. */
const mostEarlier = 50;

/**
 * What was sent first may arrive last, or once more: the patient's later word stands, a withdrawal too. Against what has
 * ended only a permit is held: an objection that comes too late is a smaller fault than a yes that does.
 */
async function refuseOlder(unit: Unit, hash: string, { resource, consent }: Registration): Promise<void> {
  const rows = await unit.db
    .selectFrom('consent_record')
    .selectAll()
    .where('identifier_hash', '=', hash)
    .orderBy('ended_at', (order) => order.desc().nullsFirst())
    .limit(mostEarlier)
    .execute();
  const kept = await Promise.all(rows.map((row) => openRecord(unit, row)));
  const current = kept.filter(({ endedAt }) => endedAt === undefined);
  const isSame = (one: KeptConsent) => JSON.stringify(one.resource) === JSON.stringify(resource);
  const held = consent.permits ? kept : current;
  const isAgain = held !== current && 'dateTime' in resource && !current.some(isSame) && kept.some(isSame);
  if (!isAgain && !held.some((one) => isBefore(resource, one.resource))) return;
  throw new GatewayError('conflict', 'A later version of this consent is registered here', {
    reason: 'consent-superseded',
  });
}

function isBefore(one: FhirResource, other: FhirResource): boolean {
  const dateOf = (value: unknown) => (typeof value === 'string' ? parseDate(value) : undefined);
  const [date, later] = [dateOf(one.dateTime), dateOf(other.dateTime)];
  return date !== undefined && later !== undefined && (compareDates(date, later) ?? 0) < 0;
}

/** The earlier record may be about another patient, by mistake: that patient's permits end too. */
async function endByIdentifier(unit: Unit, identifierHash: string, at: string): Promise<number> {
  const ended = await unit.db
    .updateTable('consent_record')
    .set({ ended_at: at })
    .where('identifier_hash', '=', identifierHash)
    .where('ended_at', 'is', null)
    .returning('patient_hash')
    .execute();
  for (const hash of new Set(ended.map((row) => row.patient_hash))) await dropPermits(unit, hash);
  return ended.length;
}

/** Withdraws a record of this registrar, by our id or by its own identifier. Returns how many; 0 when there is none. */
export async function withdrawConsent(
  store: Store,
  which: { id: string } | { identifier: string },
  by: Registering,
): Promise<number> {
  const rows = await store.read
    .selectFrom('consent_record')
    .selectAll()
    .where('registered_by', '=', by.requester.participant.id)
    .where('ended_at', 'is', null)
    .where((where) =>
      'id' in which
        ? where('id', '=', which.id)
        : where('identifier_hash', '=', hashOf(store, by.requester, which.identifier)),
    )
    .execute();
  const kept = await Promise.all(rows.map((row) => openRecord(store, row)));
  if (kept.length === 0) return 0;
  await store.write(async (unit) => {
    for (const { id, patientBsn } of kept) {
      // The patient's row first, as at a registration: neither waits for a row that the other holds.
      await dropPermits(unit, store.hash('bsn', patientBsn));
      await unit.db
        .updateTable('consent_record')
        .set({ ended_at: by.now.toISOString() })
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .execute();
      audit(unit, by, { event: 'consent.withdrawn', action: 'D', id, patientBsn });
    }
  });
  return kept.length;
}

type Audited = { event: string; action: 'C' | 'D'; id: string; patientBsn: string };

function audit(unit: Unit, by: Registering, { event, action, id, patientBsn }: Audited): void {
  unit.audit({
    event,
    action,
    outcome: 'success',
    ...actorOf(by.requester),
    patientBsn,
    object: `ConsentRecord/${id}`,
    exchange: 'consent',
    requestId: by.requestId,
  });
}

/** The records of one patient, oldest first; with `all` also those that were withdrawn or replaced. */
export async function listConsents(
  store: Pick<Store, 'read' | 'open' | 'hash'>,
  patientBsn: string,
  { all = false } = {},
): Promise<KeptConsent[]> {
  const rows = await store.read
    .selectFrom('consent_record')
    .selectAll()
    .where('patient_hash', '=', store.hash('bsn', patientBsn))
    .$if(!all, (some) => some.where('ended_at', 'is', null))
    .orderBy('registered_at')
    .orderBy('id')
    .execute();
  return Promise.all(rows.map((row) => openRecord(store, row)));
}

async function openRecord(store: Pick<Unit, 'open'>, row: ConsentRecordTable): Promise<KeptConsent> {
  const text = Buffer.from(await store.open(row.payload_id, contextOf(row.id))).toString();
  const content: Content = JSON.parse(text);
  return {
    ...content,
    id: row.id,
    registeredBy: row.registered_by,
    registeredAt: row.registered_at,
    ...(row.ended_at ? { endedAt: row.ended_at } : {}),
  };
}
