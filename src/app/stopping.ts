// In which order does a gateway end? Not ready, deliveries, requests, then what they stood on.
import type { Server } from 'node:http';
import type { Config } from '../config.ts';
import type { Delivery } from '../delivery/startDelivery.ts';
import type { Lifecycle } from '../http/lifecycle.ts';
import type { Outgoing } from '../outgoing/outgoing.ts';
import type { Foundation } from './foundation.ts';
import type { Preparing } from './preparing.ts';
import type { Asking } from './retrieval.ts';
import type { Sweeps } from './sweeps.ts';

export type Stopped = {
  config: Pick<Config, 'gateway'>;
  lifecycle: Lifecycle;
  delivery: Delivery;
  preparing: Preparing;
  sweeps: Sweeps;
  outgoing: Outgoing;
  asking: Asking;
  foundation: Foundation;
  data: Server;
  ops: Server;
};

/** A caller that keeps its connection after the last answer must not hold up the stop. */
const idleLookMs = 100;

/**
 * Ends everything within `withinMs`, but for the last writes. Readiness goes off at once; deliveries end before the
 * listener does, since a receiver asks for our key set before it gives a token.
 */
export async function stopAll(parts: Stopped, withinMs: number): Promise<void> {
  const until = Date.now() + withinMs;
  const left = (): number => Math.max(0, until - Date.now());
  const { lifecycle, delivery, data, ops } = parts;
  await lifecycle.stop([], { noticeMs: Math.min(parts.config.gateway.noticeMs, left()), drainMs: 0 });
  await delivery.stop(left());
  const idle = setInterval(() => data.closeIdleConnections(), idleLookMs);
  await lifecycle.stop([data], { noticeMs: 0, drainMs: left() });
  clearInterval(idle);
  await parts.sweeps.stop();
  await parts.asking.close();
  await parts.preparing.close();
  await parts.outgoing.close();
  await parts.foundation.close();
  await lifecycle.stop([ops], { noticeMs: 0, drainMs: 0 });
}
