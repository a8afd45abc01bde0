// How long is what kept? The grant ends, then the content goes, and at last the Task and the truth table.
import type { Store, Unit } from '../../store/store.ts';
import { atOnce, day, endEach } from '../ending.ts';
import type { TellingDeps } from '../exchange.ts';
import type { HandoverSettings } from '../settings.ts';
import { tellState } from './callback.ts';
import { addStep, dropContent, lockHandover, patientOf } from './records.ts';
import { isFetched } from './status.ts';

/**
 * Marks handovers whose grant has run out as expired, and tells their senders; reads already refuse them by the clock.
 * Returns how many.
 */
export async function expireGrants(deps: TellingDeps): Promise<number> {
  const { store, clock } = deps;
  const at = clock().toISOString();
  const due = await store.read
    .selectFrom('handover')
    .select('id')
    .where('state', '=', 'in-progress')
    .where('grant_ends_at', '<=', at)
    .limit(atOnce)
    .execute();
  return endEach(store, due, async (unit, id) => {
    const row = await lockHandover(unit, id);
    if (row?.state !== 'in-progress' || row.grant_ends_at > at) return false;
    await unit.db.updateTable('handover').set({ state: 'expired' }).where('id', '=', id).execute();
    await addStep(unit, row, { at: row.grant_ends_at, step: 'expired' });
    const reason = (await isFetched(unit, row)) ? 'not-completed' : 'not-fetched';
    await tellState(unit, { row: { ...row, state: 'expired' }, reason }, deps);
    unit.audit({
      event: 'handover.expired',
      ...(await patientOf(unit, row)),
      action: 'U',
      outcome: 'success',
      object: `Handover/${id}`,
      exchange: 'handover',
    });
    return true;
  });
}

/**
 * Removes content `contentDays` after the end of its grant. The Task, its truth table and the audit stay; `forgetHandovers`
 * takes the Task later. Returns how many handovers lost their content.
 */
export async function purgeContent(
  store: Store,
  now: Date,
  settings: Pick<HandoverSettings, 'contentDays'> = { contentDays: 30 },
): Promise<number> {
  const before = new Date(now.getTime() - settings.contentDays * day).toISOString();
  const due = await store.read
    .selectFrom('handover as h')
    .innerJoin('handover_version as v', (join) =>
      join.onRef('v.handover_id', '=', 'h.id').onRef('v.version', '=', 'h.version'),
    )
    .innerJoin('payload as p', 'p.id', 'v.payload_id')
    .select('h.id')
    .where('h.grant_ends_at', '<=', before)
    .limit(atOnce)
    .execute();
  return endEach(store, due, async (unit, id) => {
    const row = await lockHandover(unit, id);
    if (!row || row.grant_ends_at > before) return false;
    await dropContent(unit, row, { keepTask: true });
    await addStep(unit, row, { at: now.toISOString(), step: 'contentRemoved' });
    unit.audit({
      event: 'handover.contentRemoved',
      ...(await patientOf(unit, row)),
      action: 'D',
      outcome: 'success',
      object: `Handover/${id}`,
      exchange: 'handover',
    });
    return true;
  });
}

/** Forgets handovers `recordDays` after their last change, once their grant has ended. The audit stays. Returns how many. */
export async function forgetHandovers(
  store: Store,
  now: Date,
  settings: Pick<HandoverSettings, 'recordDays'> = { recordDays: 365 },
): Promise<number> {
  const before = new Date(now.getTime() - settings.recordDays * day).toISOString();
  const due = await store.read
    .selectFrom('handover')
    .select('id')
    .where('updated_at', '<=', before)
    .where('grant_ends_at', '<=', before)
    .limit(atOnce)
    .execute();
  return endEach(store, due, (unit, id) => forget(unit, id, before));
}

async function forget(unit: Unit, id: string, before: string): Promise<boolean> {
  const row = await lockHandover(unit, id);
  if (!row || row.updated_at > before || row.grant_ends_at > before) return false;
  const patient = await patientOf(unit, row);
  await dropContent(unit, row);
  await unit.db.deleteFrom('handover_version').where('handover_id', '=', id).execute();
  await unit.db.deleteFrom('handover_step').where('handover_id', '=', id).execute();
  await unit.db.deleteFrom('handover').where('id', '=', id).execute();
  unit.audit({
    event: 'handover.forgotten',
    ...patient,
    action: 'D',
    outcome: 'success',
    object: `Handover/${id}`,
    exchange: 'handover',
  });
  return true;
}
