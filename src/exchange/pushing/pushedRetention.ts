// How long is pushed content kept? The grant ends, then the content goes; the Task stays with its dates, and at last goes too.
import type { Store } from '../../store/store.ts';
import { atOnce, day, endEach } from '../ending.ts';
import type { TellingDeps } from '../exchange.ts';
import { lockPush } from './pushed.ts';
import { tellPushState } from './pushedCallback.ts';
import { patientOfPush } from './pushedContent.ts';

/**
 * Marks pushes whose grant has run out, and tells the sender of one that was not read; reads refuse them by the clock
 * already. Returns how many.
 */
export async function expirePushes(deps: TellingDeps): Promise<number> {
  const { store, clock } = deps;
  const at = clock().toISOString();
  const due = await store.read
    .selectFrom('push')
    .select('id')
    .where('state', '=', 'in-progress')
    .where('grant_ends_at', '<=', at)
    .limit(atOnce)
    .execute();
  return endEach(store, due, async (unit, id) => {
    const row = await lockPush(unit, id);
    if (row?.state !== 'in-progress' || row.grant_ends_at > at) return false;
    await unit.db.updateTable('push').set({ state: 'expired' }).where('id', '=', id).execute();
    const expired = { ...row, state: 'expired' as const };
    if (row.read_at === null) await tellPushState(unit, { row: expired, reason: 'not-fetched' }, deps);
    const { exchange } = row;
    const event = `${exchange}.pushExpired`;
    const patient = await patientOfPush(unit, row);
    unit.audit({ event, action: 'U', outcome: 'success', ...patient, object: `Push/${id}`, exchange });
    return true;
  });
}

/** Removes content `contentDays` after the end of its grant. Returns how many pushes lost theirs. */
export async function purgePushes(
  store: Store,
  now: Date,
  { contentDays }: { contentDays: number },
): Promise<number> {
  const before = new Date(now.getTime() - contentDays * day).toISOString();
  const due = await store.read
    .selectFrom('push')
    .select('id')
    .where('payload_id', 'is not', null)
    .where('grant_ends_at', '<=', before)
    .limit(atOnce)
    .execute();
  return endEach(store, due, async (unit, id) => {
    const row = await lockPush(unit, id);
    if (!row?.payload_id || row.grant_ends_at > before) return false;
    const patient = await patientOfPush(unit, row);
    await unit.db.updateTable('push').set({ payload_id: null }).where('id', '=', id).execute();
    await unit.db.deleteFrom('payload').where('id', '=', row.payload_id).execute();
    const { exchange } = row;
    const event = `${exchange}.pushRemoved`;
    unit.audit({ event, action: 'D', outcome: 'success', ...patient, object: `Push/${id}`, exchange });
    return true;
  });
}

/** Removes the rows of pushes whose grant ended, and whose last change was, `recordDays` ago; the audit stays. Returns how many. */
export async function forgetPushes(
  store: Store,
  now: Date,
  { recordDays }: { recordDays: number },
): Promise<number> {
  const before = new Date(now.getTime() - recordDays * day).toISOString();
  const due = await store.read
    .selectFrom('push')
    .select('id')
    .where('updated_at', '<=', before)
    .where('grant_ends_at', '<=', before)
    .limit(atOnce)
    .execute();
  return endEach(store, due, async (unit, id) => {
    const row = await lockPush(unit, id);
    if (!row || row.updated_at > before || row.grant_ends_at > before) return false;
    const patient = await patientOfPush(unit, row);
    await unit.db.deleteFrom('push').where('id', '=', id).execute();
    if (row.payload_id) await unit.db.deleteFrom('payload').where('id', '=', row.payload_id).execute();
    const { exchange } = row;
    const event = `${exchange}.pushForgotten`;
    unit.audit({ event, action: 'D', outcome: 'success', ...patient, object: `Push/${id}`, exchange });
    return true;
  });
}
