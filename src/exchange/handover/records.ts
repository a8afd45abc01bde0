// How are the rows of a handover read and changed? What more than one step of the story needs from the store.
import { GatewayError } from '../../errors.ts';
import type { Store, Unit } from '../../store/store.ts';
import { handoverIdOf } from './ids.ts';
import type { HandoverRow, SealedTask } from './task.ts';

/** What each sealed payload is bound to. */
export const contexts = {
  task: (handoverId: string) => `handover/${handoverId}/task`,
  closure: (handoverId: string, version: number) => `handover/${handoverId}/closure/${version}`,
  binary: (id: string) => `handover/binary/${id}`,
};

/** Reads the row as it is committed and keeps others from changing it until this unit ends, on both databases. */
export async function lockHandover(unit: Unit, id: string): Promise<HandoverRow | undefined> {
  return unit.db
    .updateTable('handover')
    .set((eb) => ({ updated_at: eb.ref('updated_at') }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}

export type Step =
  | 'accepted'
  | 'taskRead'
  | 'resourceRead'
  | 'documentFetched'
  | 'completed'
  | 'cancelled'
  | 'expired'
  | 'contentRemoved';

export async function addStep(
  unit: Unit,
  row: HandoverRow,
  step: { at: string; step: Step; detail?: string },
): Promise<void> {
  await unit.db
    .insertInto('handover_step')
    .values({
      handover_id: row.id,
      at: step.at,
      step: step.step,
      version: row.version,
      detail: step.detail ?? null,
    })
    .execute();
}

/** Adds a step unless this version already has it: what counts is when it first happened. */
export async function addStepOnce(
  unit: Unit,
  row: HandoverRow,
  step: { at: string; step: Step; detail?: string },
): Promise<void> {
  const known = await unit.db
    .selectFrom('handover_step')
    .select('seq')
    .where('handover_id', '=', row.id)
    .where('version', '=', row.version)
    .where('step', '=', step.step)
    .where('detail', step.detail === undefined ? 'is' : '=', step.detail ?? null)
    .executeTakeFirst();
  if (!known) await addStep(unit, row, step);
}

/** Whether the receiver has seen this version: its Task, or its document. */
export async function hasRead(unit: Unit, row: HandoverRow): Promise<boolean> {
  const known = await unit.db
    .selectFrom('handover_step')
    .select('seq')
    .where('handover_id', '=', row.id)
    .where('version', '=', row.version)
    .where('step', 'in', ['taskRead', 'documentFetched'])
    .executeTakeFirst();
  return known !== undefined;
}

/** Removes the content of a handover's present version: closure, Binaries and the ways to them, and the Task's unless kept. */
export async function dropContent(
  unit: Unit,
  row: HandoverRow,
  { keepTask = false }: { keepTask?: boolean } = {},
): Promise<void> {
  const { db } = unit;
  const [version, binaries] = [
    await db
      .selectFrom('handover_version')
      .select('payload_id')
      .where('handover_id', '=', row.id)
      .where('version', '=', row.version)
      .execute(),
    await db
      .selectFrom('handover_resource')
      .select('payload_id')
      .where('handover_id', '=', row.id)
      .where('payload_id', 'is not', null)
      .execute(),
  ];
  const payloads = [...version, ...binaries].flatMap((one) => (one.payload_id ? [one.payload_id] : []));
  if (!keepTask) payloads.push(row.task_payload_id);
  await db.deleteFrom('handover_resource').where('handover_id', '=', row.id).execute();
  await db.deleteFrom('payload').where('id', 'in', payloads).execute();
}

/** The handover that a served id of its content belongs to. */
export async function handoverOfServed(store: Store, id: string): Promise<HandoverRow | undefined> {
  const handoverId = handoverIdOf(store, id);
  if (!handoverId) return undefined;
  return store.read.selectFrom('handover').selectAll().where('id', '=', handoverId).executeTakeFirst();
}

/** Where a Binary of this handover is sealed. */
export async function binaryPayload(
  store: Store,
  binary: { id: string; handoverId: string },
): Promise<string | null> {
  const found = await store.read
    .selectFrom('handover_resource')
    .select('payload_id')
    .where('id', '=', binary.id)
    .where('handover_id', '=', binary.handoverId)
    .executeTakeFirst();
  return found?.payload_id ?? null;
}

/** The handover of a served Task. */
export async function handoverOfTask(store: Store, taskId: string): Promise<HandoverRow | undefined> {
  return store.read.selectFrom('handover').selectAll().where('task_id', '=', taskId).executeTakeFirst();
}

/** Whose handover one of its served ids, or its own, leads to. */
export async function patientOfId(id: string, store: Store): Promise<string | undefined> {
  const row = await store.read
    .selectFrom('handover')
    .selectAll()
    .where('id', 'in', [id, handoverIdOf(store, id) ?? id])
    .executeTakeFirst();
  return row && (await openTask(store, row)).patientBsn;
}

/** Is this still the present version? Each version has content of its own. */
export const isPresent = (store: Store, row: HandoverRow) => async (): Promise<boolean> =>
  (await store.read
    .selectFrom('handover')
    .select('id')
    .where('id', '=', row.id)
    .where('task_payload_id', '=', row.task_payload_id)
    .executeTakeFirst()) !== undefined;

/** Whose handover this is, for the record; what cannot be opened any more stands in nobody's way. */
export async function patientOf(unit: Unit, row: HandoverRow): Promise<{ patientBsn?: string }> {
  try {
    const { patientBsn } = readTask(await unit.open(row.task_payload_id, contexts.task(row.id)));
    return patientBsn ? { patientBsn } : {};
  } catch (error) {
    if (error instanceof GatewayError && error.kind === 'fault') return {};
    throw error;
  }
}

const readTask = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as SealedTask;

export async function openTask(store: Store, row: HandoverRow): Promise<SealedTask> {
  const bytes = await store.open(row.task_payload_id, contexts.task(row.id), isPresent(store, row));
  return readTask(bytes);
}
