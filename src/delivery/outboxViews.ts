// What can be seen of delivery? Attempts for the truth table, counts and ages for metrics.
import type { Selectable } from 'kysely';
import type { Store } from '../store/store.ts';
import type { AttemptTable, OutboxTable } from '../store/tables.ts';
import type { OutboxRow } from './outbox.ts';

export type AttemptRecord = Selectable<AttemptTable> &
  Pick<OutboxRow, 'kind' | 'version' | 'state' | 'participant_id' | 'endpoint_id'>;

/** Every attempt about a subject, in the order in which they began, for the truth table. */
export function attemptsOf(store: Store, subject: string): Promise<AttemptRecord[]> {
  return store.read
    .selectFrom('attempt as a')
    .innerJoin('outbox as o', 'o.id', 'a.outbox_id')
    .selectAll('a')
    .select(['o.kind', 'o.version', 'o.state', 'o.participant_id', 'o.endpoint_id'])
    .where('o.subject', '=', subject)
    .orderBy('a.started_at')
    .orderBy('o.seq')
    .orderBy('a.number')
    .execute();
}

/** The outbox rows of a subject, in their order. */
export function notificationsOf(store: Store, subject: string): Promise<OutboxRow[]> {
  return store.read.selectFrom('outbox').selectAll().where('subject', '=', subject).orderBy('seq').execute();
}

/** Rows per state; every state is named, with 0 where there are none. */
export async function countStates(store: Store): Promise<Record<OutboxTable['state'], number>> {
  const counts = {
    waiting: 0,
    claimed: 0,
    sending: 0,
    unknown: 0,
    delivered: 0,
    failed: 0,
    dead: 0,
    superseded: 0,
  };
  const rows = await store.read
    .selectFrom('outbox')
    .select(({ fn }) => ['state', fn.countAll().as('rows')])
    .groupBy('state')
    .execute();
  for (const row of rows) counts[row.state] = Number(row.rows);
  return counts;
}

/** Age in milliseconds of the oldest notification that is still to be delivered; 0 when there is none. */
export async function oldestUndeliveredMs(store: Store, now: Date): Promise<number> {
  const oldest = await store.read
    .selectFrom('outbox')
    .select(({ fn }) => fn.min('created_at').as('at'))
    .where('settled_at', 'is', null)
    .executeTakeFirst();
  return oldest?.at ? Math.max(0, now.getTime() - Date.parse(oldest.at)) : 0;
}

const idsAtOnce = 500;

/** By row id, how its last attempt ended, as its stable code. */
export async function lastReasons(
  store: Store,
  rows: readonly Pick<OutboxRow, 'id'>[],
): Promise<Map<string, string>> {
  const reasons = new Map<string, string>();
  for (let from = 0; from < rows.length; from += idsAtOnce) {
    const ids = rows.slice(from, from + idsAtOnce).map((row) => row.id);
    const attempts = await store.read
      .selectFrom('attempt')
      .select(['outbox_id', 'reason'])
      .where('outbox_id', 'in', ids)
      .orderBy('number')
      .execute();
    for (const { outbox_id, reason } of attempts) if (reason !== null) reasons.set(outbox_id, reason);
  }
  return reasons;
}
