// Has it arrived, whatever the receiver does? The same promises on SQLite and PostgreSQL.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deadLetters, replay, resumeSending, stopSending } from '../../src/delivery/control.ts';
import { type Announcement, enqueue } from '../../src/delivery/outbox.ts';
import {
  attemptsOf,
  countStates,
  notificationsOf,
  oldestUndeliveredMs,
} from '../../src/delivery/outboxViews.ts';
import { deliverySettings } from '../../src/delivery/settings.ts';
import { type Delivery, type DeliveryDeps, startDelivery } from '../../src/delivery/startDelivery.ts';
import { GatewayError } from '../../src/errors.ts';
import type { Endpoint } from '../../src/model.ts';
import { createOutgoing, type Outgoing } from '../../src/outgoing/outgoing.ts';
import { createTokens } from '../../src/outgoing/tokens.ts';
import type { Store } from '../../src/store/store.ts';
import { announcementOf, messageOf } from '../world/announcements.ts';
import { hang, type Receiver, reset, slow, startReceiver, status, until } from './faultyReceiver.ts';
import { type Ground, prepareGround, storeKinds } from './storesUnderTest.ts';

const quick = deliverySettings.parse({
  pollMs: 30,
  leaseMs: 600,
  timeoutMs: 400,
  firstRetryMs: 40,
  maxRetryMs: 120,
  maxRetryAfterMs: 1_500,
  deadAfterMs: 20_000,
  breakerFailures: 20,
  breakerOpenMs: 200,
});
const quiet = { info() {}, warn() {}, error() {} };

describe.each(storeKinds)('delivery on %s', (kind) => {
  let ground: Ground;
  let store: Store;
  let receiver: Receiver;
  let outgoing: Outgoing;
  const endpoints = new Map<string, Endpoint>();
  const ending: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    ground = await prepareGround(kind);
    store = await ground.open();
    receiver = await startReceiver();
    outgoing = makeOutgoing();
    endpoint('b', {});
  });
  afterEach(async () => {
    for (const end of ending.splice(0).reverse()) await end();
    endpoints.clear();
    await receiver.end();
    await outgoing.close();
    await ground.end();
  });

  const makeOutgoing = () =>
    createOutgoing({
      allowPrivate: ['127.0.0.0/8'],
      timeoutMs: 1_000,
      maxBytes: 10_000,
      connectionsPerHost: 8,
    });
  const endpoint = (id: string, change: Partial<Endpoint>) =>
    endpoints.set(id, {
      id,
      kind: 'notification',
      address: receiver.address,
      shape: 'A',
      auth: { kind: 'none' },
      status: 'active',
      repeatable: true,
      ...change,
    });
  const start = (change: Partial<DeliveryDeps> = {}): Delivery => {
    const delivery = startDelivery({
      store,
      outgoing,
      clock: () => new Date(),
      endpointOf: (_, id) => endpoints.get(id),
      wayTo: ({ endpointId }) => {
        const found = endpoints.get(endpointId);
        return found?.status === 'active' ? found : undefined;
      },
      tokens: createTokens({
        outgoing,
        clock: () => new Date(),
        signAssertion: async () => 'assertion',
        timeoutMs: quick.timeoutMs,
      }),
      settings: quick,
      log: quiet,
      owner: 'gateway-1',
      ...change,
    });
    ending.push(() => delivery.stop(500));
    return delivery;
  };
  const announce = (subject: string, change: Partial<Announcement> = {}, in_ = store) =>
    in_.write((unit) => enqueue(unit, announcementOf(subject, change)));
  const rowsOf = (subject: string) => notificationsOf(store, subject);
  const stateOf = async (subject: string) => (await rowsOf(subject)).at(-1)?.state;
  const reaches = (subject: string, state: string, ms?: number) =>
    until(async () => (await stateOf(subject)) === state, `${subject} ${state}`, ms);
  const events = async () =>
    (await store.read.selectFrom('audit').select('body').orderBy('position').execute()).map(
      (row) => JSON.parse(row.body) as { event: string; reason?: string; detail?: Record<string, unknown> },
    );

  test('what is committed is announced once, and what is rolled back never', async () => {
    const delivery = start();
    await expect(
      store.write(async (unit) => {
        await enqueue(unit, announcementOf('ghost'));
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    await announce('t1');
    delivery.wake();
    await reaches('t1', 'delivered');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(receiver.seen.map((one) => `${one.method} ${one.url}`)).toEqual(['POST /t1']);
    expect(await attemptsOf(store, 't1')).toMatchObject([
      { number: 1, result: 'delivered', http_status: 202, reason: 'status-202', kind: 'announce' },
    ]);
    expect(await events()).toMatchObject([
      { event: 'notification.delivered', reason: 'status-202', detail: { attempt: 1, receiver: 'ecd' } },
    ]);
  });

  test('a message keeps only what the outbox may hold', async () => {
    const rich = { ...messageOf('t1'), patientName: 'Jansen', bsn: '999911612' };
    await announce('t1', { message: rich });
    const [row] = await rowsOf('t1');
    expect(row?.message).not.toMatch(/Jansen|999911612/);
  });

  test('a receiver that refuses connections is tried again until it is there', async () => {
    const { port } = receiver;
    await receiver.end();
    start();
    await announce('t1');
    await until(async () => (await attemptsOf(store, 't1')).length >= 2, 'two attempts');
    expect((await attemptsOf(store, 't1'))[0]).toMatchObject({
      result: 'retry',
      reason: 'connection-refused',
    });
    receiver = await startReceiver(port);
    await reaches('t1', 'delivered');
  });

  test('a request that was read and then dropped is unknown, and is said again with the same Task id', async () => {
    receiver.script = [reset];
    start();
    await announce('t1');
    await reaches('t1', 'delivered');
    expect((await attemptsOf(store, 't1')).map((one) => [one.result, one.reason])).toEqual([
      ['unknown', 'reset-after-send'],
      ['delivered', 'status-202'],
    ]);
    expect(receiver.seen.map((one) => one.url)).toEqual(['/t1', '/t1']);
    expect((await events()).map((one) => one.event)).toEqual([
      'notification.unknown',
      'notification.delivered',
    ]);
  });

  test('where repeating could do harm, unknown stays unknown until replayed, and holds nothing back', async () => {
    endpoint('b', { repeatable: false });
    receiver.script = [hang];
    start();
    await announce('t1');
    await reaches('t1', 'unknown');
    await announce('t1', { kind: 'cancel', message: messageOf('t1', { status: 'cancelled' }) });
    await reaches('t1', 'delivered');
    expect(receiver.seen).toHaveLength(2);
    expect((await rowsOf('t1')).map((row) => row.state)).toEqual(['unknown', 'delivered']);
    expect(await deadLetters(store)).toMatchObject([{ state: 'unknown' }]);
    expect(await replay(store, { all: true })).toBe(0);
    expect((await rowsOf('t1')).map((row) => row.state)).toEqual(['superseded', 'delivered']);
  });

  test('4xx and 3xx are final: failed, not asked again, not followed', async () => {
    const codes = [300, 301, 302, 303, 304, 307, 308, 400, 403, 404, 405, 409, 410, 411, 413, 415, 422, 451];
    receiver.standard = (seen, response) =>
      void response.writeHead(Number(seen.url.slice(2)), { location: `${receiver.address}/elsewhere` }).end();
    start();
    for (const code of codes) await announce(`s${code}`);
    for (const code of codes) await reaches(`s${code}`, 'failed');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(receiver.seen.map((one) => one.url).sort()).toEqual(codes.map((code) => `/s${code}`));
    const refused = (await events()).filter((one) => one.event === 'notification.refused');
    expect(refused.map((one) => one.reason).sort()).toEqual(codes.map((code) => `status-${code}`));
  });

  test('408, 425, 429 and 5xx are tried again', async () => {
    const codes = [408, 425, 429, 500, 501, 502, 503, 504, 599];
    const answered = new Set<string>();
    receiver.standard = (seen, response) => {
      const first = !answered.has(seen.url);
      answered.add(seen.url);
      response.writeHead(first ? Number(seen.url.slice(2)) : 202).end();
    };
    start();
    for (const code of codes) await announce(`s${code}`);
    for (const code of codes) await reaches(`s${code}`, 'delivered');
    for (const code of codes) {
      const attempts = await attemptsOf(store, `s${code}`);
      expect(attempts.map((one) => [one.result, one.http_status])).toEqual([
        ['retry', code],
        ['delivered', 202],
      ]);
    }
  });

  test('Retry-After is obeyed for the whole endpoint, and a foolish one is capped', async () => {
    receiver.script = [status(503, { 'retry-after': '1' }), status(429, { 'retry-after': '1000000000' })];
    start({ settings: { ...quick, perEndpoint: 1 } });
    await announce('t1');
    await until(() => receiver.seen.length === 1, 'first attempt');
    await announce('t2');
    await reaches('t1', 'delivered', 6_000);
    await reaches('t2', 'delivered', 6_000);
    const [first = 0, second = 0, third = 0] = receiver.seen.map((one) => one.at);
    expect(second - first).toBeGreaterThanOrEqual(990);
    expect(third - second).toBeGreaterThanOrEqual(1_490);
    expect(third - second).toBeLessThan(3_000);
  });

  test('a 401 is answered once with a fresh token, then it is final', async () => {
    let given = 0;
    const server = await startReceiver();
    ending.push(server.end);
    server.standard = (_, response) => {
      given += 1;
      const token = { access_token: `token-${given}`, token_type: 'Bearer', expires_in: 300 };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(token));
    };
    const auth = {
      kind: 'private_key_jwt',
      tokenEndpoint: `${server.address}/token`,
      clientId: 'sluis',
    } as const;
    endpoint('b', { auth });
    receiver.standard = (seen, response) =>
      void response.writeHead(seen.headers.authorization === 'Bearer token-1' && !expired ? 202 : 401).end();
    let expired = false;
    start();
    await announce('t1');
    await reaches('t1', 'delivered');
    await announce('t2');
    await reaches('t2', 'delivered');
    expect(given).toBe(1);
    expired = true;
    await announce('t3');
    await reaches('t3', 'failed');
    expect(receiver.seen.map((one) => one.headers.authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-1',
      'Bearer token-1',
      'Bearer token-2',
    ]);
    expect(server.seen[0]?.body).toContain('client_assertion=assertion');
    expect((await attemptsOf(store, 't3'))[0]).toMatchObject({ result: 'refused', reason: 'status-401' });
  });

  test('a token endpoint that is down or refuses us costs no notification: nothing was said, so it is tried again', async () => {
    const server = await startReceiver();
    ending.push(server.end);
    server.script = [status(503), status(401), hang];
    server.standard = status(
      200,
      { 'content-type': 'application/json' },
      '{"access_token":"t","token_type":"bearer"}',
    );
    endpoint('b', { auth: { kind: 'private_key_jwt', tokenEndpoint: server.address, clientId: 'sluis' } });
    endpoint('b', { ...endpoints.get('b'), repeatable: false });
    start();
    await announce('t1');
    await reaches('t1', 'delivered');
    expect((await attemptsOf(store, 't1')).map((one) => [one.number, one.result, one.reason])).toEqual([
      [1, 'retry', 'token-status-503'],
      [2, 'retry', 'token-status-401'],
      [3, 'retry', 'token-timeout'],
      [4, 'delivered', 'status-202'],
    ]);
    expect(receiver.seen).toHaveLength(1);
  });

  test('versions of a case never go backwards: a failing first one is overtaken by the last', async () => {
    endpoint('b', { shape: 'D' });
    receiver.standard = status(503);
    const delivery = start();
    for (const version of [1, 2, 3]) {
      await announce('t1', {
        version,
        message: messageOf('t1', { authoredOn: `2026-05-0${version}T10:00:00.000Z` }),
      });
      delivery.wake();
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    receiver.standard = status(201);
    await reaches('t1', 'delivered');
    const order = receiver.seen.map((one) => (JSON.parse(one.body) as { authoredOn: string }).authoredOn);
    expect(order).toEqual([...order].sort());
    expect((await rowsOf('t1')).map((row) => row.state)).toEqual(['superseded', 'superseded', 'delivered']);
  });

  test('what still waits is superseded by what comes after it, at once: at its own endpoint, by a cancellation everywhere', async () => {
    await announce('t1');
    await announce('t1', { kind: 'echo' });
    await announce('t1', { endpointId: 'elsewhere' });
    await announce('t1', { version: 2 });
    expect((await rowsOf('t1')).map((row) => row.state)).toEqual([
      'superseded',
      'waiting',
      'waiting',
      'waiting',
    ]);
    await announce('t1', { kind: 'cancel' });
    expect((await rowsOf('t1')).map((row) => row.state)).toEqual([
      'superseded',
      'superseded',
      'superseded',
      'superseded',
      'waiting',
    ]);
  });

  test('a repeat over a subscription carries the number of the first', async () => {
    endpoint('b', { shape: 'E' });
    receiver.script = [reset];
    start();
    await announce('t1');
    await reaches('t1', 'delivered');
    await announce('t2');
    await reaches('t2', 'delivered');
    const numbers = receiver.seen.map(
      (one) => JSON.parse(one.body).entry[0].resource.parameter[4].valueString,
    );
    expect(numbers).toEqual(['1', '1', '2']);
  });

  test('no more is under way at once than the settings say, however many endpoints are due', async () => {
    let most = 0;
    let now = 0;
    receiver.standard = (_, response) => {
      now += 1;
      most = Math.max(most, now);
      setTimeout(() => {
        now -= 1;
        response.writeHead(202).end();
      }, 60);
    };
    for (let i = 0; i < 12; i++) {
      endpoint(`e${i % 6}`, {});
      await announce(`t${i}`, { endpointId: `e${i % 6}` });
    }
    start({ settings: { ...quick, concurrency: 3, perEndpoint: 2 } });
    await until(async () => (await countStates(store)).delivered === 12, 'all delivered');
    expect(most).toBe(3);
  });

  test('a cancellation comes last', async () => {
    endpoint('b', { shape: 'D' });
    receiver.script = [slow(200)];
    start();
    await announce('t1');
    await until(() => receiver.seen.length === 1, 'announced');
    await announce('t1', { kind: 'cancel', message: messageOf('t1', { status: 'cancelled' }) });
    await until(() => receiver.seen.length === 2, 'cancelled');
    expect(receiver.seen.map((one) => one.method)).toEqual(['POST', 'PUT']);
    expect((await rowsOf('t1'))[0]?.state).toBe('delivered');
  });

  test('the kill switch ends new connections at once, keeps the queue, and it leaves in order afterwards', async () => {
    start();
    await stopSending(store, 'ecd', 'operator');
    for (const id of ['t1', 't2', 't3']) await announce(id, { orderKey: 'case' });
    await announce('other', { participantId: 'hospital' });
    await reaches('other', 'delivered');
    expect(receiver.seen.map((one) => one.url)).toEqual(['/other']);
    expect((await countStates(store)).waiting).toBe(3);
    await resumeSending(store, 'ecd', 'operator');
    await reaches('t3', 'delivered');
    expect(receiver.seen.map((one) => one.url)).toEqual(['/other', '/t1', '/t2', '/t3']);
    expect((await events()).map((one) => one.event)).toEqual(
      expect.arrayContaining(['sending.stopped', 'sending.resumed']),
    );
  });

  test('the kill switch also stops what waits for its token', async () => {
    const server = await startReceiver();
    ending.push(server.end);
    server.standard = (_, response) =>
      void setTimeout(() => response.writeHead(200).end('{"access_token":"t","token_type":"bearer"}'), 250);
    endpoint('b', { auth: { kind: 'private_key_jwt', tokenEndpoint: server.address, clientId: 'sluis' } });
    start();
    await announce('t1');
    await until(() => server.seen.length === 1, 'token asked');
    await stopSending(store, 'ecd', 'operator');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(receiver.connections()).toBe(0);
    expect(await stateOf('t1')).toBe('waiting');
  });

  test('what is too old becomes a dead letter that the sender sees, and a replay delivers it once', async () => {
    receiver.standard = status(503);
    start({ settings: { ...quick, deadAfterMs: 300 } });
    await announce('t1');
    await reaches('t1', 'dead');
    expect((await events()).at(-1)).toMatchObject({ event: 'notification.dead' });
    expect(await oldestUndeliveredMs(store, new Date())).toBe(0);
    receiver.standard = status(202);
    receiver.seen.length = 0;
    expect(await replay(store, { participantId: 'nobody' })).toBe(0);
    expect(await replay(store, { participantId: 'ecd' })).toBe(1);
    await reaches('t1', 'delivered');
    expect(receiver.seen).toHaveLength(1);
  });

  test('with a stopped participant nothing dies, and its age begins anew when sending resumes', async () => {
    await stopSending(store, 'ecd', 'operator');
    start({ settings: { ...quick, deadAfterMs: 300 } });
    await announce('t1');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await stateOf('t1')).toBe('waiting');
    await resumeSending(store, 'ecd', 'operator');
    await reaches('t1', 'delivered');
  });

  test('what a killed gateway had claimed or was sending is taken over when its lease lapses', async () => {
    await announce('claimed');
    await announce('sending');
    endpoint('fragile', { repeatable: false });
    await announce('fragile', { endpointId: 'fragile' });
    const lapsed = { lease_owner: 'dead-gateway', lease_until: new Date(Date.now() - 1).toISOString() };
    await store.write(async ({ db }) => {
      const set = (subject: string, state: 'claimed' | 'sending') =>
        db
          .updateTable('outbox')
          .set({ state, attempts: 1, ...lapsed })
          .where('subject', '=', subject)
          .execute();
      await set('claimed', 'claimed');
      await set('sending', 'sending');
      await set('fragile', 'sending');
    });
    start();
    await reaches('claimed', 'delivered');
    await reaches('sending', 'delivered');
    await reaches('fragile', 'unknown');
    expect(receiver.seen.map((one) => one.url).sort()).toEqual(['/claimed', '/sending']);
    const unknown = (await events()).filter((one) => one.event === 'notification.unknown');
    expect(unknown.map((one) => one.reason)).toEqual(['interrupted', 'interrupted']);
  });

  test.runIf(kind === 'postgresql')(
    'a live gateway keeps its lease however slow the receiver is',
    async () => {
      receiver.standard = slow(2_500);
      const settings = { ...quick, timeoutMs: 5_000, leaseMs: 1_500 };
      start({ settings });
      start({ settings, owner: 'gateway-2', store: await ground.open({ gateway: 'gateway-2' }) });
      await announce('t1');
      await reaches('t1', 'delivered');
      expect(receiver.seen).toHaveLength(1);
    },
  );

  test('a result is not forgotten while the store is away', async () => {
    let away = false;
    const shaky: Store = {
      ...store,
      write: (job) =>
        away ? Promise.reject(new GatewayError('unavailable', 'The store is away')) : store.write(job),
    };
    receiver.standard = (_, response) => {
      away = true;
      response.writeHead(202).end();
      setTimeout(() => {
        away = false;
      }, 700);
    };
    start({ store: shaky });
    await announce('t1');
    await reaches('t1', 'delivered');
    expect(receiver.seen).toHaveLength(1);
  });

  test('a hung endpoint and dead callbacks slow nobody else', async () => {
    const hung = await startReceiver();
    ending.push(hung.end);
    hung.standard = hang;
    endpoint('hung', { address: hung.address });
    endpoint('callback', { kind: 'callback', address: `${hung.address}/callback` });
    start({
      settings: { ...quick, timeoutMs: 3_000, concurrency: 6, callbackConcurrency: 2, perEndpoint: 2 },
    });
    for (let i = 0; i < 10; i++) {
      await announce(`hung-${i}`, { endpointId: 'hung' });
      const callback = { handoverUrl: 'https://gateway.example/handover/1', state: 'completed' };
      await announce(`callback-${i}`, {
        endpointId: 'callback',
        kind: 'callback',
        message: messageOf('x', { callback }),
        participantId: 'epd',
      });
    }
    const begun = Date.now();
    for (let i = 0; i < 30; i++) await announce(`t${i}`);
    await until(() => receiver.seen.length === 30, 'thirty announced');
    expect(Date.now() - begun).toBeLessThan(2_500);
    expect(hung.seen.length).toBeLessThanOrEqual(4);
    expect(hung.seen.find((one) => one.url === '/callback')?.body).toBe(
      '{"handover":"https://gateway.example/handover/1","version":1,"state":"completed"}',
    );
  });

  test('an endpoint that fails is left alone, then probed by one, not by a herd', async () => {
    receiver.standard = status(500);
    start({ settings: { ...quick, breakerFailures: 3, breakerOpenMs: 600, perEndpoint: 3 } });
    for (let i = 0; i < 20; i++) await announce(`t${i}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const before = receiver.seen.length;
    expect(before).toBeLessThanOrEqual(6);
    receiver.standard = (seen, response) => void slow(200)(seen, response);
    await until(() => receiver.seen.length > before, 'a probe');
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(receiver.seen.length - before).toBe(1);
    await until(async () => (await countStates(store)).delivered === 20, 'all delivered');
  });

  test('what is overtaken while it is under way is not said again when it fails', async () => {
    endpoint('b', { shape: 'D' });
    receiver.script = [(_, response) => void setTimeout(() => response.writeHead(503).end(), 200)];
    start();
    await announce('t1');
    await until(() => receiver.seen.length === 1, 'first under way');
    await announce('t1', { version: 2 });
    await reaches('t1', 'delivered');
    expect((await rowsOf('t1')).map((row) => row.state)).toEqual(['superseded', 'delivered']);
    expect(receiver.seen).toHaveLength(2);
  });

  test('what was never tried dies of age too, and the sender sees it', async () => {
    endpoint('b', { status: 'suspended' });
    start({ settings: { ...quick, deadAfterMs: 300 } });
    await announce('t1');
    await reaches('t1', 'dead');
    expect((await events()).at(-1)).toMatchObject({ event: 'notification.dead', reason: 'too-old' });
  });

  test('a suspended endpoint keeps its queue', async () => {
    endpoint('b', { status: 'suspended' });
    start();
    await announce('t1');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(receiver.seen).toEqual([]);
    expect(await attemptsOf(store, 't1')).toEqual([]);
    // a worker may be looking at it this very moment
    await reaches('t1', 'waiting');
  });

  test('two gateways announce everything once, in order per case, with consecutive event numbers', async () => {
    endpoint('b', { shape: 'E' });
    const second = kind === 'postgresql' ? await ground.open({ gateway: 'gateway-2' }) : store;
    const stores = [store, second];
    const workers = [start()];
    if (kind === 'postgresql') workers.push(start({ store: second, owner: 'gateway-2' }));
    receiver.standard = (_, response) =>
      void setTimeout(() => response.writeHead(200).end(), Math.random() * 15);
    await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const kinds = ['announce', 'echo', 'cancel'] as const;
        const subject = `case-${i % 20}`;
        const kind_ = kinds[Math.floor(i / 20)] ?? 'announce';
        await new Promise((resolve) => setTimeout(resolve, Math.floor(i / 20) * 400));
        await announce(subject, { kind: kind_, version: 1 }, stores[i % 2]);
        workers[i % 2]?.wake();
      }),
    );
    await until(async () => {
      const counts = await countStates(store);
      return counts.delivered + counts.superseded === 60;
    }, 'all settled');
    const numbers = receiver.seen.map((one) => {
      const bundle = JSON.parse(one.body);
      return Number(bundle.entry[0].resource.parameter[4].valueString);
    });
    expect([...numbers].sort((a, b) => a - b)).toEqual(numbers.map((_, i) => i + 1));
    expect(numbers.length).toBe((await countStates(store)).delivered);
  });

  test('a stop lets what is under way end and claims nothing more', async () => {
    receiver.standard = slow(200);
    const delivery = start();
    await announce('t1');
    await until(() => receiver.seen.length === 1, 'under way');
    const stopped = delivery.stop(2_000);
    await announce('t2');
    delivery.wake();
    await stopped;
    expect(await stateOf('t1')).toBe('delivered');
    expect(await stateOf('t2')).toBe('waiting');
    expect(receiver.seen).toHaveLength(1);
  });

  test('a stop that may not wait cuts off and says unknown', async () => {
    receiver.standard = hang;
    const delivery = start({ settings: { ...quick, timeoutMs: 10_000 } });
    await announce('t1');
    await until(() => receiver.seen.length === 1, 'under way');
    await delivery.stop(50);
    expect((await attemptsOf(store, 't1'))[0]).toMatchObject({ result: 'unknown', reason: 'aborted' });
  });
});
