// How many requests of one participant may be under way at once? A cap, so that one caller cannot fill the queues that all share.
import type { ServerResponse } from 'node:http';
import { GatewayError } from '../errors.ts';

export type UnderWay = {
  /** Counts one more; gives back what to call when it has ended. Throws `tooMany` at the cap. */
  enter(owner: string): () => void;
};

/** Acts once the answer is out or its caller is gone: at once where that came before. */
export function whenOver(response: ServerResponse, act: () => void): void {
  if (response.closed) act();
  else response.once('close', act);
}

export function createUnderWay(most: number): UnderWay {
  const byOwner = new Map<string, number>();
  return {
    enter(owner) {
      const now = byOwner.get(owner) ?? 0;
      if (now >= most) {
        throw new GatewayError('tooMany', 'Too many requests at once; wait for answers before asking more.', {
          reason: 'under-way',
          headers: { 'Retry-After': '1' },
        });
      }
      byOwner.set(owner, now + 1);
      return () => {
        const left = (byOwner.get(owner) ?? 1) - 1;
        if (left > 0) byOwner.set(owner, left);
        else byOwner.delete(owner);
      };
    },
  };
}
