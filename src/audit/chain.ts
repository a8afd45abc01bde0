// How does a record get its place? Each gateway links its own: one chain for all would make them wait for each other.
import { type Kysely, sql } from 'kysely';
import type { Clock } from '../model.ts';
import { type AuditChain, ChainMoved, type PendingRecord } from '../store/auditChain.ts';
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
    const position = place.positions[index] ?? 0;
    const columns = { ...record, chain: place.name, seq: head.seq + 1, position, prev_hash: head.hash };
    const hash = recordHash(columns);
    head = { seq: columns.seq, hash };
    return { ...columns, hash, mac: place.keys.hash('audit', hash) };
  });
}

async function nextPositions(
  db: Kysely<Tables>,
  kind: 'sqlite' | 'postgresql',
  count: number,
): Promise<number[]> {
  if (kind === 'postgresql') {
    const query = sql<{
      position: number;
    }>`select nextval('audit_position') as position from generate_series(1, ${count}::int)`;
    const { rows } = await query.execute(db);
    return rows.map((row) => row.position);
  }
  const last = await db
    .selectFrom('audit')
    .select((take) => take.fn.max('position').as('position'))
    .executeTakeFirst();
  return Array.from({ length: count }, (_, index) => (last?.position ?? 0) + 1 + index);
}

/** Well below what one statement may have as parameters. */
const rowsPerInsert = 500;

async function insert(db: Kysely<Tables>, rows: readonly AuditTable[]): Promise<void> {
  try {
    for (let from = 0; from < rows.length; from += rowsPerInsert) {
      await db
        .insertInto('audit')
        .values(rows.slice(from, from + rowsPerInsert))
        .execute();
    }
  } catch (error) {
    throw isUniqueViolation(error) ? new ChainMoved(error) : error;
  }
}
