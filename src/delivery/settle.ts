// How is the end of an attempt written down? Row, attempt and audit record in one unit.
import type { AuditEntry, Endpoint } from '../model.ts';
import type { Unit } from '../store/store.ts';
import type { OutboxTable } from '../store/tables.ts';
import type { Ended } from './attempt.ts';
import { type NextState, nextState } from './nextState.ts';
import { type OutboxRow, overtakenBy } from './outbox.ts';
import type { DeliverySettings } from './settings.ts';

/** What else is written in the unit in which a row comes to an end: the row as it is then. */
export type AtEnd = (unit: Unit, row: OutboxRow) => Promise<void>;

export type Settlement = {
  row: OutboxRow;
  ended: Ended;
  repeatable: Endpoint['repeatable'];
  now: Date;
  settings: DeliverySettings;
  random: () => number;
  atEnd?: AtEnd | undefined;
};

const outcomes: Readonly<Record<Ended['result'], AuditEntry['outcome']>> = {
  delivered: 'success',
  refused: 'refused',
  retry: 'failed',
  unknown: 'failed',
};
const events: Readonly<Record<Ended['result'], string>> = {
  delivered: 'notification.delivered',
  refused: 'notification.refused',
  retry: 'notification.postponed',
  unknown: 'notification.unknown',
};

/** What a subject is, where it is no push. */
const subjects: Readonly<Record<string, string>> = { handover: 'Handover', 'break-glass': 'Task' };

/** The audit record of something that happened to a row. */
export function rowEntry(
  row: OutboxRow,
  what: { event: string; outcome: AuditEntry['outcome']; reason?: string; attempt?: number },
): AuditEntry {
  return {
    event: what.event,
    action: 'E',
    outcome: what.outcome,
    exchange: row.exchange,
    object: `${subjects[row.exchange] ?? 'Push'}/${row.subject}`,
    ...(what.reason !== undefined && { reason: what.reason }),
    detail: {
      notification: row.id,
      receiver: row.participant_id,
      endpoint: row.endpoint_id,
      kind: row.kind,
      version: row.version,
      ...(what.attempt !== undefined && { attempt: what.attempt }),
    },
  };
}

/** False when it was written before: a commit whose answer was lost is asked for again. */
async function writeAttempt(unit: Unit, { row, ended, now }: Settlement): Promise<boolean> {
  const end = {
    ended_at: now.toISOString(),
    result: ended.result,
    http_status: ended.status ?? null,
    reason: ended.reason,
  };
  const id = ended.attemptId;
  if (ended.begun) {
    const written = await unit.db
      .updateTable('attempt')
      .set(end)
      .where('id', '=', id)
      .where(({ eb, or }) => or([eb('ended_at', 'is', null), eb('reason', '=', 'interrupted')]))
      .executeTakeFirst();
    return written.numUpdatedRows === 1n;
  }
  const started_at = ended.startedAt.toISOString();
  const inserted = await unit.db
    .insertInto('attempt')
    .values({ id, outbox_id: row.id, number: ended.number, started_at, ...end })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

/** Is there something later in line that says this again? */
export async function isOvertaken(unit: Pick<Unit, 'db'>, row: OutboxRow, among: 'live' | 'all' = 'live') {
  const kinds = overtakenBy(row.kind);
  if (kinds.length === 0) return false;
  const later = unit.db
    .selectFrom('outbox')
    .select('id')
    .where('order_key', '=', row.order_key)
    .where('participant_id', '=', row.participant_id)
    .where(({ eb, or }) => or([eb('endpoint_id', '=', row.endpoint_id), eb('kind', '=', 'cancel')]))
    .where('subject', '=', row.subject)
    .where('kind', 'in', kinds)
    .where('seq', '>', row.seq);
  const found = await (among === 'live' ? later.where('settled_at', 'is', null) : later).executeTakeFirst();
  return found !== undefined;
}

/** A late result still counts for the attempt it belongs to, but not once another attempt has begun. */
async function writeRow(unit: Unit, { row, ended }: Settlement, next: NextState): Promise<boolean> {
  const expected: OutboxTable['state'][] = ended.begun ? ['sending', 'unknown'] : ['claimed'];
  const changed = await unit.db
    .updateTable('outbox')
    .set({ ...next, attempts: ended.number, lease_owner: null, lease_until: null })
    .where('id', '=', row.id)
    .where('attempts', '=', ended.begun ? ended.number : row.attempts)
    .where('state', 'in', expected)
    .executeTakeFirst();
  return changed.numUpdatedRows === 1n;
}

/** A receiver that asks to be left alone is, by every gateway: whatever waits for that endpoint waits so long. */
async function leaveAlone(unit: Unit, { row, ended, now }: Settlement): Promise<void> {
  const { retryAfterMs: wait } = ended;
  if (wait === undefined) return;
  const after = (ms: number) => new Date(now.getTime() + ms).toISOString();
  await unit.db
    .updateTable('outbox')
    .set({ due_at: after(wait) })
    .where('participant_id', '=', row.participant_id)
    .where('endpoint_id', '=', row.endpoint_id)
    .where('settled_at', 'is', null)
    .where('state', 'in', ['waiting', 'unknown'])
    // said to several attempts at once, it is written down once
    .where('due_at', '<', after(wait * 0.9))
    .execute();
}

/** Writes the end of an attempt. Returns the row's new state, or undefined when the row was no longer ours. */
export async function settle(unit: Unit, settlement: Settlement): Promise<OutboxRow['state'] | undefined> {
  const { row, ended, repeatable, now, settings, random } = settlement;
  if (!(await writeAttempt(unit, settlement))) return undefined;
  const again = ended.result === 'retry' || ended.result === 'unknown';
  const overtaken = again && (await isOvertaken(unit, row));
  const next = nextState(ended, {
    now,
    attempt: ended.number,
    liveSince: row.live_since,
    repeatable,
    overtaken,
    settings,
    random,
  });
  const ours = await writeRow(unit, settlement, next);
  await leaveAlone(unit, settlement);
  const { result, reason, number } = ended;
  unit.audit(rowEntry(row, { event: events[result], outcome: outcomes[result], reason, attempt: number }));
  if (!ours) return undefined;
  if (next.state === 'dead')
    unit.audit(rowEntry(row, { event: 'notification.dead', outcome: 'failed', reason }));
  if (next.settled_at !== null) await settlement.atEnd?.(unit, { ...row, ...next });
  return next.state;
}

/**
 * Puts a row of ours back as it was, due at `dueAt`; only when nothing was sent. Asked for again after the row was
 * claimed anew it changes nothing of the later attempt.
 */
export async function release(
  unit: Unit,
  row: OutboxRow,
  at: { attemptId: string; now: Date; dueAt: Date },
): Promise<void> {
  const ended = await unit.db
    .updateTable('attempt')
    .set({ ended_at: at.now.toISOString(), result: 'retry', reason: 'not-sent' })
    .where('id', '=', at.attemptId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  const begun = ended.numUpdatedRows === 1n;
  await unit.db
    .updateTable('outbox')
    .set({ state: row.state, due_at: at.dueAt.toISOString(), lease_owner: null, lease_until: null })
    .where('id', '=', row.id)
    .where('state', '=', begun ? 'sending' : 'claimed')
    .where('attempts', '=', begun ? row.attempts + 1 : row.attempts)
    .where('lease_owner', '=', row.lease_owner)
    .execute();
}
