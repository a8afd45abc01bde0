// What does delivery keep, and what may a gateway still say that slept too long? The same on SQLite and PostgreSQL.
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { replay } from '../../src/delivery/control.ts';
import { claim, enqueue } from '../../src/delivery/outbox.ts';
import { attemptsOf, notificationsOf } from '../../src/delivery/outboxViews.ts';
import { purgeSettled } from '../../src/delivery/purge.ts';
import { deliverySettings } from '../../src/delivery/settings.ts';
import { release, settle } from '../../src/delivery/settle.ts';
import { startDelivery } from '../../src/delivery/startDelivery.ts';
import { createOutgoing } from '../../src/outgoing/outgoing.ts';
import type { Store } from '../../src/store/store.ts';
import type { OutboxTable } from '../../src/store/tables.ts';
import { announcementOf } from '../world/announcements.ts';
import { endpoint } from '../world/cast.ts';
import { startReceiver, until } from './faultyReceiver.ts';
import { type Ground, prepareGround, storeKinds } from './storesUnderTest.ts';

const quiet = { info() {}, warn() {}, error() {} };
const day = 86_400_000;
const now = new Date('2027-06-01T00:00:00.000Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * day).toISOString();

describe.each(storeKinds)('what delivery keeps on %s', (kind) => {
  let ground: Ground;
  let store: Store;
  beforeEach(async () => {
    ground = await prepareGround(kind);
    store = await ground.open();
  });
  afterEach(() => ground.end());

  const announce = (subject: string) => store.write((unit) => enqueue(unit, announcementOf(subject)));

  /** A notification that ended in this state, with one attempt, so many days ago. */
  async function settled(subject: string, state: OutboxTable['state'], days: number): Promise<string> {
    const id = await announce(subject);
    const at = daysAgo(days);
    await store.write(async ({ db }) => {
      await db.updateTable('outbox').set({ state, settled_at: at }).where('id', '=', id).execute();
      const attempt = { id: randomUUID(), outbox_id: id, number: 1, started_at: at, ended_at: at };
      await db
        .insertInto('attempt')
        .values({ ...attempt, result: state, http_status: null, reason: null })
        .execute();
    });
    return id;
  }
  const kept = async (subject: string) => [
    (await notificationsOf(store, subject)).length,
    (await attemptsOf(store, subject)).length,
  ];
  const purge = () => purgeSettled(store, now, { keepDays: 365 });

  test('what was not delivered is never purged, however old', async () => {
    for (const state of ['dead', 'failed', 'unknown'] as const) await settled(state, state, 3_000);
    await announce('live');
    await store.write(({ db }) =>
      db
        .updateTable('outbox')
        .set({ created_at: daysAgo(3_000) })
        .where('subject', '=', 'live')
        .execute(),
    );
    expect(await purge()).toBe(0);
    for (const state of ['dead', 'failed', 'unknown']) expect(await kept(state)).toEqual([1, 1]);
    expect(await kept('live')).toEqual([1, 0]);
  });

  test('what tells of a handover that is still shown stays, with its attempts', async () => {
    await settled('shown', 'delivered', 400);
    await store.write(async ({ seal, db }) => {
      const times = { created_at: daysAgo(400), updated_at: daysAgo(1), grant_ends_at: daysAgo(1) };
      await db
        .insertInto('handover')
        .values({
          ...times,
          id: 'shown',
          task_id: 't',
          composition_id: 'c',
          sender_id: 's',
          receiver_id: 'r',
          case_hash: 'h',
          patient_hash: null,
          state: 'completed',
          version: 1,
          task_version: 1,
          task_payload_id: await seal(Buffer.from('{}'), 'x'),
        })
        .execute();
    });
    expect(await purge()).toBe(0);
    expect(await kept('shown')).toEqual([1, 1]);
  });

  test('an undelivered one keeps the later ones of its subject, so that it is not replayed after them', async () => {
    const dead = await settled('mixed', 'dead', 500);
    await settled('mixed', 'delivered', 450);
    expect(await purge()).toBe(0);
    expect(await replay(store, { ids: [dead] })).toBe(0);
  });

  test('delivered and superseded ones go with their attempts when their time is over, younger ones not', async () => {
    await settled('old', 'delivered', 366);
    await settled('overtaken', 'superseded', 366);
    await settled('young', 'delivered', 364);
    expect(await purge()).toBe(2);
    expect([await kept('old'), await kept('overtaken'), await kept('young')]).toEqual([
      [0, 0],
      [0, 0],
      [1, 1],
    ]);
    expect(await purge()).toBe(0);
  });

  /** Claims the one row that is due, and marks it as being sent under this attempt. */
  async function sending(attemptId: string) {
    const lane = { participantId: 'ecd', endpointId: 'b', callback: false, limit: 1 };
    const lease = { owner: 'me', now: new Date(), leaseUntil: new Date(Date.now() + 60_000) };
    const [row] = await store.write((unit) => claim(unit, { ...lane, ...lease, skipLocked: false }));
    const number = row!.attempts + 1;
    await store.write(async ({ db }) => {
      await db
        .updateTable('outbox')
        .set({ state: 'sending', attempts: number })
        .where('id', '=', row!.id)
        .execute();
      const started_at = new Date().toISOString();
      const open = { ended_at: null, result: null, http_status: null, reason: null };
      await db
        .insertInto('attempt')
        .values({ id: attemptId, outbox_id: row!.id, number, started_at, ...open })
        .execute();
    });
    return row!;
  }
  const standing = async (subject: string) => [
    (await notificationsOf(store, subject))[0]?.state,
    ...(await attemptsOf(store, subject)).map(({ reason }) => reason),
  ];

  test('putting back is asked for again after its answer was lost: the attempt that began meanwhile is left alone', async () => {
    await announce('again');
    const first = await sending('first');
    const at = { attemptId: 'first', now: new Date(), dueAt: new Date() };
    await store.write((unit) => release(unit, first, at));
    expect(await standing('again')).toEqual(['waiting', 'not-sent']);
    await sending('second');
    await store.write((unit) => release(unit, first, at));
    expect(await standing('again')).toEqual(['sending', 'not-sent', null]);
  });

  test('a settlement that is asked for again after its answer was lost is written and recorded once', async () => {
    await announce('settled');
    const row = await sending('only');
    const ended = {
      result: 'retry',
      reason: 'status-500',
      status: 500,
      endpointFault: true,
      attemptId: 'only',
      begun: true,
      startedAt: new Date(),
      number: 1,
    } as const;
    const settings = deliverySettings.parse({});
    const settlement = { row, ended, repeatable: true, now: new Date(), settings, random: () => 0 };
    expect(await store.write((unit) => settle(unit, settlement))).toBe('waiting');
    const later = { ...settlement, now: new Date(Date.now() + 5_000) };
    expect(await store.write((unit) => settle(unit, later))).toBeUndefined();
    const [told] = await attemptsOf(store, 'settled');
    expect(told?.ended_at).toBe(settlement.now.toISOString());
    const unsent = { ...settlement, ended: { ...ended, attemptId: 'token', begun: false, number: 2 } };
    for (let times = 0; times < 2; times++) await store.write((unit) => settle(unit, unsent));
    expect(await attemptsOf(store, 'settled')).toHaveLength(2);
    const events = await store.read.selectFrom('audit').select('event').execute();
    expect(events.filter(({ event }) => event === 'notification.postponed')).toHaveLength(2);
  });

  test('a gateway that slept through its lease between claim and sending says nothing', async () => {
    const receiver = await startReceiver();
    const outgoing = createOutgoing({
      allowPrivate: ['127.0.0.0/8'],
      timeoutMs: 1_000,
      maxBytes: 10_000,
      connectionsPerHost: 8,
    });
    const settings = deliverySettings.parse({ pollMs: 30, leaseMs: 500, firstRetryMs: 40, maxRetryMs: 120 });
    let asleep = false;
    const sleepy: Store = {
      ...store,
      async write(job) {
        const done = await store.write(job);
        const open = await store.read
          .selectFrom('attempt')
          .select('id')
          .where('ended_at', 'is', null)
          .execute();
        if (open.length === 0 || asleep) return done;
        asleep = true;
        await wait(600);
        return done;
      },
    };
    const to = endpoint('notification', { id: 'b', address: receiver.address });
    const delivery = startDelivery({
      store: sleepy,
      outgoing,
      clock: () => new Date(),
      endpointOf: () => to,
      wayTo: () => to,
      tokens: { get: async () => ({ header: undefined }) },
      settings,
      log: quiet,
      owner: 'gateway-1',
    });
    try {
      await announce('slept');
      await until(async () => (await notificationsOf(store, 'slept'))[0]?.state === 'delivered', 'delivered');
      const told = (await attemptsOf(store, 'slept')).map(({ result, reason }) => [result, reason]);
      expect(told).toEqual([
        ['retry', 'not-sent'],
        ['delivered', 'status-202'],
      ]);
      expect(receiver.seen).toHaveLength(1);
    } finally {
      await delivery.stop(500);
      await outgoing.close();
      await receiver.end();
    }
  });
});
