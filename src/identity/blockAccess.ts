// How does an operator keep a participant out at once? A switch in the store that every gateway sees.
import type { Store } from '../store/store.ts';

/** From now on the participant's assertions and tokens are refused, at every gateway. */
export const blockAccess = (store: Store, participantId: string, by: string): Promise<void> =>
  switchAccess(store, { participantId, by, block: true });

/** Ends `blockAccess`. */
export const allowAccess = (store: Store, participantId: string, by: string): Promise<void> =>
  switchAccess(store, { participantId, by, block: false });

async function switchAccess(
  store: Store,
  change: { participantId: string; by: string; block: boolean },
): Promise<void> {
  const { participantId, by, block } = change;
  const access_blocked_at = block ? new Date().toISOString() : null;
  await store.write(async (unit) => {
    await unit.db
      .insertInto('participant_state')
      .values({ participant_id: participantId, sending_stopped_at: null, access_blocked_at, changed_by: by })
      .onConflict((conflict) =>
        conflict.column('participant_id').doUpdateSet({ access_blocked_at, changed_by: by }),
      )
      .execute();
    unit.audit({
      event: block ? 'access.blocked' : 'access.allowed',
      action: 'U',
      outcome: 'success',
      detail: { participant: participantId, by },
    });
  });
}
