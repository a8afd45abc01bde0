// How long is what was said remembered? Until nobody is shown it any more; what was not delivered is never forgotten.
import type { Store } from '../store/store.ts';
import type { OutboxTable } from '../store/tables.ts';
import type { DeliverySettings } from './settings.ts';

const dayMs = 86_400_000;
const atOnce = 500;
const done: OutboxTable['state'][] = ['delivered', 'superseded'];

/**
 * Removes notifications with their attempts, at most 500 a turn, that were settled `keepDays` ago. One that tells of a
 * handover or a push that is still shown stays with it. So do all of a subject of which one is not delivered: the
 * later ones keep it from being replayed out of its order. Returns how many went.
 */
export async function purgeSettled(
  store: Store,
  now: Date,
  { keepDays }: Pick<DeliverySettings, 'keepDays'>,
): Promise<number> {
  const before = new Date(now.getTime() - keepDays * dayMs).toISOString();
  const due = await store.read
    .selectFrom('outbox as o')
    .select('o.id')
    .where('o.state', 'in', done)
    .where('o.settled_at', '<', before)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('handover as h').select('h.id').whereRef('h.id', '=', 'o.subject'))),
    )
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('push as p').select('p.id').whereRef('p.id', '=', 'o.subject'))),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('outbox as e')
            .select('e.id')
            .whereRef('e.subject', '=', 'o.subject')
            .where((eb) => eb.or([eb('e.state', 'not in', done), eb('e.settled_at', '>=', before)])),
        ),
      ),
    )
    .limit(atOnce)
    .execute();
  const ids = due.map((row) => row.id);
  if (ids.length > 0)
    await store.write(async ({ db }) => {
      await db.deleteFrom('attempt').where('outbox_id', 'in', ids).execute();
      await db.deleteFrom('outbox').where('id', 'in', ids).where('state', 'in', done).execute();
    });
  return ids.length;
}
