// How does a record get its place? Each gateway links its own: one chain for all would make them wait for each other.
import { type Kysely, sql } from 'kysely';
import type { Clock } from '../model.ts';
import { type AuditChain, ChainMoved, type PendingRecord } from '../store/auditChain.ts';
import { compiledOnce, insertedOnce } from '../store/compiled.ts';
import { isUniqueViolation } from '../store/faults.ts';
import type { KeyRing } from '../store/keyRing.ts';
import type { AuditTable, Tables } from '../store/tables.ts';
import { recordHash } from './canonical.ts';
import { recordOf } from './entry.ts';

/** The last record of a chain. An empty chain has seq 0 and no hash. */
export type ChainHead = { seq: number; hash: string };

export type GatewayChain = AuditChain & {
  name: string;
  /** The last record known to be committed; undefined before the first write and after a failed one. */
  head(): ChainHead | undefined;
  /** Calls the listener after each commit that added records. */
  onAdvance(listener: (head: ChainHead) => void): void;
};

export const emptyChain: ChainHead = { seq: 0, hash: '' };

/** `name` is the gateway's id: no two gateways that run at the same time may have the same. */
export function createChain(deps: { name: string; keys: KeyRing; clock: Clock }): GatewayChain {
  const listeners: ((head: ChainHead) => void)[] = [];
  let committed: ChainHead | undefined;
  let written: ChainHead | undefined;
  return {
    name: deps.name,
    head: () => committed,
    onAdvance: (listener) => {
      listeners.push(listener);
    },
    record: (entry) => recordOf(entry, deps.clock(), deps.keys),
    async append(db, records, kind) {
      const head = committed ?? (await headOf(db, deps.name));
      const positions = await nextPositions(db, kind, records.length);
      const rows = linked(records, { ...deps, head, positions });
      await insert(db, rows);
      const last = rows.at(-1) ?? head;
      written = { seq: last.seq, hash: last.hash };
    },
    settle(done) {
      committed = done ? (written ?? committed) : undefined;
      const advanced = done ? written : undefined;
      written = undefined;
      if (advanced !== undefined) for (const listener of listeners) listener(advanced);
    },
  };
}

/** The chain's last record in the table. */
export async function headOf(db: Kysely<Tables>, chain: string): Promise<ChainHead> {
  const last = await db
    .selectFrom('audit')
    .select(['seq', 'hash'])
    .where('chain', '=', chain)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last ?? emptyChain;
}

type Place = { name: string; keys: KeyRing; head: ChainHead; positions: readonly number[] };

function linked(records: readonly PendingRecord[], place: Place): AuditTable[] {
  let head = place.head;
  return records.map((record, index) => {
    const columns = inOrder(record, { chain: place.name, head, position: place.positions[index] ?? 0 });
    const hash = recordHash(columns);
    head = { seq: columns.seq, hash };
    return { ...columns, hash, mac: place.keys.hash('audit', hash) };
  });
}

/** In the order of canonical JSON, which then has nothing to move. */
function inOrder(record: PendingRecord, at: { chain: string; head: ChainHead; position: number }) {
  return {
    at: record.at,
    body: record.body,
    chain: at.chain,
    event: record.event,
    id: record.id,
    object: record.object,
    participant_id: record.participant_id,
    patient_hash: record.patient_hash,
    patient_key_id: record.patient_key_id,
    patient_payload: record.patient_payload,
    position: at.position,
    prev_hash: at.head.hash,
    seq: at.head.seq + 1,
  };
}

const fromSequence = compiledOnce<{ count: number }, { position: number }>((db, slot) =>
  db
    .selectFrom(sql<{ n: number }>`generate_series(1, ${slot('count')}::int)`.as('n'))
    .select(sql<number>`nextval('audit_position')`.as('position')),
);

const lastPosition = compiledOnce<Record<never, never>, { position: number | null }>((db) =>
  db.selectFrom('audit').select((take) => take.fn.max<number | null>('position').as('position')),
);

async function nextPositions(
  db: Kysely<Tables>,
  kind: 'sqlite' | 'postgresql',
  count: number,
): Promise<number[]> {
  if (kind === 'postgresql') return (await fromSequence(db, { count })).map((row) => row.position);
  const [last] = await lastPosition(db, {});
  return Array.from({ length: count }, (_, index) => (last?.position ?? 0) + 1 + index);
}

/** Well below what one statement may have as parameters. */
const rowsPerInsert = 500;

const insertRows = insertedOnce<AuditTable>((db, rows) => db.insertInto('audit').values(rows));

async function insert(db: Kysely<Tables>, rows: readonly AuditTable[]): Promise<void> {
  try {
    for (let from = 0; from < rows.length; from += rowsPerInsert) {
      await insertRows(db, rows.slice(from, from + rowsPerInsert));
    }
  } catch (error) {
    throw isUniqueViolation(error) ? new ChainMoved(error) : error;
  }
}
