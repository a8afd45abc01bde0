// What is the sender told without asking? Each end of what it handed over, once, in the write that makes it.
import { type NotificationMessage, readMessage } from '../../delivery/message.ts';
import { enqueue, lastCallback, type OutboxRow } from '../../delivery/outbox.ts';
import type { Unit } from '../../store/store.ts';
import type { TellingDeps } from '../exchange.ts';
import { toldAt } from './toldAt.ts';

/** How a notification to the receiver ended, as the truth table tells it. */
export type NotificationEnd = 'notification-delivered' | 'notification-failed' | 'notification-unknown';

type Callback = NonNullable<NotificationMessage['callback']>;

export type News = {
  exchange: string;
  row: { id: string; sender_id: string; version: number };
  message: NotificationMessage & { callback: Callback };
};

/** A notification that has come to an end, and which one. */
export type Ended = { notification: OutboxRow; reason: NotificationEnd };

/** Puts it into the outbox, unless the sender takes no callbacks or was told so before. */
export async function tellSender(unit: Unit, news: News, deps: TellingDeps): Promise<void> {
  const { exchange, row, message } = news;
  const now = deps.clock();
  const participant = deps.directory.byId(row.sender_id);
  const endpointId = participant && toldAt({ participant, kind: 'callback', now }, deps);
  if (participant === undefined || endpointId === undefined) return;
  if (saysNothingNew(news, await lastCallback(unit, row.id))) return;
  await enqueue(unit, {
    exchange,
    subject: row.id,
    orderKey: row.id,
    participantId: participant.id,
    endpointId,
    kind: 'callback',
    version: row.version,
    message,
    now,
  });
}

/** That a notification arrived is news only to who was told that it had not. */
function saysNothingNew({ row, message }: News, last: Awaited<ReturnType<typeof lastCallback>>): boolean {
  const { state, reason } = message.callback;
  const told = last && readMessage(last.message).callback;
  if (reason === 'notification-delivered') return !isMissing(told?.reason);
  return told?.state === state && told.reason === reason && last?.version === row.version;
}

const isMissing = (reason: string | undefined): boolean =>
  reason === 'notification-failed' || reason === 'notification-unknown';

/** Undefined for what is no news of its receiver: a callback, and the echo of what it did itself. */
export async function endOf(unit: Unit, notification: OutboxRow): Promise<Ended | undefined> {
  const { kind, state, subject } = notification;
  if (kind !== 'announce' && kind !== 'cancel') return undefined;
  if (state === 'delivered') {
    const told = await lastCallback(unit, subject);
    return told && { notification, reason: 'notification-delivered' };
  }
  const reason = (await mayHaveArrived(unit, notification)) ? 'notification-unknown' : 'notification-failed';
  return { notification, reason };
}

async function mayHaveArrived({ db }: Unit, { id }: OutboxRow): Promise<boolean> {
  const attempt = await db
    .selectFrom('attempt')
    .select('id')
    .where('outbox_id', '=', id)
    .where('result', '=', 'unknown')
    .executeTakeFirst();
  return attempt !== undefined;
}
