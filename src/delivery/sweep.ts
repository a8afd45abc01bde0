// What did nobody finish? Leases of gateways that died are taken over; what is too old becomes a dead letter.
import type { Clock, Endpoint } from '../model.ts';
import type { Store, Unit } from '../store/store.ts';
import { nextState } from './nextState.ts';
import type { OutboxRow } from './outbox.ts';
import type { DeliverySettings } from './settings.ts';
import { type AtEnd, isOvertaken, rowEntry } from './settle.ts';

export type SweepDeps = {
  store: Store;
  clock: Clock;
  settings: DeliverySettings;
  endpointOf(participantId: string, endpointId: string): Endpoint | undefined;
  /** This run of this gateway, as leases name it. */
  owner: string;
  /** Rows that this gateway is at work on: not lapsed, whatever the clock says. */
  underWay(id: string): boolean;
  random: () => number;
  atEnd?: AtEnd;
};

const most = 200;

async function lapsedRows(deps: SweepDeps): Promise<OutboxRow[]> {
  // One SQLite file has one gateway: whoever else held a lease is dead.
  const alone = deps.store.kind === 'sqlite';
  const rows = await deps.store.read
    .selectFrom('outbox')
    .selectAll()
    .where('settled_at', 'is', null)
    .where('state', 'in', ['claimed', 'sending'])
    .where(({ eb, or }) =>
      or([
        eb('lease_until', '<', deps.clock().toISOString()),
        ...(alone ? [eb('lease_owner', '<>', deps.owner)] : []),
      ]),
    )
    .orderBy('seq')
    .limit(most)
    .execute();
  return rows.filter((row) => !deps.underWay(row.id));
}

/** Nobody knows whether it arrived: said so, and said again only where that does no harm. */
async function takeOverSending(unit: Unit, row: OutboxRow, deps: SweepDeps): Promise<void> {
  const now = deps.clock();
  const ended = { result: 'unknown', reason: 'interrupted', endpointFault: false } as const;
  const next = nextState(ended, {
    now,
    attempt: Math.max(row.attempts, 1),
    liveSince: row.live_since,
    repeatable: deps.endpointOf(row.participant_id, row.endpoint_id)?.repeatable ?? false,
    overtaken: await isOvertaken(unit, row),
    settings: deps.settings,
    random: deps.random,
  });
  if (!(await moved(unit, row, next))) return;
  await unit.db
    .updateTable('attempt')
    .set({ ended_at: now.toISOString(), result: 'unknown', reason: 'interrupted' })
    .where('outbox_id', '=', row.id)
    .where('ended_at', 'is', null)
    .execute();
  const entry = { outcome: 'failed', reason: 'interrupted', attempt: row.attempts } as const;
  unit.audit(rowEntry(row, { event: 'notification.unknown', ...entry }));
  if (next.state === 'dead') unit.audit(rowEntry(row, { event: 'notification.dead', ...entry }));
  if (next.settled_at !== null) await deps.atEnd?.(unit, { ...row, ...next });
}

/** Changes the row only if it still is as it was read. */
async function moved(unit: Unit, row: OutboxRow, next: Partial<OutboxRow>): Promise<boolean> {
  const changed = await unit.db
    .updateTable('outbox')
    .set({ ...next, lease_owner: null, lease_until: null })
    .where('id', '=', row.id)
    .where('state', '=', row.state)
    .where('attempts', '=', row.attempts)
    .where('live_since', '=', row.live_since)
    .where('lease_until', row.lease_until === null ? 'is' : '=', row.lease_until)
    .executeTakeFirst();
  return changed.numUpdatedRows === 1n;
}

async function takeOver(unit: Unit, row: OutboxRow, deps: SweepDeps): Promise<void> {
  if (row.state === 'sending') return takeOverSending(unit, row, deps);
  await moved(unit, row, { state: 'waiting' });
}

/** Rows past their age that wait for a retry; not those of participants to whom sending is stopped. */
async function oldRows(deps: SweepDeps): Promise<OutboxRow[]> {
  const cutoff = new Date(deps.clock().getTime() - deps.settings.deadAfterMs).toISOString();
  return deps.store.read
    .selectFrom('outbox')
    .selectAll()
    .where('settled_at', 'is', null)
    .where('state', 'in', ['waiting', 'unknown'])
    .where('live_since', '<', cutoff)
    .where('participant_id', 'not in', (eb) =>
      eb.selectFrom('participant_state').select('participant_id').where('sending_stopped_at', 'is not', null),
    )
    .orderBy('seq')
    .limit(most)
    .execute();
}

async function bury(unit: Unit, row: OutboxRow, deps: SweepDeps): Promise<void> {
  const settled_at = deps.clock().toISOString();
  const dead = { state: 'dead', settled_at } as const;
  if (!(await moved(unit, row, dead))) return;
  unit.audit(rowEntry(row, { event: 'notification.dead', outcome: 'failed', reason: 'too-old' }));
  await deps.atEnd?.(unit, { ...row, ...dead });
}

/** One look over the outbox. Rejects when the store does not answer; whatever was done stays done. */
export async function sweep(deps: SweepDeps): Promise<void> {
  const lapsed = await lapsedRows(deps);
  const old = await oldRows(deps);
  await Promise.all([
    ...lapsed.map((row) => deps.store.write((unit) => takeOver(unit, row, deps))),
    ...old.map((row) => deps.store.write((unit) => bury(unit, row, deps))),
  ]);
}
