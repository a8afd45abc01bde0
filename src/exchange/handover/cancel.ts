// What happens when the sender takes a handover back? The grant ends at once, then the receiver is told, in one write.
import { enqueue } from '../../delivery/outbox.ts';
import { GatewayError } from '../../errors.ts';
import { actorOf } from '../../store/actor.ts';
import { retried } from '../../store/retried.ts';
import type { Unit } from '../../store/store.ts';
import type { ExchangeDeps } from '../exchange.ts';
import { toldFurtherAt } from '../pushing/toldAt.ts';
import { announcement } from './announcement.ts';
import { tellState } from './callback.ts';
import { addStep, lockHandover, openTask } from './records.ts';
import { type HandoverQuestion, type HandoverStatus, handoverStatus, ownHandover } from './status.ts';
import type { HandoverRow } from './task.ts';

/**
 * Cancels a handover of the requester; once more changes nothing. Throws `notFound` for another's and `conflict` when
 * the receiver has completed it already.
 */
export async function cancelHandover(
  question: HandoverQuestion,
  deps: ExchangeDeps,
): Promise<HandoverStatus> {
  const { id, requester, requestId } = question;
  const { patientBsn } = await retried(async () => openTask(deps.store, await ownHandover(question, deps)));
  await deps.store.write(async (unit) => {
    const row = await lockHandover(unit, id);
    if (row && row.state !== 'cancelled') await cancel(unit, row, deps);
    unit.audit({
      event: 'handover.cancelled',
      action: 'U',
      outcome: 'success',
      ...actorOf(requester),
      ...(patientBsn ? { patientBsn } : {}),
      object: `Handover/${id}`,
      exchange: 'handover',
      ...(requestId ? { requestId } : {}),
      detail: { changed: row?.state !== 'cancelled' },
    });
  });
  deps.wakeDelivery();
  return handoverStatus(question, deps);
}

async function cancel(unit: Unit, row: HandoverRow, deps: ExchangeDeps): Promise<void> {
  if (row.state === 'completed') {
    throw new GatewayError(
      'conflict',
      'The receiver has completed this handover; it can no longer be cancelled',
      {
        reason: 'handover-completed',
      },
    );
  }
  const at = deps.clock().toISOString();
  const changed = {
    state: 'cancelled' as const,
    task_version: row.task_version + 1,
    updated_at: at,
    grant_ends_at: row.grant_ends_at < at ? row.grant_ends_at : at,
  };
  await unit.db.updateTable('handover').set(changed).where('id', '=', row.id).execute();
  const cancelled: HandoverRow = { ...row, ...changed };
  await addStep(unit, cancelled, { at, step: 'cancelled' });
  await tellReceiver(unit, cancelled, deps);
  await tellState(unit, { row: cancelled }, deps);
}

async function tellReceiver(unit: Unit, cancelled: HandoverRow, deps: ExchangeDeps): Promise<void> {
  const [sender, receiver] = [
    deps.directory.byId(cancelled.sender_id),
    deps.directory.byId(cancelled.receiver_id),
  ];
  if (!sender || !receiver) return;
  const now = deps.clock();
  const endpointId = await toldFurtherAt(unit, { subject: cancelled.id, receiver, now }, deps);
  if (endpointId === undefined) return;
  const parties = { sender, receiver };
  await enqueue(unit, announcement(cancelled, deps, { kind: 'cancel', parties, endpointId, now }));
}
