// Who has asked too often? Separate budgets per lane, so that one caller's flood costs nobody else anything.
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { GatewayError } from '../errors.ts';
import type { HttpSettings } from './settings.ts';

export type Lane = keyof HttpSettings['rates'];

export type Rates = {
  /** Takes one from this key's budget in this lane. Throws `tooMany` with Retry-After when it is used up. */
  take(lane: Lane, key: string): Promise<void>;
};

export function createRates(settings: HttpSettings['rates']): Rates {
  const limiter = (lane: Lane) =>
    new RateLimiterMemory({
      points: settings[lane].points,
      duration: settings[lane].seconds,
      keyPrefix: lane,
    });
  const limiters: Readonly<Record<Lane, RateLimiterMemory>> = {
    tokenPerAddress: limiter('tokenPerAddress'),
    tokenPerClient: limiter('tokenPerClient'),
    refusalsPerAddress: limiter('refusalsPerAddress'),
    push: limiter('push'),
    read: limiter('read'),
    status: limiter('status'),
    page: limiter('page'),
  };
  return {
    async take(lane, key) {
      try {
        await limiters[lane].consume(key);
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused;
        throw new GatewayError('tooMany', 'Too many requests; ask again later.', {
          headers: { 'Retry-After': String(Math.max(1, Math.ceil(refused.msBeforeNext / 1_000))) },
        });
      }
    },
  };
}
