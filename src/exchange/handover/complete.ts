// May the receiver change the Task this way? Only its status, only as the release allows; completing ends the grant at once.
import { enqueue } from '../../delivery/outbox.ts';
import { GatewayError } from '../../errors.ts';
import type { FhirResource, FhirResponse, Requester } from '../../model.ts';
import { actorOf } from '../../store/actor.ts';
import { retried } from '../../store/retried.ts';
import type { Unit } from '../../store/store.ts';
import type { ExchangeDeps, RoutedRequest } from '../exchange.ts';
import { toldFurtherAt } from '../pushing/toldAt.ts';
import { notKnown, releaseTask } from '../release.ts';
import { announcement } from './announcement.ts';
import { tellState } from './callback.ts';
import { addStep, handoverOfTask, hasRead, lockHandover, openTask } from './records.ts';
import { type HandoverRow, type SealedTask, taskView } from './task.ts';
import { checkTransition, refuseOtherChanges } from './taskChange.ts';

type Change = { request: RoutedRequest; requester: Requester; body: FhirResource };

/**
 * PUT Task. 200 with the Task as it then stands; the same status again changes nothing. Throws `unprocessable` for a
 * change that is not allowed, `preconditionFailed` for a stale If-Match, `conflict` after a cancellation and for a version
 * that the receiver has not read.
 */
export async function completeTask(
  request: RoutedRequest,
  requester: Requester,
  deps: ExchangeDeps,
): Promise<FhirResponse> {
  const change = { request, requester, body: taskOf(request) };
  return retried(() => changeTask(change, deps));
}

async function changeTask(change: Change, deps: ExchangeDeps): Promise<FhirResponse> {
  const { request, requester, body } = change;
  const before = releaseTask(await handoverOfTask(deps.store, request.params.id ?? ''), requester);
  if (before.receiver_id !== requester.participant.id) {
    throw new GatewayError('denied', 'Only the receiver updates this Task', { reason: 'not-receiver' });
  }
  const sealed = await openTask(deps.store, before);
  const expected = expectedVersions(request.ifMatch);
  const row = await deps.store.write(async (unit) => {
    const present = await lockHandover(unit, before.id);
    if (!present) throw notKnown();
    refuseStale(expected, present);
    // another version has other content, and its Task points to it
    if (present.version !== before.version) throw movedOn();
    await refuseUnread(unit, present, body);
    refuseOtherChanges(taskView(present, sealed), body, deps.baseUrl);
    return applyChange(unit, { present, sealed, change }, deps);
  });
  deps.wakeDelivery();
  return { status: 200, resource: taskView(row, sealed), headers: { ETag: `W/"${row.task_version}"` } };
}

function taskOf(request: RoutedRequest): FhirResource {
  const body = request.resource;
  if (body?.resourceType !== 'Task') throw new GatewayError('invalid', 'The body is not a Task');
  if (body.id === undefined) throw new GatewayError('invalid', 'The Task has no id');
  if (body.id !== request.params.id)
    throw new GatewayError('invalid', "The Task's id is not that of the address");
  return body;
}

/** Undefined for no condition and for `*`. Throws `invalid` for what is not an entity tag. */
function expectedVersions(ifMatch: string | undefined): readonly string[] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  const tags = ifMatch.length > 1000 ? [''] : ifMatch.split(',').map((tag) => tag.trim());
  // FHIR versions are weak tags; a strong one means the same here
  if (!tags.every((tag) => /^(W\/)?"[\x21\x23-\x7e]*"$/.test(tag))) {
    throw new GatewayError('invalid', 'If-Match is not an entity tag', { reason: 'if-match-malformed' });
  }
  return tags.map((tag) => tag.replace(/^W\//, ''));
}

function refuseStale(expected: readonly string[] | undefined, row: HandoverRow): void {
  if (expected && !expected.includes(`"${row.task_version}"`)) {
    throw new GatewayError('preconditionFailed', 'The Task has changed since', { reason: 'stale-version' });
  }
}

const movedOn = () =>
  new GatewayError('conflict', 'The Task has changed meanwhile; read it again', { reason: 'task-moved-on' });

/** Receivers send no If-Match: what they send back, and what they have read, says which version they mean to close. */
async function refuseUnread(unit: Unit, row: HandoverRow, body: FhirResource): Promise<void> {
  const isOpen = row.state === 'in-progress' || row.state === 'expired';
  if (body.status !== 'completed' || !isOpen) return;
  if (isEarlier(body.meta, row) || !(await hasRead(unit, row))) throw movedOn();
}

/** A number that this Task never had says nothing: systems that keep the Task may number it themselves. */
function isEarlier(meta: unknown, row: HandoverRow): boolean {
  const { versionId } = (meta ?? {}) as { versionId?: unknown };
  return typeof versionId === 'string' && /^\d{1,9}$/.test(versionId) && Number(versionId) < row.task_version;
}

type Applying = { present: HandoverRow; sealed: SealedTask; change: Change };

async function applyChange(unit: Unit, applying: Applying, deps: ExchangeDeps): Promise<HandoverRow> {
  const { present, sealed, change } = applying;
  const now = deps.clock();
  const done = checkTransition(present, change.body.status);
  const row: HandoverRow = done
    ? {
        ...present,
        state: 'completed',
        task_version: present.task_version + 1,
        updated_at: now.toISOString(),
        grant_ends_at: earlier(present.grant_ends_at, now),
      }
    : present;
  if (done) {
    const { state, task_version, updated_at, grant_ends_at } = row;
    await unit.db
      .updateTable('handover')
      .set({ state, task_version, updated_at, grant_ends_at })
      .where('id', '=', row.id)
      .execute();
    await addStep(unit, row, { at: row.updated_at, step: 'completed' });
    await tell(unit, row, deps);
  }
  unit.audit({
    event: 'handover.taskUpdated',
    action: 'U',
    outcome: 'success',
    ...actorOf(change.requester),
    ...(sealed.patientBsn ? { patientBsn: sealed.patientBsn } : {}),
    object: `Task/${row.task_id}`,
    exchange: 'handover',
    requestId: change.request.requestId,
    detail: { changed: done, version: row.version },
  });
  return row;
}

function earlier(moment: string, now: Date): string {
  const at = now.toISOString();
  return moment < at ? moment : at;
}

/** The receiver is told of its own change (the standard's echo), the sender at its callback if it has one. */
async function tell(unit: Unit, row: HandoverRow, deps: ExchangeDeps): Promise<void> {
  await echo(unit, row, deps);
  await tellState(unit, { row }, deps);
}

async function echo(unit: Unit, row: HandoverRow, deps: ExchangeDeps): Promise<void> {
  const [sender, receiver] = [deps.directory.byId(row.sender_id), deps.directory.byId(row.receiver_id)];
  if (!sender || !receiver) return;
  const now = deps.clock();
  const endpointId = await toldFurtherAt(unit, { subject: row.id, receiver, now }, deps);
  if (endpointId === undefined) return;
  const parties = { sender, receiver };
  await enqueue(unit, announcement(row, deps, { kind: 'echo', parties, endpointId, now }));
}
