// What does a test have a receiver told? An announcement of a handover, with whatever the test changes in it.
import { randomUUID } from 'node:crypto';
import type { NotificationMessage } from '../../src/delivery/message.ts';
import type { Announcement } from '../../src/delivery/outbox.ts';

export const messageOf = (
  taskId: string,
  change: Partial<NotificationMessage> = {},
): NotificationMessage => ({
  taskId,
  taskUrl: `https://gateway.example/stu3/Task/${taskId}`,
  compositionUrl: `https://gateway.example/stu3/Composition/${taskId}`,
  groupIdentifier: randomUUID(),
  notificationIdentifier: randomUUID(),
  senderUra: '00000001',
  receiverUra: '00000002',
  status: 'requested',
  authoredOn: '2026-05-01T10:00:00.000Z',
  ...change,
});

export const announcementOf = (subject: string, change: Partial<Announcement> = {}): Announcement => ({
  exchange: 'handover',
  subject,
  orderKey: subject,
  participantId: 'ecd',
  endpointId: 'b',
  kind: 'announce',
  version: 1,
  message: messageOf(subject),
  now: new Date(),
  ...change,
});
