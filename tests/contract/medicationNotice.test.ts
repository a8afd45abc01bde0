// Is the receiver of a push really told, by the same delivery as a handover, and of nothing but where to look?
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deliverySettings } from '../../src/delivery/settings.ts';
import { type Delivery, startDelivery } from '../../src/delivery/startDelivery.ts';
import type { FhirResource, NotificationShape } from '../../src/model.ts';
import { createOutgoing, type Outgoing } from '../../src/outgoing/outgoing.ts';
import { createTokens } from '../../src/outgoing/tokens.ts';
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
    delivery = startDelivery({
      store,
      outgoing,
      clock,
      endpointOf: () => to,
      wayTo: () => to,
      tokens: createTokens({ outgoing, clock, signAssertion: async () => 'assertion', timeoutMs: 500 }),
      settings: deliverySettings.parse({ pollMs: 30 }),
      log: { info() {}, warn() {}, error() {} },
      owner: 'gateway-1',
    });
  };

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
});
