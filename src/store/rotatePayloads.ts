// How does content move to a new key? Row by row, while gateways run; what is done stays done when it is interrupted.
import { GatewayError } from '../errors.ts';
import type { KeyRing } from './keyRing.ts';
import { resealed } from './payloads.ts';
import type { Store, Unit } from './store.ts';

/** `damaged` names the payloads that did not open: they are left as they are. */
export type Rotation = { resealed: number; damaged: readonly string[] };

const pageLength = 256;
/** Payloads can be large: few at a time are in memory. */
const atOnce = 8;

/**
 * Seals every payload of an older key with the current key, and goes round again until none is left, because gateways
 * that have not read the new key yet go on sealing with theirs.
 */
export async function rotatePayloads(
  deps: { store: Store; keys: KeyRing },
  onProgress: (progress: { resealed: number; damaged: number }) => void = () => undefined,
): Promise<Rotation> {
  const damaged = new Set<string>();
  let done = 0;
  for (let before = -1; before !== done; ) {
    before = done;
    for await (const ids of olderPayloads(deps)) {
      const outcomes = await Promise.all(ids.map((id) => resealOne(deps, id)));
      for (const [index, outcome] of outcomes.entries()) {
        if (outcome === 'resealed') done += 1;
        if (outcome === 'damaged') damaged.add(ids[index] ?? '');
      }
      onProgress({ resealed: done, damaged: damaged.size });
    }
  }
  return { resealed: done, damaged: [...damaged] };
}

async function* olderPayloads({ store, keys }: { store: Store; keys: KeyRing }): AsyncGenerator<string[]> {
  for (let after = ''; ; ) {
    const rows = await store.read
      .selectFrom('payload')
      .select('id')
      .where('key_id', '!=', keys.currentKeyId())
      .where('id', '>', after)
      .orderBy('id')
      .limit(pageLength)
      .execute();
    const ids = rows.map((row) => row.id);
    for (let from = 0; from < ids.length; from += atOnce) yield ids.slice(from, from + atOnce);
    const last = ids.at(-1);
    if (last === undefined || ids.length < pageLength) return;
    after = last;
  }
}

async function resealOne(
  { store, keys }: { store: Store; keys: KeyRing },
  id: string,
): Promise<'resealed' | 'damaged' | 'gone'> {
  try {
    return await store.write((unit) => resealIn(unit, keys, id));
  } catch (error) {
    if (error instanceof GatewayError && error.kind === 'fault') return 'damaged';
    throw error;
  }
}

async function resealIn({ db }: Unit, keys: KeyRing, id: string): Promise<'resealed' | 'gone'> {
  const older = db
    .selectFrom('payload')
    .selectAll()
    .where('id', '=', id)
    .where('key_id', '!=', keys.currentKeyId());
  const row = await older.executeTakeFirst();
  if (row === undefined) return 'gone';
  const { key_id, nonce, ciphertext } = resealed(keys, row);
  const updated = await db
    .updateTable('payload')
    .set({ key_id, nonce, ciphertext })
    .where('id', '=', id)
    .where('key_id', '=', row.key_id)
    .executeTakeFirst();
  return updated.numUpdatedRows > 0n ? 'resealed' : 'gone';
}
