// Which settings does delivery have?
import { z } from 'zod';

const whole = ([least, standard, most]: readonly [number, number, number], what: string) =>
  z.int().min(least).max(most).default(standard).describe(what);

const second = 1_000;
const day = 86_400_000;

/** The settings slice `delivery`. */
export const deliverySettings = z
  .strictObject({
    pollMs: whole(
      [20, 500, 10 * second],
      'Milliseconds between two looks at the outbox; also how soon a stop is obeyed.',
    ),
    leaseMs: whole(
      [500, 15 * second, 600 * second],
      'Milliseconds after which what a silent gateway had claimed is taken over. Renewed while it is alive.',
    ),
    timeoutMs: whole([50, 10 * second, 120 * second], 'Milliseconds for one notification or token request.'),
    firstRetryMs: whole(
      [10, 2 * second, 600 * second],
      'Upper bound of the first wait after a failure; doubles each time.',
    ),
    maxRetryMs: whole([10, 600 * second, day], 'Upper bound of the wait between two attempts.'),
    maxRetryAfterMs: whole(
      [0, 3_600 * second, 7 * day],
      'The longest Retry-After of a receiver that is obeyed.',
    ),
    deadAfterMs: whole(
      [100, 3 * day, 90 * day],
      'Age at which an undelivered notification becomes a dead letter.',
    ),
    concurrency: whole([1, 64, 1_000], 'Notifications under way at once, over all endpoints.'),
    callbackConcurrency: whole(
      [1, 16, 1_000],
      'Callbacks to senders under way at once; apart from notifications.',
    ),
    perEndpoint: whole([1, 4, 100], 'Notifications under way at once to one endpoint.'),
    breakerFailures: whole(
      [1, 5, 1_000],
      'Failures in a row after which an endpoint is left alone for a while.',
    ),
    keepDays: whole(
      [1, 365, 3_650],
      'Days for which a delivered or superseded notification and its attempts are kept at least; as long as its handover or push is shown, and undelivered ones for ever.',
    ),
    breakerOpenMs: whole(
      [10, 15 * second, 3_600 * second],
      'Milliseconds until one attempt probes such an endpoint.',
    ),
  })
  .refine((settings) => settings.leaseMs >= 3 * settings.pollMs, {
    message: 'must be at least three times pollMs, or living gateways lose their leases',
    path: ['leaseMs'],
  })
  .prefault({})
  .describe('Notifications and callbacks: retries, limits, dead letters.');

export type DeliverySettings = z.output<typeof deliverySettings>;
