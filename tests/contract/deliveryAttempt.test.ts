// Does a gateway say nothing of a row that is no longer its own, or that an operator stopped? One attempt, on both stores.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { attempt } from '../../src/delivery/attempt.ts';
import { replay, stopSending } from '../../src/delivery/control.ts';
import { dueLanes, enqueue } from '../../src/delivery/outbox.ts';
import { notificationsOf } from '../../src/delivery/outboxViews.ts';
import type { ReceiverTokens } from '../../src/delivery/receiverTokens.ts';
import { deliverySettings } from '../../src/delivery/settings.ts';
import { settle } from '../../src/delivery/settle.ts';
import { sweep } from '../../src/delivery/sweep.ts';
import type { Endpoint } from '../../src/model.ts';
import { createOutgoing, type Outgoing } from '../../src/outgoing/outgoing.ts';
import type { Store } from '../../src/store/store.ts';
import { announcementOf } from '../world/announcements.ts';
import { type Receiver, startReceiver } from './faultyReceiver.ts';
import { recordsOf } from './identityCast.ts';
import { type Ground, prepareGround, storeKinds } from './storesUnderTest.ts';

const clock = () => new Date();
const settings = deliverySettings.parse({});
const endpoint: Endpoint = {
  id: 'b',
  kind: 'notification',
  address: 'https://receiver.example',
  shape: 'B',
  auth: { kind: 'none' },
  status: 'active',
  repeatable: true,
};

describe.each(storeKinds)('one attempt on %s', (kind) => {
  let ground: Ground;
  let store: Store;
  let receiver: Receiver;
  let outgoing: Outgoing;
  beforeEach(async () => {
    ground = await prepareGround(kind);
    store = await ground.open();
    receiver = await startReceiver();
    outgoing = createOutgoing({
      allowPrivate: ['127.0.0.0/8'],
      timeoutMs: 5_000,
      maxBytes: 10_000,
      connectionsPerHost: 8,
    });
    await store.write((unit) => enqueue(unit, announcementOf('t1')));
  });
  afterEach(async () => {
    await receiver.end();
    await outgoing.close();
    await ground.end();
  });

  /** `gateway-1` goes on with what it claimed, or believes so. */
  async function tryOnce(
    claimedBy: string,
    token: Awaited<ReturnType<ReceiverTokens['get']>> = { header: undefined },
  ) {
    const claim = { state: 'claimed', lease_owner: claimedBy } as const;
    await store.write(({ db }) => db.updateTable('outbox').set(claim).execute());
    const [row] = await notificationsOf(store, 't1');
    if (row === undefined) throw new Error('nothing was enqueued');
    const job = {
      row,
      endpoint: { ...endpoint, address: receiver.address },
      signal: new AbortController().signal,
      attemptId: randomUUID(),
    };
    const tokens = { get: async () => token };
    return attempt(job, { store, outgoing, tokens, clock, settings, owner: 'gateway-1' });
  }

  test('is made of a row of its own', async () => {
    expect(await tryOnce('gateway-1')).toMatchObject({ result: 'delivered', begun: true });
    expect(receiver.seen).toHaveLength(1);
  });

  test('is not made without the token that the receiver asks for', async () => {
    const verdict = { result: 'retry', reason: 'token-timeout', endpointFault: true } as const;
    expect(await tryOnce('gateway-1', { verdict })).toMatchObject({ ...verdict, begun: false });
    expect(receiver.seen).toEqual([]);
  });

  test('is not made of a row that another gateway has taken over', async () => {
    expect(await tryOnce('gateway-2')).toBeUndefined();
    expect(receiver.seen).toEqual([]);
  });

  /** The attempt at `t1` ends at that moment, with a wish to be tried again. */
  async function settleAt(now: Date, verdict: { reason: string; retryAfterMs?: number }) {
    const [row] = await notificationsOf(store, 't1');
    if (row === undefined) throw new Error('nothing was enqueued');
    const about = { attemptId: randomUUID(), begun: false, startedAt: now, number: 1 };
    const ended = { ...about, ...verdict, result: 'retry', endpointFault: true } as const;
    await store.write(async (unit) => {
      await unit.db.updateTable('outbox').set({ state: 'claimed' }).where('id', '=', row.id).execute();
      await settle(unit, { ended, row, now, repeatable: true, settings, random: () => 0 });
    });
  }
  const recorded = async (count: number) => (await recordsOf(store)).slice(-count);

  test('that is told to wait has every gateway leave that endpoint alone so long, and no other', async () => {
    await store.write((unit) => enqueue(unit, announcementOf('t2')));
    await store.write((unit) => enqueue(unit, announcementOf('t3', { endpointId: 'c' })));
    const now = clock();
    const later = (ms: number) => new Date(now.getTime() + ms);
    await settleAt(now, { reason: 'status-429', retryAfterMs: 60_000 });
    const due = async (ms: number) => (await dueLanes(store, later(ms))).map(({ endpointId }) => endpointId);
    expect([await due(59_000), (await due(61_000)).sort()]).toEqual([['c'], ['b', 'c']]);
  });

  test('that ends past the age of its row makes a dead letter; both are on the record, and who sends it again', async () => {
    await settleAt(new Date(Date.now() + settings.deadAfterMs), { reason: 'status-503' });
    expect(await recorded(2)).toMatchObject([
      { event: 'notification.postponed', reason: 'status-503' },
      { event: 'notification.dead', outcome: 'failed', reason: 'status-503' },
    ]);
    expect(await replay(store, { participantId: 'ecd' }, { now: clock(), by: 'command:operator' })).toBe(1);
    expect(await recorded(1)).toMatchObject([
      { event: 'notification.replayed', outcome: 'success', detail: { by: 'command:operator' } },
    ]);
  });

  test('that was broken off past the age of its row makes a dead letter, on the record too', async () => {
    const lapsed = { lease_owner: 'gateway-0', lease_until: new Date(0).toISOString(), attempts: 1 };
    await store.write(({ db }) =>
      db
        .updateTable('outbox')
        .set({ state: 'sending', live_since: new Date(0).toISOString(), ...lapsed })
        .execute(),
    );
    const endpointOf = () => endpoint;
    await sweep({
      store,
      clock,
      settings,
      endpointOf,
      owner: 'gateway-1',
      underWay: () => false,
      random: () => 0,
    });
    expect((await notificationsOf(store, 't1'))[0]?.state).toBe('dead');
    expect(await recorded(2)).toMatchObject([
      { event: 'notification.unknown', outcome: 'failed', reason: 'interrupted' },
      { event: 'notification.dead', outcome: 'failed', reason: 'interrupted' },
    ]);
  });

  test('is not made when sending was stopped meanwhile', async () => {
    await stopSending(store, 'ecd', 'operator');
    expect(await tryOnce('gateway-1')).toBeUndefined();
    expect(receiver.seen).toEqual([]);
  });
});
