// What do receiver and sender see of a push? A Task that leads to its Bundle, with how far it is; nothing about the patient.
import { Buffer } from 'node:buffer';
import type { NotificationMessage } from '../../delivery/message.ts';
import type { Announcement, OutboxRow } from '../../delivery/outbox.ts';
import { agbSystem, uraSystem } from '../../fhir/identifiers.ts';
import { ownCanonical } from '../../fhir/ownCanonicals.ts';
import type { FhirResource, Identifier, Participant } from '../../model.ts';
import type { PushTable } from '../../store/rows/pushes.ts';
import type { ExchangeDeps, TellingDeps } from '../exchange.ts';
import { keyedUuid } from '../uuids.ts';
import type { PushCase } from './pushed.ts';

const ofSystem = ({ identifiers }: Participant, wanted: string): Identifier | undefined =>
  identifiers.find(({ system }) => system === wanted);

/** URA, else AGB, else whatever it has. */
const numberOf = (participant: Participant): Identifier | undefined =>
  ofSystem(participant, uraSystem) ?? ofSystem(participant, agbSystem) ?? participant.identifiers[0];

type Telling = Pick<PushCase, 'requester' | 'now'> & {
  receiver: { participant: Participant; endpoint: { id: string } };
};

/** What any message about a push says: where it is served, and how it is known. */
export function messageAbout(row: PushTable, deps: TellingDeps): NotificationMessage {
  const idFor = (name: string): string => keyedUuid(deps.store, 'push', row.case_hash, name);
  return {
    taskId: row.task_id,
    taskUrl: `${deps.baseUrl}/r4/Task/${row.task_id}`,
    compositionUrl: `${deps.baseUrl}/r4/Bundle/${row.bundle_id}`,
    groupIdentifier: idFor('Group'),
    notificationIdentifier: idFor(`Notification/${row.version}`),
    status: row.cancelled_at === null ? 'requested' : 'cancelled',
    authoredOn: deps.clock().toISOString(),
  };
}

/** The outbox row that tells the receiver of a version, or that it was taken back: under the same identifier. */
export function pushAnnouncement(row: PushTable, push: Telling, deps: ExchangeDeps): Announcement {
  const { requester, receiver, now } = push;
  const isCancelled = row.cancelled_at !== null;
  const [sender, to] = [requester.participant, receiver.participant];
  const [senderUra, receiverUra] = [ofSystem(sender, uraSystem)?.value, ofSystem(to, uraSystem)?.value];
  const [senderNumber, receiverNumber] = [numberOf(sender), numberOf(to)];
  return {
    exchange: row.exchange,
    subject: row.id,
    orderKey: row.id,
    participantId: to.id,
    endpointId: receiver.endpoint.id,
    kind: isCancelled ? 'cancel' : 'announce',
    version: row.version,
    message: {
      ...messageAbout(row, deps),
      authoredOn: now.toISOString(),
      ...(senderUra ? { senderUra } : {}),
      ...(receiverUra ? { receiverUra } : {}),
      ...(senderNumber ? { sender: senderNumber } : {}),
      ...(receiverNumber ? { receiver: receiverNumber } : {}),
      ...(isCancelled ? {} : { availableUntil: row.grant_ends_at }),
      authorizationBase: Buffer.from(row.task_id).toString('base64'),
    },
    now,
  };
}

type Seen = { row: PushTable; notifications: readonly OutboxRow[]; title: string };

const partyOf = (deps: ExchangeDeps, id: string) => {
  const participant = deps.directory.byId(id);
  const identifier = participant && numberOf(participant);
  return { ...(identifier ? { identifier } : {}), display: participant?.name ?? id };
};

const stepSystem = ownCanonical('CodeSystem', 'push-step');

const said = (code: string, value: Record<string, string | number>) => ({
  type: { coding: [{ system: stepSystem, code }] },
  ...value,
});

/** The Task as it stands now: `in-progress` while the grant lives. The steps are for its sender too. */
export function pushTask({ row, notifications, title }: Seen, deps: ExchangeDeps): FhirResource {
  const ended = row.state === 'expired' || deps.clock().toISOString() >= row.grant_ends_at;
  const last = notifications.filter(({ version }) => version === row.version).at(-1);
  return {
    resourceType: 'Task',
    id: row.task_id,
    meta: { versionId: String(row.version), lastUpdated: row.updated_at },
    status: row.cancelled_at !== null ? 'cancelled' : ended ? 'completed' : 'in-progress',
    intent: 'order',
    code: { text: title },
    focus: { reference: `Bundle/${row.bundle_id}` },
    authoredOn: row.created_at,
    lastModified: row.updated_at,
    requester: partyOf(deps, row.sender_id),
    owner: partyOf(deps, row.receiver_id),
    restriction: { period: { end: row.grant_ends_at } },
    output: [
      said('version', { valuePositiveInt: row.version }),
      said('notification', { valueCode: last?.state ?? 'none' }),
      ...(last?.settled_at ? [said('notification-settled', { valueDateTime: last.settled_at })] : []),
      ...(row.task_read_at ? [said('task-read', { valueDateTime: row.task_read_at })] : []),
      ...(row.read_at ? [said('content-read', { valueDateTime: row.read_at })] : []),
      said('reads', { valueUnsignedInt: row.reads }),
    ],
  };
}
