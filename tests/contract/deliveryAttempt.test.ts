// Does a gateway say nothing of a row that is no longer its own, or that an operator stopped? One attempt, on both stores.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { attempt } from '../../src/delivery/attempt.ts';
import { stopSending } from '../../src/delivery/control.ts';
import { dueLanes, enqueue } from '../../src/delivery/outbox.ts';
import { notificationsOf } from '../../src/delivery/outboxViews.ts';
import { deliverySettings } from '../../src/delivery/settings.ts';
import { settle } from '../../src/delivery/settle.ts';
import type { Endpoint } from '../../src/model.ts';
import { createOutgoing, type Outgoing } from '../../src/outgoing/outgoing.ts';
import type { Store } from '../../src/store/store.ts';
import { announcementOf } from '../world/announcements.ts';
import { type Receiver, startReceiver } from './faultyReceiver.ts';
import { type Ground, prepareGround, storeKinds } from './storesUnderTest.ts';

const clock = () => new Date();

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
  async function tryOnce(claimedBy: string) {
    const claim = { state: 'claimed', lease_owner: claimedBy } as const;
    await store.write(({ db }) => db.updateTable('outbox').set(claim).execute());
    const [row] = await notificationsOf(store, 't1');
    if (row === undefined) throw new Error('nothing was enqueued');
    const endpoint: Endpoint = {
      id: 'b',
      kind: 'notification',
      address: receiver.address,
      shape: 'B',
      auth: { kind: 'none' },
      status: 'active',
      repeatable: true,
    };
    const job = { row, endpoint, signal: new AbortController().signal, attemptId: randomUUID() };
    const tokens = { get: async () => ({ header: undefined }) };
    const settings = deliverySettings.parse({});
    return attempt(job, { store, outgoing, tokens, clock, settings, owner: 'gateway-1' });
  }

  test('is made of a row of its own', async () => {
    expect(await tryOnce('gateway-1')).toMatchObject({ result: 'delivered', begun: true });
    expect(receiver.seen).toHaveLength(1);
  });

  test('is not made of a row that another gateway has taken over', async () => {
    expect(await tryOnce('gateway-2')).toBeUndefined();
    expect(receiver.seen).toEqual([]);
  });

  test('that is told to wait has every gateway leave that endpoint alone so long, and no other', async () => {
    await store.write((unit) => enqueue(unit, announcementOf('t2')));
    await store.write((unit) => enqueue(unit, announcementOf('t3', { endpointId: 'c' })));
    const [row] = await notificationsOf(store, 't1');
    if (row === undefined) throw new Error('nothing was enqueued');
    const now = clock();
    const later = (ms: number) => new Date(now.getTime() + ms);
    const about = { attemptId: randomUUID(), begun: false, startedAt: now, number: 1 };
    const verdict = {
      result: 'retry',
      reason: 'status-429',
      endpointFault: true,
      retryAfterMs: 60_000,
    } as const;
    const end = { ended: { ...about, ...verdict }, repeatable: true, settings: deliverySettings.parse({}) };
    await store.write(async (unit) => {
      await unit.db.updateTable('outbox').set({ state: 'claimed' }).where('id', '=', row.id).execute();
      await settle(unit, { ...end, row, now, random: () => 0 });
    });
    const due = async (ms: number) => (await dueLanes(store, later(ms))).map(({ endpointId }) => endpointId);
    expect([await due(59_000), (await due(61_000)).sort()]).toEqual([['c'], ['b', 'c']]);
  });

  test('is not made when sending was stopped meanwhile', async () => {
    await stopSending(store, 'ecd', 'operator');
    expect(await tryOnce('gateway-1')).toBeUndefined();
    expect(receiver.seen).toEqual([]);
  });
});
