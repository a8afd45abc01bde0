// Are receiver and sender of a push really told, by the same delivery as a handover, and of nothing but where to look?
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { notificationsOf } from '../../src/delivery/outboxViews.ts';
import { deliverySettings } from '../../src/delivery/settings.ts';
import { type Delivery, startDelivery } from '../../src/delivery/startDelivery.ts';
import { expirePushes, tellNotificationEnd } from '../../src/exchange/index.ts';
import type { FhirResource, NotificationShape } from '../../src/model.ts';
import { createOutgoing, type Outgoing } from '../../src/outgoing/outgoing.ts';
import { createTokens } from '../../src/outgoing/tokens.ts';
import { createDirectory } from '../../src/routing/directory.ts';
import { endpoint } from '../world/cast.ts';
import { type Receiver, startReceiver, status, until } from './faultyReceiver.ts';
import { patient } from './holderServer.ts';
import { bsn, type MedicationStage, openMedicationStage } from './medicationStage.ts';
import * as world from './medicationWorld.ts';
import { storeKinds } from './storesUnderTest.ts';

const parameters: FhirResource = {
  resourceType: 'Parameters',
  parameter: [
    {
      name: 'receiver',
      valueIdentifier: { system: 'http://fhir.nl/fhir/NamingSystem/ura', value: '90001002' },
    },
    {
      name: 'content',
      resource: {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [
          patient('p1', bsn),
          world.product({ id: 'ma-own', prk: '1', name: 'Metformine' }),
          world.agreement({
            id: 'ma-own',
            treatment: 'mbh-own',
            prk: '1',
            name: 'Metformine',
            registered: '2024-01-01T10:00:00+01:00',
            start: '2024-01-01',
          }),
        ].map((resource) => ({
          fullUrl: `https://nurses.example/${resource.resourceType}/${resource.id}`,
          resource,
          request: { method: 'POST', url: resource.resourceType },
        })),
      },
    },
  ],
};

describe.each(storeKinds)('the notice of a push on %s', (kind) => {
  let stage: MedicationStage;
  let receiver: Receiver;
  let outgoing: Outgoing;
  let delivery: Delivery | undefined;
  beforeEach(async () => {
    stage = await openMedicationStage(kind);
    receiver = await startReceiver();
    receiver.standard = status(202);
    outgoing = createOutgoing({
      allowPrivate: ['127.0.0.0/8'],
      timeoutMs: 1_000,
      maxBytes: 100_000,
      connectionsPerHost: 8,
    });
  });
  afterEach(async () => {
    await delivery?.stop(500);
    await outgoing.close();
    await receiver.end();
    await stage.end();
  });

  const deliver = (shape: NotificationShape): void => {
    const { store, clock } = stage.deps;
    const to = endpoint('notification', { address: `${receiver.address}/notify`, shape });
    const back = endpoint('callback', { address: `${receiver.address}/callback` });
    delivery = startDelivery({
      store,
      outgoing,
      clock,
      endpointOf: () => to,
      wayTo: ({ kind: what }) => (what === 'callback' ? back : to),
      tokens: createTokens({ outgoing, clock, signAssertion: async () => 'assertion', timeoutMs: 500 }),
      settings: deliverySettings.parse({ pollMs: 30 }),
      log: { info() {}, warn() {}, error() {} },
      owner: 'gateway-1',
      atEnd: (unit, row) => tellNotificationEnd(unit, row, stage.deps),
    });
  };
  /** From now on the sender takes callbacks. */
  const callBack = (): void => {
    const all = Object.values(stage.cast).map((one) =>
      one.id === 'nurses' ? { ...one, endpoints: [endpoint('callback')] } : one,
    );
    Object.assign(stage.deps.directory, createDirectory(all));
  };
  const pushed = async () => {
    const { headers } = await stage.post('$push-medication', parameters);
    const [, id = ''] = headers?.Location?.split('/r4/Task/') ?? [];
    return { path: `Task/${id}`, task: headers?.Location ?? '' };
  };
  const outbox = () => stage.deps.store.read.selectFrom('outbox').selectAll().orderBy('seq').execute();
  const said = async () =>
    (await outbox()).filter((row) => row.kind === 'callback').map((row) => JSON.parse(row.message).callback);

  test.each(['A', 'D', 'E'] as const)('arrives in shape %s, once, and is in the Task', async (shape) => {
    const pushed = await stage.post('$push-medication', parameters);
    const location = pushed.headers?.Location ?? '';
    const path = location.split('/').slice(-2).join('/');
    deliver(shape);
    const settled = async () =>
      JSON.stringify((await stage.get(path, 'nurses')).resource).includes('delivered');
    await until(settled, 'the Task tells of the delivery');
    expect(receiver.seen).toHaveLength(1);
    const [notice] = receiver.seen;
    const said = `${notice?.url} ${notice?.body} ${JSON.stringify(notice?.headers)}`;
    expect(said).toContain(path.split('/')[1]);
    for (const secret of [bsn, 'Metformine', 'Patient']) expect(said).not.toContain(secret);
  });

  test('that the receiver refuses is told to the sender, once, and that it was taken back', async () => {
    callBack();
    receiver.standard = (request, response) =>
      void response.writeHead(request.url.startsWith('/notify') ? 400 : 204).end();
    const { path, task } = await pushed();
    deliver('A');
    const heard = () =>
      receiver.seen.filter(({ url }) => url === '/callback').map(({ body }) => JSON.parse(body));
    await until(() => heard().length > 0, 'a callback');
    const failed = { task, version: 1, state: 'in-progress', reason: 'notification-failed' };
    expect(heard()).toEqual([failed]);
    await stage.ask({ method: 'POST', path: [...path.split('/'), '$cancel-push'] });
    await until(() => heard().length > 2, 'callbacks of the cancellation');
    const cancelled = { ...failed, state: 'cancelled' };
    const { reason, ...withoutReason } = cancelled;
    expect(heard()).toEqual([failed, withoutReason, { ...cancelled, reason }]);
    const [subject = ''] = (await outbox()).map((row) => row.subject);
    expect(await notificationsOf(stage.deps.store, subject)).toHaveLength(5);
  });

  test('that the receiver refuses is no news once it was taken back', async () => {
    callBack();
    const { path } = await pushed();
    const cancelled = () => stage.ask({ method: 'POST', path: [...path.split('/'), '$cancel-push'] });
    receiver.script = [(_, response) => void cancelled().then(() => response.writeHead(400).end())];
    deliver('A');
    await until(async () => (await outbox()).length === 3, 'it was taken back');
    await until(async () => (await outbox()).every((row) => row.settled_at !== null), 'all was said');
    expect(await said()).toEqual([{ state: 'cancelled' }]);
  });

  test('that was read although the receiver refused its notice is no news', async () => {
    callBack();
    receiver.standard = status(400);
    const { path } = await pushed();
    await stage.get(path);
    deliver('A');
    await until(async () => (await outbox())[0]?.state === 'failed', 'the refusal');
    expect(await said()).toEqual([]);
  });

  test.each([
    ['unread', false],
    ['after it was read', true],
  ])('whose grant ends %s is told to the sender only when nobody read it', async (_, isRead) => {
    callBack();
    const { path } = await pushed();
    const { resource } = await stage.get(path);
    const focus = resource?.focus as { reference?: string } | undefined;
    if (isRead) await stage.get(focus?.reference ?? '');
    stage.later(31 * 24 * 60 * 60 * 1000);
    expect([await expirePushes(stage.deps), await expirePushes(stage.deps)]).toEqual([1, 0]);
    expect(await said()).toEqual(isRead ? [] : [{ state: 'expired', reason: 'not-fetched' }]);
  });
});
