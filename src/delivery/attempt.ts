// One attempt to say one thing to one endpoint: token, mark in the store, request, at most one fresh token, verdict.
import type { Clock, Endpoint } from '../model.ts';
import { type Outgoing, OutgoingFailure } from '../outgoing/outgoing.ts';
import type { Store, Unit } from '../store/store.ts';
import { asItLeaves } from './leaving.ts';
import type { OutboxRow } from './outbox.ts';
import type { ReceiverTokens } from './receiverTokens.ts';
import type { DeliverySettings } from './settings.ts';
import { type WireRequest, wireRequest } from './shapes.ts';
import { judgeAnswer, judgeFailure, type Verdict } from './verdict.ts';

export type AttemptDeps = {
  store: Store;
  outgoing: Outgoing;
  tokens: ReceiverTokens;
  clock: Clock;
  settings: DeliverySettings;
  owner: string;
};

/** `attemptId` is given beforehand: a commit whose answer is lost may be asked for again without doing it twice. */
export type Job = { row: OutboxRow; endpoint: Endpoint; signal: AbortSignal; attemptId: string };

/** How it ended; not `begun` when it never came to sending. */
export type Ended = Verdict & { attemptId: string; begun: boolean; startedAt: Date; number: number };

const mostAnswerBytes = 65_536;

export const isStopped = async (
  db: Pick<Store['read'], 'selectFrom'>,
  participantId: string,
): Promise<boolean> =>
  (await db
    .selectFrom('participant_state')
    .select('participant_id')
    .where('participant_id', '=', participantId)
    .where('sending_stopped_at', 'is not', null)
    .executeTakeFirst()) !== undefined;

/**
 * Writes down that the request is about to leave, before it does. Undefined when it may not: sending is stopped, or
 * somebody else has taken the row over.
 */
async function begin(unit: Unit, job: Job, { deps, at }: { deps: AttemptDeps; at: Date }) {
  const { row } = job;
  if (await isStopped(unit.db, row.participant_id)) return undefined;
  const mine = await unit.db
    .updateTable('outbox')
    .set({
      state: 'sending',
      attempts: row.attempts + 1,
      lease_until: new Date(at.getTime() + deps.settings.leaseMs).toISOString(),
    })
    .where('id', '=', row.id)
    .where('state', '=', 'claimed')
    .where('lease_owner', '=', deps.owner)
    .executeTakeFirst();
  if (mine.numUpdatedRows !== 1n) return undefined;
  const message = await asItLeaves(unit, job);
  await unit.db
    .insertInto('attempt')
    .values({
      id: job.attemptId,
      outbox_id: row.id,
      number: row.attempts + 1,
      started_at: at.toISOString(),
      ended_at: null,
      result: null,
      http_status: null,
      reason: null,
    })
    .execute();
  return message;
}

type Sending = { wire: WireRequest; job: Job; deps: AttemptDeps };

async function say({ wire, job, deps }: Sending, authorization: string | undefined): Promise<Verdict> {
  const when = { now: deps.clock(), longest: deps.settings.maxRetryAfterMs };
  try {
    const answer = await deps.outgoing.request({
      ...wire,
      headers: { ...wire.headers, ...(authorization && { authorization }) },
      timeoutMs: deps.settings.timeoutMs,
      maxBytes: mostAnswerBytes,
      signal: job.signal,
    });
    return judgeAnswer(answer, when);
  } catch (error) {
    if (error instanceof OutgoingFailure) return judgeFailure(error, when);
    throw error;
  }
}

/** A token may have been withdrawn before its time: a 401 is answered once with a fresh one. */
async function sayTwice(sending: Sending, authorization: string | undefined): Promise<Verdict> {
  const { job, deps } = sending;
  const first = await say(sending, authorization);
  if (first.status !== 401 || authorization === undefined) return first;
  const fresh = await deps.tokens.get(job.endpoint.auth, { refused: authorization });
  if ('verdict' in fresh) return fresh.verdict;
  if (job.signal.aborted || (await isStopped(deps.store.read, job.row.participant_id))) {
    return { result: 'retry', reason: 'stopped', endpointFault: false };
  }
  if (await isTakenOver(deps, job.row)) return { ...first, result: 'retry', reason: 'taken-over' };
  return say(sending, fresh.header);
}

/** Has another gateway taken the row over while we were away? */
async function isTakenOver({ store, owner }: AttemptDeps, row: OutboxRow): Promise<boolean> {
  const ours = await store.read
    .selectFrom('outbox')
    .select('id')
    .where('id', '=', row.id)
    .where('state', '=', 'sending')
    .where('lease_owner', '=', owner)
    .executeTakeFirst();
  return ours === undefined;
}

/** Undefined when nothing was attempted and the row is to be put back as it was. */
export async function attempt(job: Job, deps: AttemptDeps): Promise<Ended | undefined> {
  const startedAt = deps.clock();
  const about = { attemptId: job.attemptId, startedAt, number: job.row.attempts + 1 };
  const token = await deps.tokens.get(job.endpoint.auth);
  if ('verdict' in token) return { ...token.verdict, ...about, begun: false };
  if (job.signal.aborted) return undefined;
  const leased = performance.now();
  const message = await deps.store.write((unit) => begin(unit, job, { deps, at: deps.clock() }));
  if (message === undefined) return undefined;
  // whoever slept through its lease says nothing: another may have said it, and what comes after it
  if (performance.now() - leased >= deps.settings.leaseMs) return undefined;
  const { row, endpoint } = job;
  const { kind, version, exchange } = row;
  const wire = wireRequest({ kind, version, exchange, message, endpoint, now: startedAt });
  const verdict = await sayTwice({ wire, job, deps }, token.header);
  return { ...verdict, ...about, begun: true };
}
