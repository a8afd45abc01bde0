// What does the receiver of a push get, and what does its sender see? The Task for both; the Bundle for the receiver, under its grant.
import { notificationsOf } from '../../delivery/outboxViews.ts';
import { GatewayError } from '../../errors.ts';
import type { FhirResponse, Requester } from '../../model.ts';
import { actorOf } from '../../store/actor.ts';
import { contentReplaced } from '../../store/faults.ts';
import { retried } from '../../store/retried.ts';
import type { PushTable } from '../../store/rows/pushes.ts';
import type { Unit } from '../../store/store.ts';
import type { ExchangeDeps, RoutedRequest, Transaction } from '../exchange.ts';
import { notKnown } from '../release.ts';
import { lockPush } from './pushed.ts';
import { patientIn, patientOfPush, pushContext, readSealed } from './pushedContent.ts';
import { pushTask } from './pushedTask.ts';

export type PushKind = { exchange: PushTable['exchange']; title: string };
type Read = { request: RoutedRequest; requester: Requester; deps: ExchangeDeps };

/** The two reads of pushed content: `Task/:id` and `Bundle/:id`. */
export function pushReads(kind: PushKind): readonly Transaction[] {
  const read = (name: string, type: string) => ({
    name,
    version: 'r4' as const,
    method: 'GET' as const,
    path: [type, ':id'],
    interaction: { kind: 'read' as const },
    resourceTypes: [type],
  });
  return [
    {
      ...read('readPushTask', 'Task'),
      documentation: 'How far a push is, for its sender and its receiver.',
      answer: (request, requester, deps) => readTask(kind, { request, requester, deps }),
    },
    {
      ...read('readPushed', 'Bundle'),
      documentation: 'What was pushed to the caller, as often as it asks while its grant lives.',
      answer: (request, requester, deps) => readBundle(kind, { request, requester, deps }),
    },
  ];
}

/** Throws `notFound`. */
export async function findPush(
  column: 'task_id' | 'bundle_id',
  kind: PushKind,
  read: Read,
): Promise<PushTable> {
  const row = await read.deps.store.read
    .selectFrom('push')
    .selectAll()
    .where(column, '=', read.request.params.id ?? '')
    .where('exchange', '=', kind.exchange)
    .executeTakeFirst();
  if (!row) throw notKnown();
  return row;
}

async function readTask(kind: PushKind, read: Read): Promise<FhirResponse> {
  const { requester, deps } = read;
  const found = await findPush('task_id', kind, read);
  const { id } = requester.participant;
  if (found.receiver_id !== id && found.sender_id !== id) throw notKnown();
  const row = await deps.store.write(async (unit) => {
    const present = await lockPush(unit, found.id);
    if (!present) throw notKnown();
    const first = present.receiver_id === id && present.task_read_at === null;
    const seen = first ? { task_read_at: deps.clock().toISOString() } : {};
    if (first) await unit.db.updateTable('push').set(seen).where('id', '=', present.id).execute();
    const object = `Task/${present.task_id}`;
    const patient = await patientOfPush(unit, present);
    audit(unit, read, { row: present, event: 'pushTaskRead', object, ...patient });
    return { ...present, ...seen };
  });
  const notifications = await notificationsOf(deps.store, row.id);
  return {
    status: 200,
    headers: { ETag: `W/"${row.version}"` },
    resource: pushTask({ row, notifications, title: kind.title }, deps),
  };
}

/** The clock decides, also before the sweep has been by; the right is looked at once more inside the write. */
function release(row: PushTable | undefined, { requester, deps }: Read): PushTable {
  if (!row || row.receiver_id !== requester.participant.id) throw notKnown();
  const lives = row.state === 'in-progress' && deps.clock().toISOString() < row.grant_ends_at;
  if (lives && row.payload_id !== null) return row;
  throw new GatewayError('denied', 'The right to this content has ended', { reason: 'grant-ended' });
}

function readBundle(kind: PushKind, read: Read): Promise<FhirResponse> {
  return retried(() => readPresent(kind, read));
}

async function readPresent(kind: PushKind, read: Read): Promise<FhirResponse> {
  const { deps } = read;
  const row = release(await findPush('bundle_id', kind, read), read);
  const opened = readSealed(await openSealed(row, deps.store));
  await deps.store.write(async (unit) => {
    const present = release(await lockPush(unit, row.id), read);
    if (present.version !== row.version) throw contentReplaced();
    const seen = { read_at: present.read_at ?? deps.clock().toISOString(), reads: present.reads + 1 };
    await unit.db.updateTable('push').set(seen).where('id', '=', row.id).execute();
    const object = `Bundle/${row.bundle_id}`;
    audit(unit, read, { row, event: 'pushRead', object, patientBsn: opened.patientBsn });
  });
  return {
    status: 200,
    headers: { ETag: `W/"${row.version}"` },
    resource: { ...opened.bundle, id: row.bundle_id },
  };
}

/** Whose push an id of its Task or its Bundle leads to. */
export async function patientOfPushed(id: string, store: ExchangeDeps['store']): Promise<string | undefined> {
  const row = await store.read
    .selectFrom('push')
    .selectAll()
    .where(({ eb, or }) => or([eb('task_id', '=', id), eb('bundle_id', '=', id)]))
    .executeTakeFirst();
  return row?.payload_id ? patientIn(await openSealed(row, store)) : undefined;
}

const isPresent = (store: ExchangeDeps['store'], row: PushTable) => async (): Promise<boolean> =>
  (await store.read
    .selectFrom('push')
    .select('id')
    .where('id', '=', row.id)
    .where('payload_id', '=', row.payload_id)
    .executeTakeFirst()) !== undefined;

const openSealed = (row: PushTable, store: ExchangeDeps['store']): Promise<Uint8Array> =>
  store.open(row.payload_id ?? '', pushContext(row), isPresent(store, row));

type Told = { row: PushTable; event: string; object: string; patientBsn?: string };

function audit(unit: Unit, { request, requester }: Read, told: Told): void {
  unit.audit({
    event: `${told.row.exchange}.${told.event}`,
    action: 'R',
    outcome: 'success',
    ...actorOf(requester),
    ...(told.patientBsn === undefined ? {} : { patientBsn: told.patientBsn }),
    object: told.object,
    exchange: told.row.exchange,
    requestId: request.requestId,
    detail: { version: told.row.version },
  });
}
