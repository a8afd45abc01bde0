// What does a holder hear of break-glass? "There is something for you", and then, at its own request, who, when and why.
import { randomUUID } from 'node:crypto';
import {
  type HolderNotice,
  markQueued,
  markRead,
  readNotice,
  waitingNotices,
} from '../../consent/breakGlassNotices.ts';
import { type Announcement, enqueue } from '../../delivery/outbox.ts';
import { GatewayError } from '../../errors.ts';
import { bsnSystem, normaliseSystem, uraSystem } from '../../fhir/identifiers.ts';
import type { FhirResource, FhirResponse, Participant, Requester } from '../../model.ts';
import { actorOf } from '../../store/actor.ts';
import type { ExchangeDeps, RoutedRequest } from '../exchange.ts';

type Waiting = Awaited<ReturnType<typeof waitingNotices>>[number];

/**
 * Puts every notice that still waits into the outbox of its holder, once over all gateways. Returns how many; a holder
 * without an endpoint for notifications keeps waiting, and shows in `sluis consent review`.
 */
export async function announceBreakGlass(
  deps: Pick<ExchangeDeps, 'store' | 'clock' | 'directory' | 'baseUrl' | 'wakeDelivery'>,
): Promise<number> {
  let count = 0;
  for (const notice of await waitingNotices(deps.store)) {
    const announcement = announcementOf(notice, deps);
    if (!announcement) continue;
    const queued = await deps.store.write(async (unit) => {
      if (!(await markQueued(unit, notice.id, announcement.now))) return false;
      await enqueue(unit, announcement);
      return true;
    });
    if (queued) count += 1;
  }
  if (count > 0) deps.wakeDelivery();
  return count;
}

function announcementOf(
  notice: Waiting,
  deps: Pick<ExchangeDeps, 'clock' | 'directory' | 'baseUrl'>,
): Announcement | undefined {
  const now = deps.clock();
  const holder = deps.directory.byId(notice.holder_id);
  const way = holder && deps.directory.endpointFor(holder, 'notification', now);
  if (!holder || !way || 'refusal' in way) return undefined;
  const asker = deps.directory.byId(notice.participant_id);
  const taskUrl = `${deps.baseUrl}/r4/Task/${notice.id}`;
  return {
    exchange: 'break-glass',
    subject: notice.id,
    orderKey: notice.id,
    participantId: holder.id,
    endpointId: way.endpoint.id,
    kind: 'announce',
    version: 1,
    message: {
      taskId: notice.id,
      taskUrl,
      compositionUrl: taskUrl,
      groupIdentifier: notice.grant_id,
      notificationIdentifier: randomUUID(),
      ...(asker ? partyOf(asker, 'sender') : {}),
      ...partyOf(holder, 'receiver'),
      status: 'requested',
      authoredOn: notice.created_at,
    },
    now,
  };
}

function partyOf(participant: Participant, side: 'sender' | 'receiver') {
  const [main] = participant.identifiers;
  const ura = participant.identifiers.find((one) => normaliseSystem(one.system) === uraSystem)?.value;
  return { ...(ura ? { [`${side}Ura`]: ura } : {}), ...(main ? { [side]: main } : {}) };
}

/** The holder's own notice as a Task. Throws `notFound` for another's. The record is made before it is shown. */
export async function readNoticeTask(
  request: RoutedRequest,
  requester: Requester,
  deps: ExchangeDeps,
): Promise<FhirResponse> {
  const id = request.params.id ?? '';
  const found = await readNotice(deps.store, id, requester.participant.id);
  if (!found) throw new GatewayError('notFound', 'There is no such Task');
  await deps.store.write(async (unit) => {
    await markRead(unit, id, deps.clock());
    unit.audit({
      event: 'breakGlass.noticeRead',
      action: 'R',
      outcome: 'success',
      ...actorOf(requester),
      patientBsn: found.content.patientBsn,
      object: `Task/${id}`,
      exchange: 'break-glass',
      requestId: request.requestId,
    });
  });
  return { status: 200, resource: taskOf(found, deps) };
}

const code = (value: string, text: string) => ({
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: value }],
  text,
});

/** R4 Task: http://hl7.org/fhir/R4/task.html */
function taskOf(
  { notice, grant, content }: HolderNotice,
  deps: Pick<ExchangeDeps, 'directory'>,
): FhirResource {
  const asker = deps.directory.byId(grant.participant_id);
  const { practitioner, purposeOfUse, reasons } = content;
  return {
    resourceType: 'Task',
    id: notice.id,
    groupIdentifier: { system: 'urn:ietf:rfc:3986', value: `urn:uuid:${grant.id}` },
    status: 'requested',
    intent: 'order',
    code: code(purposeOfUse, 'Break-glass: records were opened in an emergency; please review'),
    for: { identifier: { system: bsnSystem, value: content.patientBsn } },
    executionPeriod: { start: grant.created_at, end: grant.ends_at },
    authoredOn: notice.created_at,
    requester: {
      ...(asker?.identifiers[0] ? { identifier: asker.identifiers[0] } : {}),
      display: asker?.name ?? grant.participant_id,
    },
    reasonCode: { text: reasons.map((one) => one.text).join(' / ') },
    input: [
      {
        type: { text: 'practitioner' },
        valueReference: {
          identifier: practitioner.identifier,
          ...(practitioner.role ? { display: `role ${practitioner.role}` } : {}),
        },
      },
      { type: { text: 'stage' }, valueInteger: grant.stage },
    ],
  };
}
