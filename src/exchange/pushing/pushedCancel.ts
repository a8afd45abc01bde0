// What happens when the sender takes a push back? The grant ends and the content goes at once; the receiver is told, in one write.
import { enqueue } from '../../delivery/outbox.ts';
import { notificationsOf } from '../../delivery/outboxViews.ts';
import type { FhirResponse, Requester } from '../../model.ts';
import { actorOf } from '../../store/actor.ts';
import type { PushTable } from '../../store/rows/pushes.ts';
import type { Unit } from '../../store/store.ts';
import { gives } from '../asking/operationParameters.ts';
import type { ExchangeDeps, RoutedRequest, Transaction } from '../exchange.ts';
import { notKnown } from '../release.ts';
import { lockPush } from './pushed.ts';
import { tellPushState } from './pushedCallback.ts';
import { patientOfPush } from './pushedContent.ts';
import { findPush, type PushKind } from './pushedServe.ts';
import { pushAnnouncement, pushTask } from './pushedTask.ts';
import { toldFurtherAt } from './toldAt.ts';

type Cancelling = { request: RoutedRequest; requester: Requester; deps: ExchangeDeps };

/** `Task/:id/$cancel-push`, for the sender alone. */
export const pushCancellation = (kind: PushKind): Transaction => ({
  name: 'cancelPush',
  version: 'r4',
  method: 'POST',
  path: ['Task', ':id', '$cancel-push'],
  interaction: {
    kind: 'operation',
    name: 'cancel-push',
    parameters: [gives('return', 'Task', 'The Task as it stands then.')],
  },
  resourceTypes: ['Task'],
  documentation: 'The sender takes a push back: its receiver may no longer read it, and is told.',
  answer: (request, requester, deps) => cancelPush(kind, { request, requester, deps }),
});

/** Once more changes nothing. Throws `notFound` for everybody but the sender. */
async function cancelPush(kind: PushKind, cancelling: Cancelling): Promise<FhirResponse> {
  const { request, requester, deps } = cancelling;
  const found = await findPush('task_id', kind, cancelling);
  if (found.sender_id !== requester.participant.id) throw notKnown();
  const row = await deps.store.write(async (unit) => {
    const present = await lockPush(unit, found.id);
    if (!present) throw notKnown();
    const patient = await patientOfPush(unit, present);
    const changed = present.cancelled_at === null;
    const after = changed ? await cancel(unit, present, cancelling) : present;
    unit.audit({
      event: `${kind.exchange}.pushCancelled`,
      action: 'U',
      outcome: 'success',
      ...actorOf(requester),
      ...patient,
      object: `Push/${after.id}`,
      exchange: kind.exchange,
      requestId: request.requestId,
      detail: { version: after.version, changed },
    });
    return after;
  });
  deps.wakeDelivery();
  const notifications = await notificationsOf(deps.store, row.id);
  const resource = pushTask({ row, notifications, title: kind.title }, deps);
  return { status: 200, headers: { ETag: `W/"${row.version}"` }, resource };
}

async function cancel(unit: Unit, row: PushTable, { requester, deps }: Cancelling): Promise<PushTable> {
  const at = deps.clock().toISOString();
  const changed = {
    state: 'expired' as const,
    cancelled_at: at,
    updated_at: at,
    grant_ends_at: row.grant_ends_at < at ? row.grant_ends_at : at,
    payload_id: null,
  };
  await unit.db.updateTable('push').set(changed).where('id', '=', row.id).execute();
  if (row.payload_id) await unit.db.deleteFrom('payload').where('id', '=', row.payload_id).execute();
  const cancelled = { ...row, ...changed };
  await tellReceiver(unit, cancelled, { requester, deps });
  await tellPushState(unit, { row: cancelled }, deps);
  return cancelled;
}

async function tellReceiver(
  unit: Unit,
  row: PushTable,
  { requester, deps }: Omit<Cancelling, 'request'>,
): Promise<void> {
  const participant = deps.directory.byId(row.receiver_id);
  if (!participant) return;
  const now = deps.clock();
  const id = await toldFurtherAt(unit, { subject: row.id, receiver: participant, now }, deps);
  if (id === undefined) return;
  const receiver = { participant, endpoint: { id } };
  await enqueue(unit, pushAnnouncement(row, { requester, receiver, now }, deps));
}
