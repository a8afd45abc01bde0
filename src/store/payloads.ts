// How does sealed content get into its table and out again?
import type { Kysely } from 'kysely';
import { GatewayError } from '../errors.ts';
import type { Clock } from '../model.ts';
import { compiledOnce, insertedOnce } from './compiled.ts';
import type { KeyRing } from './keyRing.ts';
import { sameHash } from './keyRing.ts';
import { rowId } from './rowId.ts';
import type { PayloadTable, Tables } from './tables.ts';

/** Seals content for one row: it opens under no other id and no other context. */
export function sealedRow(
  ring: KeyRing,
  clock: Clock,
  content: { plaintext: Uint8Array; context: string },
): PayloadTable {
  const now = clock();
  const id = rowId(now);
  const contextHash = ring.hash('context', content.context);
  const { keyId, nonce, ciphertext } = ring.seal(content.plaintext, boundTo(id, contextHash));
  return {
    id,
    key_id: keyId,
    nonce,
    ciphertext,
    context_hash: contextHash,
    created_at: now.toISOString(),
  };
}

/** Inserts sealed rows. */
export const insertPayloads = insertedOnce<PayloadTable>((db, rows) => db.insertInto('payload').values(rows));

const payloadById = compiledOnce<{ id: string }, PayloadTable>((db, slot) =>
  db.selectFrom('payload').selectAll().where('id', '=', slot('id')),
);

/** Throws `fault` when the row is missing, damaged, of another context, or of an unknown key. */
export async function openPayload(
  db: Kysely<Tables>,
  ring: KeyRing,
  wanted: { id: string; context: string },
): Promise<Uint8Array> {
  const [row] = await payloadById(db, { id: wanted.id });
  if (row === undefined) throw unreadable('payload-missing');
  if (!sameHash(row.context_hash, ring.hash('context', wanted.context))) throw unreadable('payload-damaged');
  return openRow(ring, row);
}

/** Opens a row by what is stored with it: for sealing it again. */
export function openRow(ring: KeyRing, row: PayloadTable): Uint8Array {
  const sealed = { keyId: row.key_id, nonce: row.nonce, ciphertext: row.ciphertext };
  return ring.open(sealed, boundTo(row.id, row.context_hash));
}

/** Seals a row's content again with the current key. */
export function resealed(ring: KeyRing, row: PayloadTable): PayloadTable {
  const plaintext = openRow(ring, row);
  const { keyId, nonce, ciphertext } = ring.seal(plaintext, boundTo(row.id, row.context_hash));
  return { ...row, key_id: keyId, nonce, ciphertext };
}

const boundTo = (id: string, contextHash: string) => `payload\0${id}\0${contextHash}`;

function unreadable(reason: string): GatewayError {
  return new GatewayError('fault', 'Stored content could not be opened', { reason });
}
