// Which participants of this region say that they have records of a patient? Our own index; they register themselves.
import type { Store, Unit } from '../store/store.ts';

export type IndexEntry = { patientBsn: string; exchange: string; participantId: string };

const keyOf = ({ patientBsn, exchange, participantId }: IndexEntry, store: Pick<Store, 'hash'>) => ({
  patient_hash: store.hash('bsn', patientBsn),
  exchange,
  participant_id: participantId,
});

type At = { store: Pick<Store, 'hash'>; now: Date };

/** Adds an entry; false when it was there already. */
export async function registerPatient(unit: Unit, entry: IndexEntry, { store, now }: At): Promise<boolean> {
  const added = await unit.db
    .insertInto('holder_index')
    .values({ ...keyOf(entry, store), registered_at: now.toISOString() })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (added.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Takes an entry out; false when there was none. Two of one holder and patient, taken out at once, wait for one another. */
export async function withdrawPatient(
  unit: Unit,
  entry: IndexEntry,
  store: Pick<Store, 'hash'>,
): Promise<boolean> {
  const { patient_hash, exchange, participant_id } = keyOf(entry, store);
  await unit.db
    .updateTable('holder_index')
    .set((eb) => ({ registered_at: eb.ref('registered_at') }))
    .where('patient_hash', '=', patient_hash)
    .where('participant_id', '=', participant_id)
    .execute();
  const removed = await unit.db
    .deleteFrom('holder_index')
    .where('patient_hash', '=', patient_hash)
    .where('exchange', '=', exchange)
    .where('participant_id', '=', participant_id)
    .executeTakeFirst();
  return removed.numDeletedRows > 0n;
}

/** Ids of the participants that registered this patient for this exchange, sorted. */
export async function registeredHolders(
  { patientBsn, exchange }: Omit<IndexEntry, 'participantId'>,
  store: Store,
): Promise<string[]> {
  const rows = await store.read
    .selectFrom('holder_index')
    .select('participant_id')
    .where('patient_hash', '=', store.hash('bsn', patientBsn))
    .where('exchange', '=', exchange)
    .orderBy('participant_id')
    .execute();
  return rows.map((row) => row.participant_id);
}

/** Has this participant an entry of the patient, whatever the exchange? */
export async function isEntered(
  unit: Unit,
  { patientBsn, participantId }: Omit<IndexEntry, 'exchange'>,
  store: Pick<Store, 'hash'>,
): Promise<boolean> {
  const row = await unit.db
    .selectFrom('holder_index')
    .select('exchange')
    .where('patient_hash', '=', store.hash('bsn', patientBsn))
    .where('participant_id', '=', participantId)
    .executeTakeFirst();
  return row !== undefined;
}
