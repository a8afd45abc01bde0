// What happens to a notification? Read whole, kept whole in one unit with its record, and only then answered.
import { setTimeout as pause } from 'node:timers/promises';
import { GatewayError } from '../../errors.ts';
import type { Clock, FhirResource } from '../../model.ts';
import type { Store, Unit } from '../../store/store.ts';
import { dropPermits } from '../epoch.ts';
import { type Copy, type CopyKey, CopyMoved, loadCopy, mergeLines, saveCopy } from './copy.ts';
import { type Notified, readNotification } from './notification.ts';
import type { Alarm } from './notificationConsent.ts';

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

type Change = { notified: Notified; key: CopyKey; before: Copy | undefined; holderId: string };
const mostTries = 20;
const pauseMs = 20;

async function holderIdOf(store: Store, key: CopyKey): Promise<string> {
  const row = await store.read
    .selectFrom('mitz_subscription')
    .select(['holder_id', 'state'])
    .where('patient_hash', '=', key.patientHash)
    .where('holder_ura', '=', key.holderUra)
    .executeTakeFirst();
  if (row && row.state !== 'ending') return row.holder_id;
  throw new GatewayError('denied', 'This gateway has no subscription that the notification belongs to.', {
    reason: 'not-subscribed',
  });
}

async function prepare({ store }: NotificationDeps, notified: Notified): Promise<Change> {
  const key = { patientHash: store.hash('bsn', notified.bsn), holderUra: notified.holderUra };
  const holderId = await holderIdOf(store, key);
  return { notified, key, before: await loadCopy(store, key), holderId };
}

async function keep(unit: Unit, change: Change, context: { at: string; bringer: Bringer }): Promise<void> {
  const { notified, key, before, holderId } = change;
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
      holder: holderId,
      changed,
      ignored: notified.lines.length - changed,
      ...(alarms && { alarms }),
    },
  });
}

async function keepAll(deps: NotificationDeps, all: readonly Notified[], bringer: Bringer): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const changes: Change[] = [];
    for (const notified of all) changes.push(await prepare(deps, notified));
    try {
      const context = { at: deps.clock().toISOString(), bringer };
      return await deps.store.write(async (unit) => {
        for (const change of changes) await keep(unit, change, context);
      });
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
