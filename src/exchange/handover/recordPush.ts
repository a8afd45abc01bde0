// How does a push become durable? One write: handover, version, resources, steps, notification and audit, or none of them.
import { enqueue } from '../../delivery/outbox.ts';
import { GatewayError } from '../../errors.ts';
import type { FhirRequest, Requester } from '../../model.ts';
import { actorOf } from '../../store/actor.ts';
import type { Unit } from '../../store/store.ts';
import type { ExchangeDeps } from '../exchange.ts';
import { grantLives } from '../release.ts';
import { announcement } from './announcement.ts';
import type { PreparedPush } from './prepare.ts';
import { recordContent, sealTask } from './recordContent.ts';
import { addStep, dropContent, lockHandover } from './records.ts';
import type { HandoverRow } from './task.ts';

export type Push = PreparedPush & {
  request: FhirRequest;
  requester: Requester;
  now: Date;
};

export type Recorded = { kind: 'new' | 'version' | 'same'; version: number };

/** Another gateway stored the same case between our look and our insert. */
class RaceLost extends Error {}

/**
 * Stores a push. The same case and content gives `same` and changes nothing but the audit; the same case with other
 * content, or after its grant ran out, gives `version`. Throws `conflict` for a cancelled case and for another receiver or
 * patient than before.
 */
export async function recordPush(push: Push, deps: ExchangeDeps): Promise<Recorded> {
  try {
    return await deps.store.write((unit) => record(unit, push, deps));
  } catch (error) {
    if (!(error instanceof RaceLost)) throw error;
    return deps.store.write((unit) => record(unit, push, deps));
  }
}

async function record(unit: Unit, push: Push, deps: ExchangeDeps): Promise<Recorded> {
  const { passage } = push;
  const known = await unit.db
    .selectFrom('handover')
    .select('id')
    .where('id', '=', passage.handoverId)
    .executeTakeFirst();
  const recorded = known ? await recordAgain(unit, push, deps) : await recordFirst(unit, push, deps);
  unit.audit({
    event: 'handover.received',
    action: recorded.kind === 'new' ? 'C' : recorded.kind === 'version' ? 'U' : 'E',
    outcome: 'success',
    ...actorOf(push.requester),
    ...(passage.patientBsn ? { patientBsn: passage.patientBsn } : {}),
    object: `Handover/${passage.handoverId}`,
    exchange: 'handover',
    requestId: push.request.requestId,
    detail: { result: recorded.kind, version: recorded.version },
  });
  return recorded;
}

async function recordFirst(unit: Unit, push: Push, deps: ExchangeDeps): Promise<Recorded> {
  const { passage, receiver, requester } = push;
  const at = push.now.toISOString();
  const row: HandoverRow = {
    id: passage.handoverId,
    task_id: passage.taskId,
    composition_id: passage.compositionId,
    sender_id: requester.participant.id,
    receiver_id: receiver.participant.id,
    case_hash: passage.caseHash,
    patient_hash: passage.patientHash,
    state: 'in-progress',
    version: 1,
    task_version: 1,
    created_at: at,
    updated_at: at,
    grant_ends_at: grantEnd(push.now, deps),
    task_payload_id: await sealTask(unit, push),
  };
  const inserted = await unit.db
    .insertInto('handover')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (Number(inserted.numInsertedOrUpdatedRows ?? 0) === 0) throw new RaceLost();
  await recordContent(unit, push, row);
  await addStep(unit, row, { at, step: 'accepted', detail: servedOf(passage) });
  await announce(unit, push, { row, deps });
  return { kind: 'new', version: 1 };
}

async function recordAgain(unit: Unit, push: Push, deps: ExchangeDeps): Promise<Recorded> {
  const { passage } = push;
  const row = await lockHandover(unit, passage.handoverId);
  if (!row) throw new RaceLost();
  // ids of cases are 60 bits of a keyed hash: should two ever meet, neither may see the other
  if (row.case_hash !== passage.caseHash) throw new GatewayError('fault', 'Two cases have one id');
  if (await isSame(unit, row, push)) return { kind: 'same', version: row.version };
  refuseImpossible(row, push);
  const at = push.now.toISOString();
  const changed = {
    composition_id: passage.compositionId,
    patient_hash: passage.patientHash ?? row.patient_hash,
    state: 'in-progress' as const,
    version: row.version + 1,
    task_version: row.task_version + 1,
    updated_at: at,
    grant_ends_at: grantEnd(push.now, deps),
    task_payload_id: await sealTask(unit, push),
  };
  await unit.db.updateTable('handover').set(changed).where('id', '=', row.id).execute();
  await dropContent(unit, row);
  const next: HandoverRow = { ...row, ...changed };
  await recordContent(unit, push, next);
  await addStep(unit, next, { at, step: 'accepted', detail: servedOf(passage) });
  await announce(unit, push, { row: next, deps });
  return { kind: 'version', version: next.version };
}

/** Content whose grant has run out can be read by nobody: who sends it again wants it read. Nor has it been sent to another receiver. */
async function isSame(unit: Unit, row: HandoverRow, { passage, receiver, now }: Push): Promise<boolean> {
  if (row.state !== 'completed' && !grantLives(row, now)) return false;
  if (row.receiver_id !== receiver.participant.id) return false;
  const current = await unit.db
    .selectFrom('handover_version')
    .select('content_hash')
    .where('handover_id', '=', row.id)
    .where('version', '=', row.version)
    .executeTakeFirst();
  return current?.content_hash === passage.contentHash;
}

function refuseImpossible(row: HandoverRow, push: Push): void {
  if (row.state === 'cancelled') {
    throw new GatewayError('conflict', 'This case was cancelled; use a new case', {
      reason: 'handover-cancelled',
    });
  }
  if (row.receiver_id !== push.receiver.participant.id) {
    throw new GatewayError(
      'conflict',
      'This case was handed over to another receiver; cancel it and use a new case',
      {
        reason: 'receiver-changed',
      },
    );
  }
  // a new version takes the place of the one before: nobody would miss the first patient's
  const { patientHash } = push.passage;
  if (row.patient_hash !== null && patientHash !== null && row.patient_hash !== patientHash) {
    throw new GatewayError('conflict', 'This case is about another patient; use a new case', {
      reason: 'patient-changed',
    });
  }
}

/** As the truth table reads it again. */
function servedOf({ served, binaries }: Push['passage']): string {
  return `${served} resources${binaries.length > 0 ? `, ${binaries.length} attachments` : ''}`;
}

async function announce(unit: Unit, push: Push, at: { row: HandoverRow; deps: ExchangeDeps }): Promise<void> {
  const parties = { sender: push.requester.participant, receiver: push.receiver.participant };
  await enqueue(
    unit,
    announcement(at.row, at.deps, {
      kind: 'announce',
      parties,
      endpointId: push.receiver.endpoint.id,
      now: push.now,
    }),
  );
}

const day = 24 * 60 * 60 * 1000;

function grantEnd(now: Date, deps: ExchangeDeps): string {
  return new Date(now.getTime() + deps.settings.handover.grantDays * day).toISOString();
}
