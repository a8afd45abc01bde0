// What can an operator see of delivery and alarms? Counts beside those of the listeners.
import { Counter, Gauge } from 'prom-client';
import { countStates, oldestUndeliveredMs } from '../delivery/outboxViews.ts';
import type { DeliveryDeps } from '../delivery/startDelivery.ts';
import type { Log } from '../http/log.ts';
import type { Metrics } from '../http/metrics.ts';
import type { Clock } from '../model.ts';
import type { Store } from '../store/store.ts';

export type Alarms = (reason: string, detail?: string) => void;

/** An alarm is logged as an error and counted by its reason. */
export function createAlarms({ registry }: Metrics, log: Log): Alarms {
  const counter = new Counter({
    name: 'sluis_alarms_total',
    help: 'Things an operator must hear of',
    labelNames: ['reason'] as const,
    registers: [registry],
  });
  return (reason, detail) => {
    counter.inc({ reason });
    log.error({ reason, ...(detail === undefined ? {} : { detail }) }, 'alarm');
  };
}

/** A store that does not answer must not take all other figures with it: only what it would have told is absent. */
const untold = () => undefined;

/** Counts attempts, and shows the outbox by state with the age of the oldest that waits. */
export function observeDelivery(
  { registry }: Metrics,
  { store, clock }: { store: Store; clock: Clock },
): NonNullable<DeliveryDeps['observe']> {
  const registers = [registry];
  const attempts = new Counter({
    name: 'sluis_notification_attempts_total',
    help: 'Attempts to deliver a notification or callback',
    labelNames: ['result', 'kind'] as const,
    registers,
  });
  new Gauge({
    name: 'sluis_outbox_rows',
    help: 'Notifications by state',
    labelNames: ['state'] as const,
    registers,
    async collect() {
      this.reset();
      const counts = await countStates(store).catch(untold);
      for (const [state, count] of Object.entries(counts ?? {})) this.set({ state }, count);
    },
  });
  new Gauge({
    name: 'sluis_outbox_oldest_seconds',
    help: 'Age of the oldest notification still to be delivered',
    registers,
    async collect() {
      const ms = await oldestUndeliveredMs(store, clock()).catch(untold);
      if (ms === undefined) this.remove();
      else this.set(ms / 1_000);
    },
  });
  return ({ result, kind }) => attempts.inc({ result: String(result), kind });
}
