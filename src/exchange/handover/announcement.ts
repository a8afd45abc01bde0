// What is told to whom when a handover changes? Gateway ids and organisations; the outbox turns it into the endpoint's shape.
import { Buffer } from 'node:buffer';
import type { NotificationMessage } from '../../delivery/message.ts';
import type { Announcement } from '../../delivery/outbox.ts';
import type { Participant } from '../../model.ts';
import type { TellingDeps } from '../exchange.ts';
import { idsOfCase } from './ids.ts';
import { type HandoverRow, mainIdentifier, uraOf } from './task.ts';

type Telling = {
  kind: Exclude<Announcement['kind'], 'callback'>;
  parties: { sender: Participant; receiver: Participant };
  endpointId: string;
  now: Date;
};

/** What any message about a handover says: where it is served, and how it is known. */
export function messageAbout(
  row: HandoverRow,
  deps: TellingDeps,
  name = `Notification/${row.version}`,
): NotificationMessage {
  const { idFor } = idsOfCase(deps.store, row.case_hash);
  return {
    taskId: row.task_id,
    taskUrl: `${deps.baseUrl}/stu3/Task/${row.task_id}`,
    compositionUrl: `${deps.baseUrl}/stu3/Composition/${row.composition_id}`,
    groupIdentifier: idFor('Group'),
    notificationIdentifier: idFor(name),
    status: row.state === 'cancelled' ? 'cancelled' : 'requested',
    authoredOn: deps.clock().toISOString(),
  };
}

/**
 * The outbox row for one change. `row` is the handover after the change. A cancellation carries the identifier of the
 * announcement that it takes back, so that the receiver's system can find it.
 */
export function announcement(row: HandoverRow, deps: TellingDeps, telling: Telling): Announcement {
  const { sender, receiver } = telling.parties;
  const name = telling.kind === 'echo' ? `Notification/echo/${row.task_version}` : undefined;
  const [senderUra, receiverUra] = [uraOf(sender)?.value, uraOf(receiver)?.value];
  const [senderNumber, receiverNumber] = [mainIdentifier(sender), mainIdentifier(receiver)];
  return {
    exchange: 'handover',
    subject: row.id,
    orderKey: row.id,
    participantId: receiver.id,
    endpointId: telling.endpointId,
    kind: telling.kind,
    version: row.version,
    message: {
      ...messageAbout(row, deps, name),
      ...(senderUra ? { senderUra } : {}),
      ...(receiverUra ? { receiverUra } : {}),
      ...(senderNumber ? { sender: senderNumber } : {}),
      ...(receiverNumber ? { receiver: receiverNumber } : {}),
      authoredOn: telling.now.toISOString(),
      ...(row.state === 'in-progress' ? { availableUntil: row.grant_ends_at } : {}),
      authorizationBase: Buffer.from(row.task_id).toString('base64'),
    },
    now: telling.now,
  };
}
