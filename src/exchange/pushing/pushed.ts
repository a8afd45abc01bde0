// How does content for one receiver become durable? One write: content, grant, notification and audit, or none of them.
// The handover has a Task and a Composition of its own standard; here it is one Bundle, read as often as the grant lets.
import { Buffer } from 'node:buffer';
import { enqueue } from '../../delivery/outbox.ts';
import { GatewayError } from '../../errors.ts';
import type { Endpoint, Participant, Requester } from '../../model.ts';
import { actorOf } from '../../store/actor.ts';
import type { PushTable } from '../../store/rows/pushes.ts';
import type { Store, Unit } from '../../store/store.ts';
import type { ExchangeDeps } from '../exchange.ts';
import { keyedUuid } from '../uuids.ts';
import { type PushContent, patientOfPush, printSealed, pushContext } from './pushedContent.ts';
import { pushAnnouncement } from './pushedTask.ts';

export type PushCase = {
  exchange: PushTable['exchange'];
  requester: Requester;
  receiver: { participant: Participant; endpoint: Endpoint };
  /** What the sender calls it; with the sender it is the case. */
  name: string;
  /** What was asked to be pushed: the same again changes nothing. */
  asked: string;
  requestId: string;
  now: Date;
};

export type Pushed = { kind: 'new' | 'version' | 'same'; row: PushTable };

type Hashes = { caseHash: string; contentHash: string };

function hashesOf({ exchange, requester, name, asked }: PushCase, store: Pick<Store, 'hash'>): Hashes {
  const of = (value: readonly string[]): string => store.hash('case', JSON.stringify(value));
  return {
    caseHash: of(['push', exchange, requester.participant.id, name]),
    contentHash: of(['pushed', exchange, requester.participant.id, asked]),
  };
}

/** What is known of this case already, when the very same was pushed and its grant still lives. Throws `conflict` for another receiver. */
export async function knownPush(push: PushCase, { store }: ExchangeDeps): Promise<PushTable | undefined> {
  const hashes = hashesOf(push, store);
  const row = await store.read
    .selectFrom('push')
    .selectAll()
    .where('id', '=', keyedUuid(store, 'push', hashes.caseHash, 'push'))
    .executeTakeFirst();
  if (row) refuseOtherReceiver(row, push);
  return row && isSame(row, push, hashes) ? row : undefined;
}

const isSame = (row: PushTable, { now }: PushCase, { contentHash }: Hashes): boolean =>
  row.content_hash === contentHash && row.payload_id !== null && now.toISOString() < row.grant_ends_at;

function refuseOtherReceiver(row: PushTable, { receiver }: PushCase): void {
  if (row.receiver_id === receiver.participant.id) return;
  throw new GatewayError('conflict', 'This case was pushed to another receiver; use a new case', {
    reason: 'receiver-changed',
  });
}

/** A new version takes the place of the one before: nobody would miss the first patient's. */
function refuseOtherPatient(known: PushTable, fresh: PushTable): void {
  if (known.patient_hash === fresh.patient_hash) return;
  throw new GatewayError('conflict', 'This case is about another patient; use a new case', {
    reason: 'patient-changed',
  });
}

/**
 * Stores a push and announces it. The same again gives `same` and changes nothing but the audit; other content for a known
 * case gives `version`, and the receiver is told once more. Throws `conflict` for another receiver or patient than before.
 */
export async function recordPush(push: PushCase, content: PushContent, deps: ExchangeDeps): Promise<Pushed> {
  const hashes = hashesOf(push, deps.store);
  return deps.store.write(async (unit) => {
    const pushed = await record(unit, { push, content, hashes }, deps);
    auditPush(unit, push, { pushed, patientBsn: content.patientBsn });
    return pushed;
  });
}

/** The record of a push that changed nothing. */
export async function recordSame(push: PushCase, row: PushTable, { store }: ExchangeDeps): Promise<void> {
  await store.write(async (unit) => {
    const present = (await lockPush(unit, row.id)) ?? row;
    auditPush(unit, push, { pushed: { kind: 'same', row }, ...(await patientOfPush(unit, present)) });
  });
}

type Recording = { push: PushCase; content: PushContent; hashes: Hashes };

async function record(unit: Unit, recording: Recording, deps: ExchangeDeps): Promise<Pushed> {
  const { push, content, hashes } = recording;
  const fresh = freshRow(recording, deps);
  const inserted = await unit.db
    .insertInto('push')
    .values(fresh)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  const isNew = Number(inserted.numInsertedOrUpdatedRows ?? 0) > 0;
  const known = isNew ? undefined : await lockPush(unit, fresh.id);
  if (known) {
    refuseOtherReceiver(known, push);
    refuseOtherPatient(known, fresh);
    if (isSame(known, push, hashes)) return { kind: 'same', row: known };
  }
  const version = known ? known.version + 1 : 1;
  const payload_id = await unit.seal(
    Buffer.from(printSealed(content)),
    pushContext({ id: fresh.id, version }),
  );
  const row = { ...fresh, created_at: known?.created_at ?? fresh.created_at, version, payload_id };
  await unit.db.updateTable('push').set(row).where('id', '=', row.id).execute();
  if (known?.payload_id) await unit.db.deleteFrom('payload').where('id', '=', known.payload_id).execute();
  await enqueue(unit, pushAnnouncement(row, push, deps));
  return { kind: known ? 'version' : 'new', row };
}

const day = 24 * 60 * 60 * 1000;

function freshRow({ push, content, hashes }: Recording, { store }: ExchangeDeps): PushTable {
  const { exchange, requester, receiver, now } = push;
  const at = now.toISOString();
  return {
    id: keyedUuid(store, 'push', hashes.caseHash, 'push'),
    exchange,
    task_id: keyedUuid(store, 'push', hashes.caseHash, 'Task'),
    bundle_id: keyedUuid(store, 'push', hashes.caseHash, 'Bundle'),
    sender_id: requester.participant.id,
    receiver_id: receiver.participant.id,
    case_hash: hashes.caseHash,
    content_hash: hashes.contentHash,
    patient_hash: store.hash('bsn', content.patientBsn),
    state: 'in-progress',
    version: 1,
    created_at: at,
    updated_at: at,
    grant_ends_at: new Date(now.getTime() + content.grantDays * day).toISOString(),
    cancelled_at: null,
    payload_id: null,
    task_read_at: null,
    read_at: null,
    reads: 0,
  };
}

/** Reads the row as it is committed and keeps others from changing it until this unit ends. */
export async function lockPush(unit: Unit, id: string): Promise<PushTable | undefined> {
  return unit.db
    .updateTable('push')
    .set((eb) => ({ updated_at: eb.ref('updated_at') }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}

const actions = { new: 'C', version: 'U', same: 'E' } as const;

function auditPush(unit: Unit, push: PushCase, told: { pushed: Pushed; patientBsn?: string }): void {
  const { kind, row } = told.pushed;
  unit.audit({
    event: `${push.exchange}.pushed`,
    action: actions[kind],
    outcome: 'success',
    ...actorOf(push.requester),
    ...(told.patientBsn === undefined ? {} : { patientBsn: told.patientBsn }),
    object: `Push/${row.id}`,
    exchange: push.exchange,
    requestId: push.requestId,
    detail: { result: kind, version: row.version, receiver: row.receiver_id },
  });
}
