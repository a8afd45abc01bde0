// What does a sender hear that pushed and forgot? Each end of its handover at its callback, once, on both stores.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { replay } from '../../src/delivery/control.ts';
import { notificationsOf } from '../../src/delivery/outboxViews.ts';
import { type DeliverySettings, deliverySettings } from '../../src/delivery/settings.ts';
import { type Delivery, type DeliveryDeps, startDelivery } from '../../src/delivery/startDelivery.ts';
import {
  cancelHandover,
  expireGrants,
  handoverStatus,
  tellNotificationEnd,
} from '../../src/exchange/index.ts';
import type { Endpoint } from '../../src/model.ts';
import { createOutgoing, type Outgoing } from '../../src/outgoing/outgoing.ts';
import { createDirectory } from '../../src/routing/directory.ts';
import { asking, endpoint, home, hospital, testBsns } from '../world/cast.ts';
import { openStage, type Stage, stageUrl } from '../world/exchangeStage.ts';
import { nursingHandoff } from '../world/nursingHandoff.ts';
import { type Receiver, reset, startReceiver, status, until } from './faultyReceiver.ts';
import { storeKinds } from './storesUnderTest.ts';

const quiet = { info() {}, warn() {}, error() {} };
const quick = { pollMs: 30, leaseMs: 600, timeoutMs: 4_000, firstRetryMs: 20, maxRetryMs: 40 };
const day = 24 * 60 * 60 * 1000;

describe.each(storeKinds)('the callback of a handover on %s', (kind) => {
  let stage: Stage;
  let outgoing: Outgoing;
  let epd: Receiver;
  let ecd: Receiver;
  let delivery: Delivery | undefined;
  const directory = createDirectory([]);
  beforeEach(async () => {
    stage = await openStage({ kind });
    Object.assign(stage.deps.directory, directory);
    stage.at(new Date().toISOString());
    outgoing = createOutgoing({
      allowPrivate: ['127.0.0.0/8'],
      timeoutMs: 1_000,
      maxBytes: 1_000,
      connectionsPerHost: 8,
    });
    [epd, ecd] = [await startReceiver(), await startReceiver()];
    known({});
  });
  afterEach(async () => {
    await delivery?.stop(500);
    for (const one of [epd, ecd]) await one.end();
    await outgoing.close();
    await stage.end();
  });

  const known = (change: Partial<Endpoint>) =>
    directory.reload([
      { ...hospital, endpoints: [endpoint('callback', { address: `${epd.address}/callback` })] },
      { ...home, endpoints: [endpoint('notification', { address: ecd.address, ...change })] },
    ]);
  const deliver = (settings: Partial<DeliverySettings> = {}, change: Partial<DeliveryDeps> = {}) => {
    delivery = startDelivery({
      store: stage.deps.store,
      outgoing,
      clock: () => new Date(),
      endpointOf: (who, id) => directory.byId(who)?.endpoints.find((one) => one.id === id),
      wayTo: directory.wayTo,
      tokens: { get: async () => ({ header: undefined }) },
      settings: deliverySettings.parse({ ...quick, ...settings }),
      log: quiet,
      owner: 'gateway-1',
      atEnd: (unit, row) => tellNotificationEnd(unit, row, stage.deps),
      ...change,
    });
  };
  const pushed = async () => {
    const name = randomUUID();
    const response = await stage.push(nursingHandoff({ case: name }));
    const id = stage.handoverId(response);
    return { id, name, handover: `${stageUrl}/handover/${id}`, ...(await stage.served(response)) };
  };
  const cancel = (id: string) => cancelHandover({ id, requester: asking(hospital) }, stage.deps);
  const heard = () => epd.seen.map(({ body }) => JSON.parse(body));
  const hears = (count: number) => until(() => epd.seen.length >= count, `${count} callbacks`);
  /** Nothing is left to be said, by the outbox itself. */
  const settled = (id: string) =>
    until(async () => {
      const rows = await notificationsOf(stage.deps.store, id);
      return rows.every((row) => row.settled_at !== null);
    }, 'nothing is under way');
  const rowsOf = async (id: string) =>
    (await notificationsOf(stage.deps.store, id)).map((row) => `${row.kind} ${row.state}`);
  const replayed = () => replay(stage.deps.store, { participantId: home.id });

  const failed = { version: 1, state: 'in-progress', reason: 'notification-failed' };
  const unknown = { ...failed, reason: 'notification-unknown' };
  const delivered = { ...failed, reason: 'notification-delivered' };

  test('tells that the receiver refused the notification, once, and nothing of the patient', async () => {
    ecd.standard = status(400);
    const { id, handover } = await pushed();
    deliver();
    await hears(1);
    await settled(id);
    expect(heard()).toEqual([{ handover, ...failed }]);
    const { notifications } = await handoverStatus({ id, requester: asking(hospital) }, stage.deps);
    const told = { state: 'in-progress', reason: 'notification-failed' };
    expect(notifications.at(-1)).toMatchObject({ kind: 'callback', to: 'sender', told });
    expect(notifications[0]).not.toHaveProperty('told');
    expect(JSON.stringify(epd.seen)).not.toContain(testBsns.yes);
    expect(await stage.audit()).toContainEqual(
      expect.objectContaining({
        event: 'notification.delivered',
        object: `Handover/${id}`,
        detail: expect.objectContaining({ kind: 'callback', receiver: 'hospital' }),
      }),
    );
  });

  test('tells that the notification became too old while it was tried', async () => {
    ecd.standard = status(503);
    const { id, handover } = await pushed();
    deliver({ deadAfterMs: 100 });
    await hears(1);
    await settled(id);
    expect(heard()).toEqual([{ handover, ...failed }]);
    expect(await rowsOf(id)).toEqual(['announce dead', 'callback delivered']);
  });

  test('tells that the notification became too old while its endpoint was suspended', async () => {
    const { handover } = await pushed();
    known({ status: 'suspended' });
    deliver({ deadAfterMs: 100 });
    await hears(1);
    expect(heard()).toEqual([{ handover, ...failed }]);
  });

  test.each([
    ['nobody knows whether it arrived', [reset], false],
    ['it was refused after an attempt of which nobody knows', [reset, status(400)], true],
  ])('tells that %s', async (_, script, repeatable) => {
    known({ repeatable });
    ecd.script = [...script];
    const { id, handover } = await pushed();
    deliver();
    await hears(1);
    await settled(id);
    expect(heard()).toEqual([{ handover, ...unknown }]);
  });

  /** A gateway was killed between sending and writing down what came of it. */
  const left = async (repeatable: boolean) => {
    known({ repeatable });
    const one = await pushed();
    const { id } = one;
    const past = '2026-01-01T00:00:00.000Z';
    await stage.deps.store.write(async ({ db }) => {
      const begun = { number: 1, started_at: past, ended_at: null, result: null } as const;
      const [row] = await notificationsOf(stage.deps.store, id);
      await db
        .insertInto('attempt')
        .values({ id: randomUUID(), outbox_id: row?.id ?? '', ...begun, http_status: null, reason: null })
        .execute();
      await db
        .updateTable('outbox')
        .set({ state: 'sending', attempts: 1, lease_owner: 'killed', lease_until: past })
        .where('subject', '=', id)
        .execute();
    });
    return one;
  };
  test('tells of an attempt that a killed gateway left behind and that is not made again', async () => {
    const { handover } = await left(false);
    deliver();
    await hears(1);
    expect(heard()).toEqual([{ handover, ...unknown }]);
    expect(ecd.seen).toEqual([]);
  });

  test('says nothing of one that is made again', async () => {
    const { id } = await left(true);
    deliver();
    await settled(id);
    expect(await rowsOf(id)).toEqual(['announce delivered']);
  });

  test('says nothing of a notification that arrived, also after it had failed', async () => {
    ecd.script = [status(503)];
    const { id } = await pushed();
    deliver();
    await settled(id);
    expect(await rowsOf(id)).toEqual(['announce delivered']);
    expect(heard()).toEqual([]);
  });

  test('after an operator sent it again it tells that it arrived, and not once more that it did not', async () => {
    ecd.script = [status(400), status(410), status(202)];
    const { id, handover } = await pushed();
    deliver();
    await hears(1);
    await settled(id);
    expect(await replayed()).toBe(1);
    await until(() => ecd.seen.length === 2, 'a second attempt');
    await settled(id);
    expect(await replayed()).toBe(1);
    await hears(2);
    await settled(id);
    expect(heard()).toEqual([
      { handover, ...failed },
      { handover, ...delivered },
    ]);
  });

  test('says nothing of a notification about what the receiver has read meanwhile', async () => {
    ecd.standard = status(400);
    const { id, taskId } = await pushed();
    await stage.get(`Task/${taskId}`);
    deliver();
    await settled(id);
    expect(await rowsOf(id)).toEqual(['announce failed']);
  });

  test('says nothing of a version that another one has replaced', async () => {
    const { id, name } = await pushed();
    ecd.script = [
      (request, response) =>
        void stage.push(nursingHandoff({ case: name, diagnosis: 'correctie' })).then(() => {
          status(400)(request, response);
        }),
    ];
    deliver();
    await until(() => ecd.seen.length === 2, 'the correction');
    await settled(id);
    expect(await rowsOf(id)).toEqual(['announce failed', 'announce delivered']);
  });

  test('says nothing of an announcement that failed once the handover was cancelled', async () => {
    const { id, handover } = await pushed();
    ecd.script = [(request, response) => void cancel(id).then(() => status(400)(request, response))];
    deliver();
    await until(() => ecd.seen.length === 2, 'the cancellation');
    await hears(1);
    await settled(id);
    expect(heard()).toEqual([{ handover, version: 1, state: 'cancelled' }]);
  });

  test('tells of completion, and a second time for another version', async () => {
    const { id, name, handover, taskId } = await pushed();
    const complete = async () => {
      const { resource } = await stage.get(`Task/${taskId}`);
      await stage.put(`Task/${taskId}`, { resourceType: 'Task', ...resource, status: 'completed' });
    };
    deliver();
    await complete();
    await stage.push(nursingHandoff({ case: name, diagnosis: 'correctie' }));
    await complete();
    await hears(2);
    await settled(id);
    const completed = { handover, state: 'completed' };
    expect(heard()).toEqual([
      { ...completed, version: 1 },
      { ...completed, version: 2 },
    ]);
  });

  test('tells that it was cancelled, and that the receiver could not be told so', async () => {
    ecd.script = [status(202), status(400), status(202)];
    const { id, handover } = await pushed();
    deliver();
    await until(() => ecd.seen.length === 1, 'the announcement');
    await cancel(id);
    await cancel(id);
    await hears(2);
    await settled(id);
    await replayed();
    await hears(3);
    const cancelled = { handover, version: 1, state: 'cancelled' };
    expect(heard()).toEqual([
      cancelled,
      { ...cancelled, reason: 'notification-failed' },
      { ...cancelled, reason: 'notification-delivered' },
    ]);
  });

  test('tells that it was cancelled and no more when the receiver could be told so', async () => {
    const { id, handover } = await pushed();
    deliver();
    await until(() => ecd.seen.length === 1, 'the announcement');
    await cancel(id);
    await hears(1);
    await settled(id);
    expect(await rowsOf(id)).toEqual(['announce delivered', 'cancel delivered', 'callback delivered']);
    expect(heard()).toEqual([{ handover, version: 1, state: 'cancelled' }]);
  });

  test('tells that a correction arrived, after what came before it had not', async () => {
    ecd.script = [status(400)];
    const { id, name, handover } = await pushed();
    deliver();
    await hears(1);
    await stage.push(nursingHandoff({ case: name, diagnosis: 'correctie' }));
    await hears(2);
    await settled(id);
    expect(heard()).toEqual([
      { handover, ...failed },
      { handover, ...delivered, version: 2 },
    ]);
  });

  type Pushed = Awaited<ReturnType<typeof pushed>>;
  const readTask = ({ taskId }: Pushed) => stage.get(`Task/${taskId}`);
  const readAll = async (one: Pushed) => {
    await readTask(one);
    const { resource } = await stage.get(`Composition/${one.compositionId}/$document`);
    const binaries = JSON.stringify(resource).match(/Binary\/[0-9a-f-]{36}/g) ?? [];
    for (const path of new Set(binaries)) await stage.get(path);
  };
  test.each([
    ['not-fetched', 'nobody read it', async () => undefined],
    ['not-fetched', 'only the Task was read', readTask],
    ['not-completed', 'it was read and not completed', readAll],
  ])('tells that the grant ended: %s, when %s', async (reason, _, read) => {
    const one = await pushed();
    await read(one);
    stage.later(31 * day);
    expect([await expireGrants(stage.deps), await expireGrants(stage.deps)]).toEqual([1, 0]);
    stage.at(new Date().toISOString());
    await stage.deps.store.write(({ db }) =>
      db.updateTable('outbox').set({ due_at: new Date().toISOString() }).execute(),
    );
    deliver();
    await hears(1);
    await settled(one.id);
    expect(heard()).toEqual([{ handover: one.handover, version: 1, state: 'expired', reason }]);
  });

  test('tells of the end of a grant also when the receiver has left the settings', async () => {
    const { id } = await pushed();
    directory.reload([directory.byId('hospital') ?? hospital]);
    stage.later(31 * day);
    expect(await expireGrants(stage.deps)).toBe(1);
    expect(await rowsOf(id)).toEqual(['announce waiting', 'callback waiting']);
  });

  test('waits for a sender that takes no part for a while', async () => {
    const { id, handover } = await pushed();
    const all = directory.all();
    directory.reload(all.map((one) => (one.id === hospital.id ? { ...one, active: false } : one)));
    stage.later(31 * day);
    expect(await expireGrants(stage.deps)).toBe(1);
    expect(await rowsOf(id)).toEqual(['announce waiting', 'callback waiting']);
    directory.reload(all);
    await stage.deps.store.write(({ db }) =>
      db.updateTable('outbox').set({ due_at: new Date().toISOString() }).execute(),
    );
    deliver();
    await hears(1);
    expect(heard()).toEqual([{ handover, version: 1, state: 'expired', reason: 'not-fetched' }]);
  });

  test('tells nothing to a sender that registered no callback', async () => {
    directory.reload([
      { ...hospital, endpoints: [] },
      { ...home, endpoints: [endpoint('notification', { address: ecd.address })] },
    ]);
    ecd.standard = status(400);
    const { id } = await pushed();
    deliver();
    await settled(id);
    await cancel(id);
    await settled(id);
    expect(await rowsOf(id)).toEqual(['announce failed', 'cancel failed']);
  });

  test('is written with the end that it tells of, or neither is', async () => {
    ecd.standard = status(400);
    const { id } = await pushed();
    const write = { fails: true, tried: 0 };
    const atEnd: DeliveryDeps['atEnd'] = async (unit, row) => {
      await tellNotificationEnd(unit, row, stage.deps);
      write.tried += 1;
      if (write.fails) throw new Error('the write fails after all');
    };
    deliver({}, { atEnd });
    await until(() => write.tried > 0, 'a first end');
    expect(await notificationsOf(stage.deps.store, id)).toMatchObject([{ settled_at: null }]);
    write.fails = false;
    await hears(1);
    await settled(id);
    expect(heard()).toHaveLength(1);
  });
});
