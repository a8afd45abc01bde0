// Under which id may an asker speak of a patient without a BSN in an address? One that is only its own, for an hour.
import { randomUUID } from 'node:crypto';
import { GatewayError } from '../../errors.ts';
import type { Requester } from '../../model.ts';
import { compiledOnce } from '../../store/compiled.ts';
import type { Unit } from '../../store/store.ts';
import type { ExchangeDeps } from '../exchange.ts';

type Deps = Pick<ExchangeDeps, 'store' | 'clock'>;
export type ServedPatient = { id: string; bsn: string };

const lifeMs = 60 * 60_000;
const contextOf = (id: string): string => `served-patient ${id}`;

/** Not this asker's, ended, or never given out: one answer for all. */
const unknown = (): GatewayError =>
  new GatewayError('notFound', 'There is no such patient here; search the patient first', {
    reason: 'patient-not-known',
  });

function askerHash({ store }: Deps, requester: Requester, bsn: string): string {
  const { participant, clientId } = requester;
  return store.hash('id', JSON.stringify(['served patient', participant.id, clientId, bsn]));
}

/**
 * Gives the asker an id for this patient, the same as before while that lives. Whether anybody knows the patient is not
 * looked up. `record` may add to the same unit of work.
 */
export function servePatient(
  asked: { bsn: string; requester: Requester; record?: (unit: Unit) => void },
  deps: Deps,
): Promise<string> {
  const { bsn, requester, record } = asked;
  const now = deps.clock();
  const hash = askerHash(deps, requester, bsn);
  const expires = new Date(now.getTime() + lifeMs).toISOString();
  return deps.store.write(async (unit) => {
    record?.(unit);
    const known = await unit.db
      .selectFrom('served_patient')
      .select(['id', 'payload_id', 'expires_at'])
      .where('asker_hash', '=', hash)
      .executeTakeFirst();
    if (known && known.expires_at > now.toISOString()) {
      await unit.db
        .updateTable('served_patient')
        .set({ expires_at: expires })
        .where('id', '=', known.id)
        .execute();
      return known.id;
    }
    if (known) await forget(unit, 'served_patient', known);
    return insert(unit, { bsn, requester, hash, expires, patientHash: deps.store.hash('bsn', bsn) });
  });
}

type New = { bsn: string; requester: Requester; hash: string; expires: string; patientHash: string };

/** Two gateways may be asked at once: the first row stands. */
async function insert(unit: Unit, { bsn, requester, hash, expires, patientHash }: New): Promise<string> {
  const id = randomUUID();
  const row = {
    id,
    asker_hash: hash,
    participant_id: requester.participant.id,
    client_id: requester.clientId,
    patient_hash: patientHash,
    payload_id: await unit.seal(Buffer.from(bsn), contextOf(id)),
    expires_at: expires,
  };
  await unit.db
    .insertInto('served_patient')
    .values(row)
    .onConflict((conflict) => conflict.column('asker_hash').doNothing())
    .execute();
  const stands = await unit.db
    .selectFrom('served_patient')
    .select('id')
    .where('asker_hash', '=', hash)
    .executeTakeFirstOrThrow();
  if (stands.id !== id) await unit.db.deleteFrom('payload').where('id', '=', row.payload_id).execute();
  return stands.id;
}

type Served = { id: string; participantId: string; clientId: string; now: string };

const payloadOfServed = compiledOnce<Served, { payload_id: string }>((db, slot) =>
  db
    .selectFrom('served_patient')
    .select('payload_id')
    .where('id', '=', slot('id'))
    .where('participant_id', '=', slot('participantId'))
    .where('client_id', '=', slot('clientId'))
    .where('expires_at', '>', slot('now')),
);

/** The patient whom this asker got under this id. Throws `notFound` for everything else. */
export async function servedPatient(
  id: string,
  requester: Requester,
  { store, clock }: Deps,
): Promise<ServedPatient> {
  const [row] = await payloadOfServed(store.read, {
    id,
    participantId: requester.participant.id,
    clientId: requester.clientId,
    now: clock().toISOString(),
  });
  if (row === undefined) throw unknown();
  return { id, bsn: Buffer.from(await store.open(row.payload_id, contextOf(id))).toString() };
}

async function forget(
  unit: Unit,
  table: 'served_patient' | 'search_snapshot',
  row: { id: string; payload_id: string },
): Promise<void> {
  await unit.db.deleteFrom(table).where('id', '=', row.id).execute();
  await unit.db.deleteFrom('payload').where('id', '=', row.payload_id).execute();
}

/** Removes what has ended: patient ids and further pages. Returns how many. */
export function forgetSearches(store: Deps['store'], now: Date): Promise<number> {
  return store.write(async (unit) => {
    let count = 0;
    for (const table of ['served_patient', 'search_snapshot'] as const) {
      const rows = await unit.db
        .selectFrom(table)
        .select(['id', 'payload_id'])
        .where('expires_at', '<=', now.toISOString())
        .limit(500)
        .execute();
      for (const row of rows) await forget(unit, table, row);
      count += rows.length;
    }
    return count;
  });
}
