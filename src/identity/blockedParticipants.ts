// Who may not ask anything at present? The operators' block, shared by all gateways through the store.
import { GatewayError } from '../errors.ts';
import type { Clock } from '../model.ts';
import type { Store } from '../store/store.ts';

export type BlockedParticipants = {
  /** Is this participant's access blocked? Rejects with `unavailable` when the store does not say. */
  has(participantId: string): Promise<boolean>;
};

/** One question to the store answers for everybody, and is asked again once it is older than `maxAgeMs`. */
export function createBlockedParticipants(deps: {
  store: Store;
  clock: Clock;
  maxAgeMs: number;
}): BlockedParticipants {
  let known: { at: number; ids: Promise<ReadonlySet<string>> } | undefined;

  const ask = async (): Promise<ReadonlySet<string>> => {
    try {
      const rows = await deps.store.read
        .selectFrom('participant_state')
        .select('participant_id')
        .where('access_blocked_at', 'is not', null)
        .execute();
      return new Set(rows.map((row) => row.participant_id));
    } catch (cause) {
      known = undefined;
      throw new GatewayError('unavailable', 'Access could not be checked.', { cause, reason: 'store' });
    }
  };

  return {
    async has(participantId) {
      const now = deps.clock().getTime();
      if (!known || Math.abs(now - known.at) >= deps.maxAgeMs) known = { at: now, ids: ask() };
      return (await known.ids).has(participantId);
    },
  };
}
