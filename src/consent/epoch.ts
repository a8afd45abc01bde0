// How does a "no" reach the cached permits of every gateway at once? A counter per patient, read at each use of the cache.
import { sql } from 'kysely';
import { compiledOnce } from '../store/compiled.ts';
import type { Store, Unit } from '../store/store.ts';

const epochOf = compiledOnce<{ patientHash: string }, { epoch: number }>((db, slot) =>
  db.selectFrom('consent_epoch').select('epoch').where('patient_hash', '=', slot('patientHash')),
);

/** How often what is known of this patient's will has changed; 0 when never. */
export async function readEpoch(store: Pick<Store, 'read'>, patientHash: string): Promise<number> {
  const [row] = await epochOf(store.read, { patientHash });
  return row?.epoch ?? 0;
}

/**
 * Makes every permit of this patient that any gateway has cached worthless, from the commit of the unit on. To be
 * called in the unit that writes a new consent, an objection, a withdrawal or a notified copy.
 */
export async function dropPermits(unit: Unit, patientHash: string): Promise<void> {
  await unit.db
    .insertInto('consent_epoch')
    .values({ patient_hash: patientHash, epoch: 1 })
    .onConflict((conflict) =>
      conflict.column('patient_hash').doUpdateSet({ epoch: sql<number>`consent_epoch.epoch + 1` }),
    )
    .execute();
}
