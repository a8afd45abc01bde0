// How many bytes of bodies are in memory? One budget for all requests together, and a largest share for one participant.
import { GatewayError } from '../errors.ts';

/** What one request holds; `take` throws when there is no room, `release` gives all of it back. */
export type Holding = { take(bytes: number): void; release(): void };

export type BodyBudget = { hold(owner: string): Holding; inUse(): number };

const retryLater = { 'Retry-After': '1' };

/** Counts bytes as they arrive, so that a caller who announces much and sends nothing takes no room. */
export function createBodyBudget(limits: { budgetBytes: number; participantShare: number }): BodyBudget {
  const share = limits.budgetBytes * limits.participantShare;
  const byOwner = new Map<string, number>();
  let total = 0;

  const add = (owner: string, bytes: number) => {
    total += bytes;
    const held = (byOwner.get(owner) ?? 0) + bytes;
    if (held > 0) byOwner.set(owner, held);
    else byOwner.delete(owner);
  };

  return {
    inUse: () => total,
    hold(owner) {
      let mine = 0;
      return {
        take(bytes) {
          if ((byOwner.get(owner) ?? 0) + bytes > share) {
            throw new GatewayError('tooMany', 'Too many large requests at once.', { headers: retryLater });
          }
          if (total + bytes > limits.budgetBytes) {
            throw new GatewayError('unavailable', 'The gateway has no room for this request now.', {
              reason: 'body-budget',
              headers: retryLater,
            });
          }
          mine += bytes;
          add(owner, bytes);
        },
        release() {
          add(owner, -mine);
          mine = 0;
        },
      };
    },
  };
}
