// What happens to a notification? Read whole, kept whole in one unit with its record, and only then answered.
import { setTimeout as pause } from 'node:timers/promises';
import { GatewayError } from '../../errors.ts';
import type { Clock, FhirResource } from '../../model.ts';
import type { Store, Unit } from '../../store/store.ts';
import { dropPermits } from '../epoch.ts';
import { type Copy, type CopyKey, CopyMoved, loadCopy, mergeLines, saveCopy } from './copy.ts';
import { type Notified, readNotification } from './notification.ts';
import type { Alarm } from './notificationConsent.ts';
import { lockRow } from './subscriptionRows.ts';

export type NotificationDeps = {
  store: Store;
  clock: Clock;
  /** Tells an operator of what was read as permitting nothing, or may have another meaning than we know. */
  alarm(reasons: readonly Alarm[]): void;
};

/** Who brought it, as far as http/ has proven that. */
export type Bringer = { requestId: string; clientId?: string; participantId?: string };

/** Resolves once everything is durable. Throws `unprocessable` or `denied`, and then nothing of it was kept. */
export type ReceiveNotification = (resource: FhirResource, bringer: Bringer) => Promise<void>;

type Change = { notified: Notified; key: CopyKey; before: Copy | undefined };
const mostTries = 20;
const pauseMs = 20;

/** A patient's no may be in the other part. */
export const partlySubscribed = 'partly-not-subscribed';

/** Whether there is a subscription is seen in the unit: one that ends at this moment takes its copy with it. */
async function subscribedHolder(unit: Unit, key: CopyKey): Promise<string | undefined> {
  const row = await lockRow(unit, key);
  return row === undefined || row.state === 'ending' ? undefined : row.holder_id;
}

async function prepare({ store }: NotificationDeps, notified: Notified): Promise<Change> {
  const key = { patientHash: store.hash('bsn', notified.bsn), holderUra: notified.holderUra };
  return { notified, key, before: await loadCopy(store, key) };
}

type Context = { at: string; bringer: Bringer };

/** False when nobody here subscribed to it. */
async function keep(unit: Unit, { notified, key, before }: Change, context: Context): Promise<boolean> {
  const holder = await subscribedHolder(unit, key);
  if (holder === undefined) return false;
  const { lines, changed } = mergeLines(before?.lines ?? [], notified.lines);
  if (changed > 0) {
    await saveCopy(unit, key, { before, lines, at: context.at });
    await dropPermits(unit, key.patientHash);
  }
  const alarms = [...new Set(notified.alarms)].sort().join(' ');
  unit.audit({
    event: 'mitz.notified',
    action: 'U',
    outcome: 'success',
    patientBsn: notified.bsn,
    ...context.bringer,
    detail: {
      holder,
      changed,
      ignored: notified.lines.length - changed,
      ...(alarms && { alarms }),
    },
  });
  return true;
}

/** All or nothing: a Bundle that is in part about what nobody here subscribed to is not one that was asked for. */
async function keepWhole(unit: Unit, changes: readonly Change[], context: Context): Promise<void> {
  let kept = 0;
  for (const change of changes) kept += (await keep(unit, change, context)) ? 1 : 0;
  if (kept === changes.length) return;
  throw new GatewayError('denied', 'This gateway has no subscription that the notification belongs to.', {
    reason: kept === 0 ? 'not-subscribed' : partlySubscribed,
  });
}

async function keepAll(deps: NotificationDeps, all: readonly Notified[], bringer: Bringer): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const changes: Change[] = [];
    for (const notified of all) changes.push(await prepare(deps, notified));
    try {
      const context = { at: deps.clock().toISOString(), bringer };
      return await deps.store.write((unit) => keepWhole(unit, changes, context));
    } catch (error) {
      if (!(error instanceof CopyMoved)) throw error;
      if (attempt >= mostTries)
        throw new GatewayError('unavailable', 'The notification could not be kept; send it again.');
      await pause(Math.random() * pauseMs);
    }
  }
}

async function recordRefusal({ store }: NotificationDeps, error: unknown, bringer: Bringer): Promise<void> {
  if (!(error instanceof GatewayError) || error.kind === 'unavailable') return;
  const reason = error.reason ?? error.kind;
  await store.write(async (unit) => {
    unit.audit({ event: 'mitz.notified', action: 'U', outcome: 'refused', reason, ...bringer });
  });
}

export function createReceiveNotification(deps: NotificationDeps): ReceiveNotification {
  return async (resource, bringer) => {
    try {
      const all = readNotification(resource, deps.clock());
      await keepAll(deps, all, bringer);
      const alarms = all.flatMap((one) => one.alarms);
      if (alarms.length > 0) deps.alarm([...new Set(alarms)]);
    } catch (error) {
      await recordRefusal(deps, error, bringer);
      throw error;
    }
  };
}
