// How does a row get into the outbox, and who may take it out? Written with what it announces, claimed with a lease.
import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Store, Unit } from '../store/store.ts';
import type { OutboxTable } from '../store/tables.ts';
import { type NotificationMessage, printMessage } from './message.ts';

export type OutboxRow = Selectable<OutboxTable>;

export type Announcement = {
  exchange: string;
  subject: string;
  orderKey: string;
  participantId: string;
  endpointId: string;
  kind: OutboxTable['kind'];
  version: number;
  message: NotificationMessage;
  now: Date;
};

/** Said again by what comes after it: an announcement by a later one, an echo or announcement by a cancellation. */
const overtakes: Readonly<Record<OutboxTable['kind'], readonly OutboxTable['kind'][]>> = {
  announce: ['announce'],
  echo: ['echo'],
  cancel: ['announce', 'echo'],
  callback: [],
};

/** The kinds that make an older row of `kind` needless. */
export const overtakenBy = (kind: OutboxTable['kind']): OutboxTable['kind'][] =>
  (['announce', 'echo', 'cancel', 'callback'] as const).filter((later) => overtakes[later].includes(kind));

async function supersede(unit: Unit, a: Announcement): Promise<void> {
  const older = overtakes[a.kind];
  if (older.length === 0) return;
  await unit.db
    .updateTable('outbox')
    .set({ state: 'superseded', settled_at: a.now.toISOString(), lease_owner: null, lease_until: null })
    .where('order_key', '=', a.orderKey)
    .where('settled_at', 'is', null)
    .where('participant_id', '=', a.participantId)
    // what was taken back is announced nowhere any more
    .$if(a.kind !== 'cancel', (some) => some.where('endpoint_id', '=', a.endpointId))
    .where('subject', '=', a.subject)
    .where('kind', 'in', older)
    .where('state', 'in', ['waiting', 'unknown'])
    .execute();
}

/**
 * Puts a notification into the outbox, within the caller's unit: it leaves if, and only if, the unit is committed.
 * Older announcements of the same subject that still wait are superseded. Returns the row's id.
 */
export async function enqueue(unit: Unit, a: Announcement): Promise<string> {
  await supersede(unit, a);
  const id = randomUUID();
  const now = a.now.toISOString();
  await unit.db
    .insertInto('outbox')
    .values({
      id,
      exchange: a.exchange,
      subject: a.subject,
      order_key: a.orderKey,
      participant_id: a.participantId,
      endpoint_id: a.endpointId,
      kind: a.kind,
      version: a.version,
      message: printMessage(a.message),
      state: 'waiting',
      attempts: 0,
      due_at: now,
      lease_owner: null,
      lease_until: null,
      created_at: now,
      live_since: now,
      settled_at: null,
    })
    .execute();
  return id;
}

const announcements = ({ db }: Unit, subject: string) =>
  db
    .selectFrom('outbox as o')
    .selectAll('o')
    .where('o.subject', '=', subject)
    .where('o.kind', '=', 'announce')
    .orderBy('o.seq', 'desc')
    .limit(1);

/** The last announcement of a subject that somebody heard, or may have. */
export const lastHeard = (unit: Unit, subject: string) =>
  announcements(unit, subject)
    .innerJoin('attempt as a', 'a.outbox_id', 'o.id')
    .where(({ eb, or }) => or([eb('a.result', 'is', null), eb('a.result', 'in', ['delivered', 'unknown'])]));

/** The endpoint that last heard of a subject, or may have; where none did, the one that it was announced at last. */
export async function announcedAt(unit: Unit, subject: string): Promise<string | undefined> {
  const last =
    (await lastHeard(unit, subject).executeTakeFirst()) ??
    (await announcements(unit, subject).executeTakeFirst());
  return last?.endpoint_id;
}

/** What the sender was told last of a subject, or will be. */
export async function lastCallback(
  { db }: Unit,
  subject: string,
): Promise<Pick<OutboxRow, 'version' | 'message'> | undefined> {
  return db
    .selectFrom('outbox')
    .select(['version', 'message'])
    .where('subject', '=', subject)
    .where('kind', '=', 'callback')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** One endpoint with something due, in one of the two lanes: callbacks never take the place of notifications. */
export type Lane = { participantId: string; endpointId: string; callback: boolean };

/** The lanes that have something due, but for participants to whom sending is stopped. */
export async function dueLanes(store: Store, now: Date): Promise<Lane[]> {
  const rows = await store.read
    .selectFrom('outbox')
    .select(({ eb }) => ['participant_id', 'endpoint_id', eb('kind', '=', 'callback').as('callback')])
    .distinct()
    .where('settled_at', 'is', null)
    .where('state', 'in', ['waiting', 'unknown'])
    .where('due_at', '<=', now.toISOString())
    .where('participant_id', 'not in', (eb) =>
      eb.selectFrom('participant_state').select('participant_id').where('sending_stopped_at', 'is not', null),
    )
    .execute();
  return rows.map((row) => ({
    participantId: row.participant_id,
    endpointId: row.endpoint_id,
    callback: Boolean(row.callback),
  }));
}

/**
 * Takes up to `limit` due rows of one lane, oldest first, each only when no earlier row of its order key is live.
 * Several gateways do this at once: what one has locked the others pass over. The rows come back with the state that
 * they had before.
 */
export async function claim(
  unit: Unit,
  lane: Lane & { limit: number; now: Date; owner: string; leaseUntil: Date; skipLocked: boolean },
): Promise<OutboxRow[]> {
  const due = unit.db
    .selectFrom('outbox as o')
    .selectAll('o')
    .where('o.participant_id', '=', lane.participantId)
    .where('o.endpoint_id', '=', lane.endpointId)
    .where('o.settled_at', 'is', null)
    .where('o.state', 'in', ['waiting', 'unknown'])
    .where('o.due_at', '<=', lane.now.toISOString())
    .where('o.kind', lane.callback ? '=' : '<>', 'callback')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('outbox as e')
            .select('e.id')
            .whereRef('e.order_key', '=', 'o.order_key')
            .whereRef('e.participant_id', '=', 'o.participant_id')
            .whereRef('e.endpoint_id', '=', 'o.endpoint_id')
            .whereRef('e.seq', '<', 'o.seq')
            .where('e.settled_at', 'is', null),
        ),
      ),
    )
    .orderBy('o.seq')
    .limit(lane.limit);
  const rows = await (lane.skipLocked ? due.forUpdate('o').skipLocked() : due).execute();
  if (rows.length === 0) return [];
  const lease = { lease_owner: lane.owner, lease_until: lane.leaseUntil.toISOString() };
  const ids = rows.map((row) => row.id);
  await unit.db
    .updateTable('outbox')
    .set({ state: 'claimed', ...lease })
    .where('id', 'in', ids)
    .execute();
  return rows.map((row) => ({ ...row, ...lease }));
}
