// Are these the keys that the database was made with? Asked at start, before anything is sealed with a wrong one.
import type { Kysely } from 'kysely';
import { type KeyRing, sameHash } from './keyRing.ts';
import type { Tables } from './tables.ts';

/**
 * Throws when a key of the ring is another than the one this database knows by that name, when the hash key is
 * another, or when the ring misses a key that rows still need. Keys that the database does not know yet are noted.
 */
export async function checkRing(db: Kysely<Tables>, ring: KeyRing): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const checks = ring.checks();
    const known = await trx.selectFrom('ring_check').selectAll().execute();
    for (const { key_id, check_value } of known) {
      const check = checks.get(key_id);
      if (check !== undefined && !sameHash(check, check_value)) throw wrongKey(key_id);
    }
    for (const { key_id } of known.filter((one) => !checks.has(one.key_id))) {
      if (await keyInUse(trx, key_id)) throw missingKey(key_id);
      await trx.deleteFrom('ring_check').where('key_id', '=', key_id).execute();
    }
    const rows = [...checks].map(([key_id, check_value]) => ({ key_id, check_value }));
    await trx
      .insertInto('ring_check')
      .values(rows)
      .onConflict((conflict) => conflict.column('key_id').doNothing())
      .execute();
  });
}

/** Does any row need this key to be opened? Audit records keep theirs for ever: they cannot be sealed again. */
export async function keyInUse(db: Kysely<Tables>, keyId: string): Promise<boolean> {
  const payload = await db.selectFrom('payload').select('id').where('key_id', '=', keyId).limit(1).execute();
  if (payload.length > 0) return true;
  const record = await db
    .selectFrom('audit')
    .select('id')
    .where('patient_key_id', '=', keyId)
    .limit(1)
    .execute();
  return record.length > 0;
}

function wrongKey(keyId: string): Error {
  return keyId === '#hash'
    ? new Error('The hash key is not the one this database was made with')
    : new Error(`Key ${keyId} is not the key that this database knows by that name`);
}

const missingKey = (keyId: string) =>
  new Error(`The key file misses key ${keyId}, which stored content needs`);
