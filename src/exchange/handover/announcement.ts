// What is told to whom when a handover changes? Gateway ids and organisations; the outbox turns it into the endpoint's shape.
import { Buffer } from 'node:buffer';
import type { Announcement } from '../../delivery/outbox.ts';
import type { Participant } from '../../model.ts';
import type { ExchangeDeps } from '../exchange.ts';
import { idsOfCase } from './ids.ts';
import { type HandoverRow, mainIdentifier, uraOf } from './task.ts';

type Telling = {
  kind: Announcement['kind'];
  parties: { sender: Participant; receiver: Participant };
  endpointId: string;
  now: Date;
};

/**
 * The outbox row for one change. `row` is the handover after the change. A cancellation carries the identifier of the
 * announcement that it takes back, so that the receiver's system can find it.
 */
export function announcement(row: HandoverRow, deps: ExchangeDeps, telling: Telling): Announcement {
  const { sender, receiver } = telling.parties;
  const { idFor } = idsOfCase(deps.store, row.case_hash);
  const cancelled = row.state === 'cancelled';
  const name =
    telling.kind === 'echo' ? `Notification/echo/${row.task_version}` : `Notification/${row.version}`;
  const to = telling.kind === 'callback' ? sender : receiver;
  const [senderUra, receiverUra] = [uraOf(sender)?.value, uraOf(receiver)?.value];
  const [senderNumber, receiverNumber] = [mainIdentifier(sender), mainIdentifier(receiver)];
  return {
    exchange: 'handover',
    subject: row.id,
    orderKey: row.id,
    participantId: to.id,
    endpointId: telling.endpointId,
    kind: telling.kind,
    version: row.version,
    message: {
      taskId: row.task_id,
      taskUrl: `${deps.baseUrl}/stu3/Task/${row.task_id}`,
      compositionUrl: `${deps.baseUrl}/stu3/Composition/${row.composition_id}`,
      groupIdentifier: idFor('Group'),
      notificationIdentifier: idFor(name),
      ...(senderUra ? { senderUra } : {}),
      ...(receiverUra ? { receiverUra } : {}),
      ...(senderNumber ? { sender: senderNumber } : {}),
      ...(receiverNumber ? { receiver: receiverNumber } : {}),
      status: cancelled ? 'cancelled' : 'requested',
      authoredOn: telling.now.toISOString(),
      ...(row.state === 'in-progress' ? { availableUntil: row.grant_ends_at } : {}),
      authorizationBase: Buffer.from(row.task_id).toString('base64'),
      ...(telling.kind === 'callback'
        ? { callback: { handoverUrl: `${deps.baseUrl}/handover/${row.id}`, state: row.state } }
        : {}),
    },
    now: telling.now,
  };
}
