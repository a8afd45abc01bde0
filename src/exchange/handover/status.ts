// How far is this handover? The sender's truth table: each step with its time, "not yet", or "unknown" where nobody can know.
import { attemptsOf, notificationsOf } from '../../delivery/outboxViews.ts';
import { GatewayError } from '../../errors.ts';
import type { Identifier, Issue, Requester } from '../../model.ts';
import { actorOf } from '../../store/actor.ts';
import { retried } from '../../store/retried.ts';
import type { Store, Unit } from '../../store/store.ts';
import type { ExchangeDeps } from '../exchange.ts';
import { notKnown } from '../release.ts';
import { openTask } from './records.ts';
import { type HandoverRow, mainIdentifier } from './task.ts';
import {
  type Happened,
  isWhole,
  type Served,
  type StatusNotification,
  type StatusStep,
  tellNotifications,
  tellSteps,
} from './truthTable.ts';

export type HandoverStatus = {
  id: string;
  /** The sender's own case identifier. */
  case?: { system: string; value: string };
  receiver: { name: string; identifier?: Identifier };
  version: number;
  state: HandoverRow['state'];
  /** Absolute address of the Task. */
  task: string;
  grantEndsAt: string;
  steps: StatusStep[];
  /** What happened, in order and over all versions: pushes, reads, completion, cancellation, end of the grant. */
  history: Happened[];
  notifications: StatusNotification[];
  /** Warnings about the present version. */
  findings: Issue[];
};

/** Who asks after which handover; the request's id is for the audit record. */
export type HandoverQuestion = { id: string; requester: Requester; requestId?: string };

/** The handover of this sender; anybody else's is not known. Throws `denied` without the scope. */
export async function ownHandover(
  { id, requester }: HandoverQuestion,
  deps: ExchangeDeps,
): Promise<HandoverRow> {
  if (!requester.scopes.includes('handover')) {
    throw new GatewayError('denied', 'The token does not cover this exchange', { reason: 'scope-missing' });
  }
  const row = await deps.store.read
    .selectFrom('handover')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (row?.sender_id !== requester.participant.id) throw notKnown();
  return row;
}

/** The truth table of one handover, for its sender. Nothing of the patient is in it but the sender's own case. */
export function handoverStatus(question: HandoverQuestion, deps: ExchangeDeps): Promise<HandoverStatus> {
  return retried(() => statusOf(question, deps));
}

async function statusOf(question: HandoverQuestion, deps: ExchangeDeps): Promise<HandoverStatus> {
  const row = await ownHandover(question, deps);
  const { store } = deps;
  const [sealed, happened, outbox, attempts] = await Promise.all([
    openTask(store, row),
    happenedTo(store.read, row),
    notificationsOf(store, row.id),
    attemptsOf(store, row.id),
  ]);
  const notifications = tellNotifications(row, outbox, attempts);
  const receiver = deps.directory.byId(row.receiver_id);
  const identifier = receiver && mainIdentifier(receiver);
  await recordLook({ row, patientBsn: sealed.patientBsn }, question, deps);
  return {
    id: row.id,
    ...(sealed.case ? { case: sealed.case } : {}),
    receiver: { name: receiver?.name ?? row.receiver_id, ...(identifier ? { identifier } : {}) },
    version: row.version,
    state: stateAt(row, deps.clock()),
    task: `${deps.baseUrl}/stu3/Task/${row.task_id}`,
    grantEndsAt: row.grant_ends_at,
    steps: tellSteps({ row, happened, notifications, served: servedIn(happened, row.version) }),
    history: happened.filter((one) => one.step !== 'resourceRead'),
    notifications,
    findings: [...(sealed.findings ?? [])],
  };
}

function stateAt(row: HandoverRow, now: Date): HandoverRow['state'] {
  return row.state === 'in-progress' && row.grant_ends_at <= now.toISOString() ? 'expired' : row.state;
}

/** Has the receiver all of the present version? */
export async function isFetched({ db }: Unit, row: HandoverRow): Promise<boolean> {
  const happened = await happenedTo(db, row);
  return isWhole({ row, happened, served: servedIn(happened, row.version) });
}

async function happenedTo(db: Pick<Store['read'], 'selectFrom'>, row: HandoverRow): Promise<Happened[]> {
  const rows = await db
    .selectFrom('handover_step')
    .selectAll()
    .where('handover_id', '=', row.id)
    .orderBy('seq')
    .execute();
  return rows.map(({ at, step, version, detail }) => ({
    at,
    step,
    version,
    ...(detail === null ? {} : { detail }),
  }));
}

/** As told when this version was accepted. */
function servedIn(happened: readonly Happened[], version: number): Served {
  const accepted = happened.find((one) => one.step === 'accepted' && one.version === version);
  const [resources = 0, attachments = 0] = (accepted?.detail?.match(/\d+/g) ?? []).map(Number);
  return { resources, attachments };
}

async function recordLook(
  { row, patientBsn }: { row: HandoverRow; patientBsn: string | undefined },
  { requester, requestId }: HandoverQuestion,
  deps: ExchangeDeps,
): Promise<void> {
  await deps.store.write(async (unit) => {
    unit.audit({
      event: 'handover.statusRead',
      action: 'R',
      outcome: 'success',
      ...actorOf(requester),
      ...(patientBsn ? { patientBsn } : {}),
      object: `Handover/${row.id}`,
      exchange: 'handover',
      ...(requestId ? { requestId } : {}),
    });
  });
}
