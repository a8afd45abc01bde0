// Does Mitz go on telling of a patient who is entered at one gateway in the instant in which another takes the last entry out?
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadCopy } from '../../src/consent/mitz/copy.ts';
import { createReceiveNotification } from '../../src/consent/mitz/receiveNotification.ts';
import { createSubscriptions, type Subscriptions } from '../../src/consent/mitz/subscriptions.ts';
import { isEntered, registerPatient, withdrawPatient } from '../../src/routing/regionalIndex.ts';
import { startMitz } from '../../src/sandbox/mitz.ts';
import type { Store } from '../../src/store/store.ts';
import { notice } from './mitzNotifyStage.ts';
import { bsn, client, practice, practiceUra, settingsFor } from './mitzStage.ts';
import { type Ground, hasPostgresql, prepareGround } from './storesUnderTest.ts';

const clock = () => new Date();
const entry = (exchange: string) => ({ patientBsn: bsn, exchange, participantId: practice.id });

type Gateway = { store: Store; subscriptions: Subscriptions };
let ground: Ground;
let sandbox: Awaited<ReturnType<typeof startMitz>>;
let one: Gateway;
let other: Gateway;

async function openGateway(name: string): Promise<Gateway> {
  const store = await ground.open({ gateway: name });
  const deps = { store, clock, outgoing: client(), settings: settingsFor(sandbox) };
  return { store, subscriptions: createSubscriptions(deps) };
}

const enter = (gateway: Gateway, exchange: string, then: () => unknown) =>
  gateway.store.write(async (unit) => {
    await registerPatient(unit, entry(exchange), { store: gateway.store, now: clock() });
    await gateway.subscriptions.plan(unit, { bsn }, practice);
    await then();
  });

const takeOut = (gateway: Gateway, exchange: string, then: () => unknown) =>
  gateway.store.write(async (unit) => {
    await withdrawPatient(unit, entry(exchange), gateway.store);
    const isLeft = () => isEntered(unit, entry(exchange), gateway.store);
    await gateway.subscriptions.planEnd(unit, { bsn, holder: practice, isEntered: isLeft });
    await then();
  });

/** Both at once: the second begins when the first has done its work and has not committed. */
async function meanwhile(first: (then: () => Promise<void>) => Promise<void>, second: () => Promise<void>) {
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const ended = first(async () => {
    resolve();
    await wait(200);
  });
  await ready;
  await Promise.all([ended, second()]);
}

const stateOf = async (): Promise<string | undefined> => (await one.subscriptions.list())[0]?.state;

beforeEach(async () => {
  if (!hasPostgresql) return;
  ground = await prepareGround('postgresql');
  sandbox = await startMitz();
  [one, other] = [await openGateway('gateway-1'), await openGateway('gateway-2')];
  await enter(one, 'wishes', () => undefined);
});
afterEach(async () => {
  if (!hasPostgresql) return;
  await sandbox.close();
  await ground.end();
});

const none = () => undefined;

test.runIf(hasPostgresql)('an entry that is made while the last one goes is followed', async () => {
  await meanwhile(
    (then) => takeOut(one, 'wishes', then),
    () => enter(other, 'medication', none),
  );
  expect(await stateOf()).toBe('wanted');
});

test.runIf(hasPostgresql)('an entry that goes while another is made ends nothing', async () => {
  await meanwhile(
    (then) => enter(other, 'medication', then),
    () => takeOut(one, 'wishes', none),
  );
  expect(await stateOf()).toBe('wanted');
});

test.runIf(hasPostgresql)('the last of two that go at once ends it', async () => {
  await enter(one, 'medication', none);
  await meanwhile(
    (then) => takeOut(one, 'wishes', then),
    () => takeOut(other, 'medication', none),
  );
  expect(await stateOf()).toBe('ending');
});

test.runIf(hasPostgresql)('a notification that meets the end leaves no copy for the next entry', async () => {
  const { store } = other;
  const receive = createReceiveNotification({ store, clock, alarm: none });
  await meanwhile(
    (then) => takeOut(one, 'wishes', then),
    () => expect(receive(notice(), { requestId: 'r' })).rejects.toMatchObject({ reason: 'not-subscribed' }),
  );
  const key = { patientHash: store.hash('bsn', bsn), holderUra: practiceUra };
  expect(await loadCopy(store, key)).toBeUndefined();
});
