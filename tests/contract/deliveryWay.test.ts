// Which way does a notification go when much has changed since it was written? Where its receiver is now, about what it knows.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { replay } from '../../src/delivery/control.ts';
import { type Announcement, enqueue } from '../../src/delivery/outbox.ts';
import { notificationsOf } from '../../src/delivery/outboxViews.ts';
import { deliverySettings } from '../../src/delivery/settings.ts';
import { type Delivery, startDelivery } from '../../src/delivery/startDelivery.ts';
import type { Endpoint, Participant } from '../../src/model.ts';
import { createOutgoing, type Outgoing } from '../../src/outgoing/outgoing.ts';
import { createDirectory } from '../../src/routing/directory.ts';
import type { Store } from '../../src/store/store.ts';
import { announcementOf, messageOf } from '../world/announcements.ts';
import { endpoint, participant } from '../world/cast.ts';
import { type Receiver, startReceiver, status, until } from './faultyReceiver.ts';
import { type Ground, prepareGround, storeKinds } from './storesUnderTest.ts';

const quiet = { info() {}, warn() {}, error() {} };
const settings = deliverySettings.parse({ pollMs: 30, leaseMs: 600, firstRetryMs: 40, maxRetryMs: 120 });

describe.each(storeKinds)('a notification on %s', (kind) => {
  let ground: Ground;
  let store: Store;
  let outgoing: Outgoing;
  let old: Receiver;
  let now: Receiver;
  let delivery: Delivery | undefined;
  beforeEach(async () => {
    ground = await prepareGround(kind);
    store = await ground.open();
    outgoing = createOutgoing({
      allowPrivate: ['127.0.0.0/8'],
      timeoutMs: 1_000,
      maxBytes: 1_000,
      connectionsPerHost: 8,
    });
    [old, now] = [await startReceiver(), await startReceiver()];
  });
  afterEach(async () => {
    await delivery?.stop(500);
    for (const one of [old, now]) await one.end();
    await outgoing.close();
    await ground.end();
  });

  const at = (receiver: Receiver, change: Partial<Endpoint> = {}) =>
    endpoint('notification', { address: receiver.address, ...change });
  const start = (...participants: Participant[]) => {
    const directory = createDirectory(participants);
    delivery = startDelivery({
      store,
      outgoing,
      clock: () => new Date(),
      endpointOf: (who, id) => directory.byId(who)?.endpoints.find((one) => one.id === id),
      wayTo: directory.wayTo,
      tokens: { get: async () => ({ header: undefined }) },
      settings,
      log: quiet,
      owner: 'gateway-1',
    });
  };
  const home = (...endpoints: Endpoint[]) => participant({ id: 'home', name: 'Het Veer', endpoints });
  const tell = (
    subject: string,
    change: Partial<Announcement> & { as?: string; status?: 'cancelled' } = {},
  ) => {
    const { as = randomUUID(), status: told = 'requested', ...more } = change;
    const message = messageOf(subject, {
      groupIdentifier: subject,
      notificationIdentifier: as,
      status: told,
    });
    const where = { participantId: 'home', endpointId: 'notification-1' };
    return store.write((unit) => enqueue(unit, announcementOf(subject, { ...where, message, ...more })));
  };
  const states = async (subject: string) =>
    (await notificationsOf(store, subject)).map((row) => `${row.kind} ${row.state}`);
  const becomes = (subject: string, ...wanted: string[]) =>
    until(async () => (await states(subject)).join() === wanted.join(), `${subject} ${wanted}`);

  test('that takes back a version that was never told names the one that was', async () => {
    const taskShape = at(now, { shape: 'D' });
    now.script = [status(201)];
    now.standard = (request, response) => response.writeHead(request.method === 'PUT' ? 200 : 503).end();
    start(home(taskShape));
    await tell('t1', { as: 'first' });
    await becomes('t1', 'announce delivered');
    await tell('t1', { as: 'second', version: 2 });
    await until(() => now.seen.length > 2, 'the second was tried');
    await tell('t1', { kind: 'cancel', as: 'second', version: 2, status: 'cancelled' });
    await until(() => now.seen.some((one) => one.method === 'PUT'), 'it was taken back');
    const taken = now.seen.find((one) => one.method === 'PUT');
    expect(decodeURIComponent(taken?.url ?? '')).toMatch(/urn:uuid:first$/);
    expect(JSON.parse(taken?.body ?? '{}')).toMatchObject({ identifier: [{ value: 'urn:uuid:first' }] });
  });

  test('goes to the endpoint that took the place of its own, in the order of its case', async () => {
    await tell('t1', { as: 'first' });
    await tell('t1', { kind: 'echo' });
    start(home(at(now, { id: 'new', shape: 'D' })));
    await becomes('t1', 'announce delivered', 'echo delivered');
    expect(old.seen).toEqual([]);
    expect(JSON.parse(now.seen[0]?.body ?? '')).toMatchObject({ identifier: [{ value: 'urn:uuid:first' }] });
  });

  test.each<[string, Partial<Endpoint>]>([
    ['switched off', { status: 'off' }],
    ['past its period', { period: { end: '2026-01-01' } }],
  ])('does not go to an endpoint that is %s, but to the one in use', async (_, change) => {
    await tell('t1');
    start(home(at(old, change), at(now, { id: 'new' })));
    await becomes('t1', 'announce delivered');
    expect([old.seen.length, now.seen.length]).toEqual([0, 1]);
  });

  test('is not said at the new place when something later was said there', async () => {
    await tell('t1');
    await tell('t1', { endpointId: 'new', version: 2 });
    start(home(at(old, { status: 'suspended' }), at(now, { id: 'new' })));
    await becomes('t1', 'announce waiting', 'announce delivered');
    await delivery?.stop(500);
    const due_at = new Date().toISOString();
    await store.write(({ db }) => db.updateTable('outbox').set({ due_at }).execute());
    start(home(at(now, { id: 'new' })));
    await becomes('t1', 'announce superseded', 'announce delivered');
    expect(now.seen).toHaveLength(1);
  });

  test('is not sent again when what it announced was taken back at another endpoint', async () => {
    await tell('t1');
    const settled_at = new Date().toISOString();
    await store.write(({ db }) => db.updateTable('outbox').set({ state: 'failed', settled_at }).execute());
    await tell('t1', { kind: 'cancel', endpointId: 'new', status: 'cancelled' });
    expect(await replay(store, { all: true })).toBe(0);
    expect(await states('t1')).toEqual(['announce superseded', 'cancel waiting']);
  });

  test('gets a number of the subscription that it goes to', async () => {
    await tell('other', { endpointId: 'new' });
    start(home(at(now, { id: 'new', shape: 'E' })));
    await becomes('other', 'announce delivered');
    await delivery?.stop(500);
    await tell('t1');
    const id = (await notificationsOf(store, 't1'))[0]?.id ?? '';
    const { message } = (await notificationsOf(store, 't1'))[0] ?? { message: '{}' };
    const numbered = JSON.stringify({ ...JSON.parse(message), eventNumber: 77 });
    await store.write(({ db }) =>
      db.updateTable('outbox').set({ message: numbered }).where('id', '=', id).execute(),
    );
    start(home(at(now, { id: 'new', shape: 'E' })));
    await becomes('t1', 'announce delivered');
    expect(now.seen.map((one) => /"event-number","valueString":"(\d+)"/.exec(one.body)?.[1])).toEqual([
      '1',
      '2',
    ]);
  });

  test('waits for a suspended endpoint, though another is in use, and for a participant that takes no part', async () => {
    await tell('t1');
    await tell('t2', { participantId: 'away' });
    const away = { ...home(at(old)), id: 'away', active: false };
    start(home(at(old, { status: 'suspended' }), at(now, { id: 'new' })), away);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([...old.seen, ...now.seen]).toEqual([]);
    await becomes('t1', 'announce waiting');
    await becomes('t2', 'announce waiting');
  });
});
