// How do registered sets become durable? One write: set, version, index and audit, or none of them.
import { randomUUID } from 'node:crypto';
import { GatewayError } from '../../errors.ts';
import { canonical } from '../../fhir/canonical.ts';
import { printJson } from '../../fhir/json.ts';
import { packRegistered, registeredContext } from '../../holder/registered.ts';
import type { AuditEntry, FhirResource, Identifier, Requester } from '../../model.ts';
import { registerPatient } from '../../routing/regionalIndex.ts';
import { actorOf } from '../../store/actor.ts';
import type { RegisteredSetTable } from '../../store/rows/links.ts';
import type { Unit } from '../../store/store.ts';
import type { ExchangeDeps } from '../exchange.ts';
import type { RegistrationInput } from './registrationInput.ts';
import { refuseReturn } from './registrationOrder.ts';

export type RegistrationExchange = RegisteredSetTable['exchange'];

export type About = { exchange: RegistrationExchange; requester: Requester; requestId: string; now: Date };
export type Registration = About & { input: RegistrationInput; patientBsn: string; ifMatch?: string };
export type Registered = { set: string; version: number; result: 'new' | 'version' | 'same' };
type Deps = Pick<ExchangeDeps, 'store' | 'followConsent'>;

/** Another gateway stored the same set between our look and our insert. */
class RaceLost extends Error {}

const conflict = (message: string, reason: string) => new GatewayError('conflict', message, { reason });
export const unknownSet = () =>
  new GatewayError('notFound', 'There is no such set', { reason: 'set-unknown' });

/**
 * Stores a registration. The same content gives `same` and changes nothing but the audit. Throws `notFound` for
 * another's set, `conflict` for one that was revoked or is of another patient, `preconditionFailed` for a stale If-Match.
 */
export async function recordSet(registration: Registration, deps: Deps): Promise<Registered> {
  const prepared = prepare(registration, deps);
  const job = (unit: Unit) => record(unit, prepared, deps);
  try {
    return await deps.store.write(job);
  } catch (error) {
    if (!(error instanceof RaceLost)) throw error;
    return deps.store.write(job);
  }
}

type Prepared = Registration & {
  bytes: Uint8Array;
  contentHash: string;
  patientHash: string;
  nameHash: string;
};

/** What only says when or how often something was saved makes no new version. */
function lasting(content: FhirResource): FhirResource {
  const { lastUpdated: _, versionId: __, ...meta } = (content.meta ?? {}) as Record<string, unknown>;
  return { ...content, meta };
}

export const nameOf = ({ system, value }: Identifier): string => `${system}|${value}`;

/** What a participant calls a set, by its own name of it or by patient and first content. */
export const nameHash = ({ exchange, requester }: About, called: string, store: Deps['store']): string =>
  store.hash('case', `${exchange}|${requester.participant.id}|${called}`);

function prepare(registration: Registration, { store }: Deps): Prepared {
  const { input, patientBsn } = registration;
  const contentHash = store.hash('case', `registered|${printJson(canonical(lasting(input.content), 'r4'))}`);
  const patientHash = store.hash('bsn', patientBsn);
  const called = input.name ? nameOf(input.name) : `${patientHash}|${contentHash}`;
  return {
    ...registration,
    bytes: packRegistered(patientBsn, printJson(input.content)),
    contentHash,
    patientHash,
    nameHash: nameHash(registration, called, store),
  };
}

async function record(unit: Unit, given: Prepared, deps: Deps): Promise<Registered> {
  const known = await findSet(unit, given);
  if (!known && given.input.set) throw unknownSet();
  const registered = known ? await recordAgain(unit, given, known) : await recordFirst(unit, given);
  const { exchange, requester, patientBsn, now } = given;
  const entry = { patientBsn, exchange, participantId: requester.participant.id };
  const added = await registerPatient(unit, entry, { store: deps.store, now });
  if (added) await deps.followConsent?.(unit, patientBsn, requester.participant);
  const action = ({ new: 'C', version: 'U', same: 'E' } as const)[registered.result];
  const detail = { result: registered.result, version: registered.version };
  unit.audit({
    ...entryOf(given, registered.set),
    event: `${exchange}.registered`,
    action,
    patientBsn,
    detail,
  });
  return registered;
}

export const entryOf = (
  { exchange, requester, requestId }: About,
  set: string,
): Omit<AuditEntry, 'event' | 'action'> => ({
  outcome: 'success',
  ...actorOf(requester),
  object: `RegisteredSet/${set}`,
  exchange,
  requestId,
});

/** Found as it is committed, and kept from others until this unit ends, on both databases. */
async function findSet(unit: Unit, given: Prepared): Promise<RegisteredSetTable | undefined> {
  const { exchange, requester, input, nameHash } = given;
  return unit.db
    .updateTable('registered_set')
    .set((eb) => ({ updated_at: eb.ref('updated_at') }))
    .where('exchange', '=', exchange)
    .where('participant_id', '=', requester.participant.id)
    .where(input.set ? 'id' : 'name_hash', '=', input.set ?? nameHash)
    .returningAll()
    .executeTakeFirst();
}

async function recordFirst(unit: Unit, given: Prepared): Promise<Registered> {
  if (given.ifMatch !== undefined) throw stale();
  const at = given.now.toISOString();
  const id = randomUUID();
  const inserted = await unit.db
    .insertInto('registered_set')
    .values({
      id,
      exchange: given.exchange,
      participant_id: given.requester.participant.id,
      name_hash: given.nameHash,
      patient_hash: given.patientHash,
      version: 1,
      state: 'current',
      created_at: at,
      updated_at: at,
    })
    .onConflict((clash) => clash.doNothing())
    .executeTakeFirst();
  if (Number(inserted.numInsertedOrUpdatedRows ?? 0) === 0) throw new RaceLost();
  await insertVersion(unit, given, { id, version: 1 });
  return { set: id, version: 1, result: 'new' };
}

const stale = () =>
  new GatewayError('preconditionFailed', 'The set has another version than If-Match says', {
    reason: 'version-stale',
  });

async function recordAgain(unit: Unit, given: Prepared, row: RegisteredSetTable): Promise<Registered> {
  if (row.patient_hash !== given.patientHash) {
    throw conflict('This set is of another patient; a set never changes its patient', 'patient-changed');
  }
  if (row.state === 'revoked') throw conflict('This set was revoked; register a new one', 'set-revoked');
  if (given.ifMatch !== undefined && given.ifMatch !== `W/"${row.version}"`) throw stale();
  const current = await unit.db
    .selectFrom('registered_version')
    .select('content_hash')
    .where('set_id', '=', row.id)
    .where('version', '=', row.version)
    .executeTakeFirst();
  if (current?.content_hash === given.contentHash)
    return { set: row.id, version: row.version, result: 'same' };
  const { content } = given.input;
  if (given.ifMatch === undefined) await refuseReturn(unit, row, { ...given, content });
  const version = row.version + 1;
  const at = given.now.toISOString();
  await endVersion(unit, row, at);
  await insertVersion(unit, given, { id: row.id, version });
  await unit.db
    .updateTable('registered_set')
    .set({ version, updated_at: at })
    .where('id', '=', row.id)
    .execute();
  return { set: row.id, version, result: 'version' };
}

async function insertVersion(unit: Unit, given: Prepared, set: { id: string; version: number }) {
  const row = {
    set_id: set.id,
    version: set.version,
    content_hash: given.contentHash,
    payload_id: await unit.seal(given.bytes, registeredContext(set.id, set.version)),
    registered_at: given.now.toISOString(),
    ended_at: null,
  };
  await unit.db.insertInto('registered_version').values(row).execute();
}

export async function endVersion(unit: Unit, row: RegisteredSetTable, at: string): Promise<void> {
  await unit.db
    .updateTable('registered_version')
    .set({ ended_at: at })
    .where('set_id', '=', row.id)
    .where('version', '=', row.version)
    .execute();
}
