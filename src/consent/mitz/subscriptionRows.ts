// How are subscriptions kept? One row per patient and holder, worked on by one gateway at a time.
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Store, Unit } from '../../store/store.ts';
import type { Tables } from '../../store/tables.ts';
import type { Subscribed } from './subscriptionResource.ts';

export type SubscriptionRow = Tables['mitz_subscription'];
type Key = { patientHash: string; holderUra: string };

const leaseMs = 60_000;
const sealed = z.object({
  bsn: z.string(),
  birthDate: z.string().optional(),
  holderUra: z.string(),
  holderType: z.string(),
});

const contextOf = (patientHash: string) => `mitz-subscription ${patientHash}`;

/** Who wants a subscription and who ends it wait for one another: the row stays as it is until this unit ends. */
export const lockRow = (
  { db }: Unit,
  { patientHash, holderUra }: Key,
): Promise<SubscriptionRow | undefined> =>
  db
    .updateTable('mitz_subscription')
    .set((take) => ({ attempts: take.ref('attempts') }))
    .where('patient_hash', '=', patientHash)
    .where('holder_ura', '=', holderUra)
    .returningAll()
    .executeTakeFirst();

/** Wants a subscription; one that is there already stays, but is asked again with a birth date; one that was ending, too. */
export async function want(
  unit: Unit,
  wanted: { subscribed: Subscribed; patientHash: string; holderId: string; now: Date },
): Promise<string> {
  const { subscribed, patientHash, holderId, now } = wanted;
  const known = await lockRow(unit, { patientHash, holderUra: subscribed.holderUra });
  if (known && known.state !== 'ending' && subscribed.birthDate === undefined) return known.id;
  const payload_id = await unit.seal(Buffer.from(JSON.stringify(subscribed)), contextOf(patientHash));
  const due = {
    state: 'wanted' as const,
    payload_id,
    due_at: now.toISOString(),
    attempts: 0,
    last_reason: null,
  };
  if (known) {
    await unit.db.updateTable('mitz_subscription').set(due).where('id', '=', known.id).execute();
    await unit.db.deleteFrom('payload').where('id', '=', known.payload_id).execute();
    return known.id;
  }
  const id = randomUUID();
  const empty = { mitz_id: null, subscribed_at: null, lease_until: null };
  const row = { id, patient_hash: patientHash, holder_ura: subscribed.holderUra, holder_id: holderId };
  await unit.db
    .insertInto('mitz_subscription')
    .values({ ...row, ...empty, ...due })
    .execute();
  return id;
}

/** Marks a subscription as to be ended. */
export async function endLater(unit: Unit, id: string, now: Date): Promise<void> {
  await unit.db
    .updateTable('mitz_subscription')
    .set({ state: 'ending', due_at: now.toISOString(), attempts: 0, last_reason: null })
    .where('id', '=', id)
    .execute();
}

/** Takes the row when it is due and nobody works on it; undefined otherwise. */
export function claim(store: Store, id: string, now: Date): Promise<SubscriptionRow | undefined> {
  const at = now.toISOString();
  return store.write(({ db }) =>
    db
      .updateTable('mitz_subscription')
      .set({ lease_until: new Date(now.getTime() + leaseMs).toISOString() })
      .where('id', '=', id)
      .where('due_at', '<=', at)
      .where((where) => where.or([where('lease_until', 'is', null), where('lease_until', '<', at)]))
      .returningAll()
      .executeTakeFirst(),
  );
}

/** Those for which there is something to do, the longest waiting first. */
export const dueIds = async (store: Store, now: Date, most: number): Promise<string[]> => {
  const rows = await store.read
    .selectFrom('mitz_subscription')
    .select('id')
    .where('due_at', '<=', now.toISOString())
    .orderBy('due_at')
    .limit(most)
    .execute();
  return rows.map(({ id }) => id);
};

export async function openSubscribed(store: Store, row: SubscriptionRow): Promise<Subscribed> {
  const bytes = await store.open(row.payload_id, contextOf(row.patient_hash));
  return sealed.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
}

/** Removes the row with what was sealed for it. */
export async function forget(unit: Unit, row: SubscriptionRow): Promise<void> {
  await unit.db.deleteFrom('mitz_subscription').where('id', '=', row.id).execute();
  await unit.db.deleteFrom('payload').where('id', '=', row.payload_id).execute();
}
