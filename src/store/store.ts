// What does the rest of the gateway see of the store? A port with two implementations: SQLite and PostgreSQL.
import type { Kysely, Transaction } from 'kysely';
import type { AuditEntry } from '../model.ts';
import type { HashKind, Sealed } from './keyRing.ts';
import type { Tables } from './tables.ts';

/** One unit of durable work: everything in it is committed together with its audit records, or not at all. */
export type Unit = {
  db: Transaction<Tables>;
  /** Adds a record to this unit. Returns the record's id. The record is chained and written before the commit. */
  audit(entry: AuditEntry): string;
  /** Encrypts and inserts content; returns its payload id. `context` is authenticated with it and must be given to open it. */
  seal(plaintext: Uint8Array, context: string): Promise<string>;
  /** As the store's own, but of what is not committed yet, too: what was written before in the same transaction. */
  open(payloadId: string, context: string): Promise<Uint8Array>;
};

export type Store = {
  kind: 'sqlite' | 'postgresql';
  /** Committed state, from the primary. For reading only. */
  read: Kysely<Tables>;
  /**
   * Runs `job` in a transaction shared with other callers (group commit) and resolves once it is durable.
   * A job that throws is rolled back alone and rejects with its own error; a store that cannot commit rejects with
   * `unavailable`. A job may be run again after a deadlock, so it does nothing but database work.
   */
  write<T>(job: (unit: Unit) => Promise<T>): Promise<T>;
  /**
   * Reads and decrypts. Throws `fault` when the row is damaged or its key is unknown; never returns garbage. Content that is
   * gone because what named it names other content by now is `unavailable` with reason `content-replaced`, when
   * `isNamed` can tell.
   */
  open(payloadId: string, context: string, isNamed?: () => Promise<boolean>): Promise<Uint8Array>;
  /** Keyed hash (HMAC-SHA-256, base64url) for look-up of a value that must not be stored. `kind` separates domains. */
  hash(kind: HashKind, value: string): string;
  /** Decrypts what is sealed inside a row of its own, such as the patient of an audit record. Throws `fault` as `open` does. */
  reveal(sealed: Sealed, context: string): Uint8Array;
  /** Resolves when the database answers; rejects with `unavailable`. For /health/ready. */
  ping(): Promise<void>;
  close(): Promise<void>;
};
