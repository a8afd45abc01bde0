// What can an operator do about delivery? Replay, stop, resume.
import type { Store, Unit } from '../store/store.ts';
import type { OutboxTable } from '../store/tables.ts';
import type { OutboxRow } from './outbox.ts';
import { isOvertaken, rowEntry } from './settle.ts';

export type Selection = { ids: readonly string[] } | { participantId: string } | { all: true };

/** What an operator replays: what nothing more will be done about by itself. */
const undelivered: OutboxTable['state'][] = ['dead', 'failed', 'unknown'];

/** Rows given up, refused for good, or parked as unknown; oldest first. */
export async function deadLetters(store: Store, participantId?: string): Promise<OutboxRow[]> {
  const rows = store.read
    .selectFrom('outbox')
    .selectAll()
    .where('state', 'in', undelivered)
    .where('settled_at', 'is not', null)
    .orderBy('seq');
  return (participantId === undefined ? rows : rows.where('participant_id', '=', participantId)).execute();
}

/** Leaves room in the store's queue for those who push meanwhile. */
const atOnce = 50;

async function selected(store: Store, selection: Selection): Promise<OutboxRow[]> {
  if ('participantId' in selection) return deadLetters(store, selection.participantId);
  const rows = await deadLetters(store);
  return 'all' in selection ? rows : rows.filter((row) => selection.ids.includes(row.id));
}

/** A new life for one row, unless something later already says it: then it is superseded, lest the order be turned. */
async function revive(unit: Unit, row: OutboxRow, at: { now: Date; by: string }): Promise<boolean> {
  const overtaken = await isOvertaken(unit, row, 'all');
  const now = at.now.toISOString();
  const life = { state: 'waiting', due_at: now, live_since: now, settled_at: null } as const;
  const changed = await unit.db
    .updateTable('outbox')
    .set(overtaken ? { state: 'superseded' } : life)
    .where('id', '=', row.id)
    .where('state', '=', row.state)
    .where('settled_at', '=', row.settled_at)
    .executeTakeFirst();
  if (changed.numUpdatedRows !== 1n || overtaken) return false;
  const entry = rowEntry(row, { event: 'notification.replayed', outcome: 'success' });
  unit.audit({ ...entry, detail: { ...entry.detail, by: at.by } });
  return true;
}

/**
 * Sends dead letters, refused and parked notifications again: some, those of one participant, or all. Returns how many
 * will be; those that a later notification has overtaken are not. `by` is written into the audit record.
 */
export async function replay(
  store: Store,
  selection: Selection,
  at: { now: Date; by: string } = { now: new Date(), by: 'operator' },
): Promise<number> {
  const rows = await selected(store, selection);
  let count = 0;
  for (let from = 0; from < rows.length; from += atOnce) {
    const some = rows.slice(from, from + atOnce);
    const revived = await Promise.all(some.map((row) => store.write((unit) => revive(unit, row, at))));
    count += revived.filter((one) => one).length;
  }
  return count;
}

async function switchSending(store: Store, change: { participantId: string; by: string; stop: boolean }) {
  const { participantId, by, stop } = change;
  const now = new Date();
  const sending_stopped_at = stop ? now.toISOString() : null;
  await store.write(async (unit) => {
    await unit.db
      .insertInto('participant_state')
      .values({ participant_id: participantId, sending_stopped_at, access_blocked_at: null, changed_by: by })
      .onConflict((conflict) =>
        conflict.column('participant_id').doUpdateSet({ sending_stopped_at, changed_by: by }),
      )
      .execute();
    if (!stop)
      await unit.db
        .updateTable('outbox')
        .set(restarted(now))
        .where('participant_id', '=', participantId)
        .where('settled_at', 'is', null)
        .where('state', 'in', ['waiting', 'unknown'])
        .execute();
    unit.audit({
      event: stop ? 'sending.stopped' : 'sending.resumed',
      action: 'U',
      outcome: 'success',
      detail: { participant: participantId, by },
    });
  });
}

/** The time that sending was stopped does not count against what had to wait for it. */
const restarted = (now: Date) => ({ due_at: now.toISOString(), live_since: now.toISOString() });

/** The kill switch: within one poll nothing more is sent to this participant, at any gateway. The queue is kept. */
export const stopSending = (store: Store, participantId: string, by: string) =>
  switchSending(store, { participantId, by, stop: true });

/** Ends `stopSending`; what waited leaves in its order. */
export const resumeSending = (store: Store, participantId: string, by: string) =>
  switchSending(store, { participantId, by, stop: false });
