// What does the store need of the audit chain, so that records are written in the transaction they tell of?
import type { Transaction } from 'kysely';
import type { AuditEntry } from '../model.ts';
import type { Store } from './store.ts';
import type { AuditTable, Tables } from './tables.ts';

/** A record before it has its place in the chain. */
export type PendingRecord = Omit<AuditTable, 'chain' | 'seq' | 'position' | 'prev_hash' | 'hash' | 'mac'>;

/** One chain per gateway; audit/chain.ts makes it. The store calls append once per transaction, then settle. */
export type AuditChain = {
  /** Cleans the entry, seals its patient, and gives it an id and a time. */
  record(entry: AuditEntry): PendingRecord;
  /** Links the records to the chain's head and inserts them. Throws `ChainMoved` when somebody else extended the chain. */
  append(db: Transaction<Tables>, records: readonly PendingRecord[], kind: Store['kind']): Promise<void>;
  /** Tells whether the transaction of the last append was committed. */
  settle(committed: boolean): void;
};

/** The chain's head in memory is no longer the head in the table: try again, it will be read anew. */
export class ChainMoved extends Error {
  constructor(cause: unknown) {
    super('The audit chain was extended by somebody else', { cause });
    this.name = 'ChainMoved';
  }
}
