// What do operators still see when the store is gone?
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Ground, prepareGround } from '../../tests/contract/storesUnderTest.ts';
import { createLog } from '../http/log.ts';
import { createMetrics } from '../http/metrics.ts';
import { createAlarms, observeDelivery } from './observe.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await prepareGround('sqlite');
});
afterAll(() => ground.end());

it('shows all figures but those of the store, and these again when it is back', async () => {
  const store = await ground.open();
  const metrics = createMetrics();
  const here = { ...store };
  observeDelivery(metrics, { store: here, clock: () => new Date() });
  createAlarms(metrics, createLog('silent'))('store-gone');
  const shown = () => metrics.registry.metrics();
  expect(await shown()).toMatch(/^sluis_outbox_oldest_seconds 0$/m);

  const gone = () => {
    throw new Error('gone');
  };
  here.read = new Proxy(store.read, { get: () => gone });
  const figures = await shown();
  expect(figures).toContain('sluis_alarms_total{reason="store-gone"} 1');
  expect(figures).not.toMatch(/^sluis_outbox_(rows|oldest_seconds)[ {]/m);

  here.read = store.read;
  expect(await shown()).toMatch(/^sluis_outbox_rows\{state="waiting"\} 0$/m);
});
