// How does Kysely speak to SQLite? Through node:sqlite: https://nodejs.org/docs/latest-v24.x/api/sqlite.html
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  Kysely,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type SqliteStatement,
} from 'kysely';
import { fromSqlite, isBusy } from './faults.ts';
import type { SqliteSettings } from './settings.ts';
import type { Tables } from './tables.ts';

/** Opens one connection for writing and one that can only read. Writers take their lock at `begin`, never later. */
export function openSqlite(settings: SqliteSettings): { write: Kysely<Tables>; read: Kysely<Tables> } {
  // SQLite gives its companions -wal and -shm the mode of the database file.
  closeSync(openSync(settings.file, 'a', 0o600));
  const write = connect(settings);
  const read = connect(settings);
  write.exec('pragma busy_timeout = 0');
  read.exec('pragma query_only = on');
  const kysely = (database: DatabaseSync) =>
    new Kysely<Tables>({ dialect: dialect(database, settings.busyMs) });
  return { write: kysely(write), read: kysely(read) };
}

/**
 * Holds the right to be the one gateway on a database file: a lock of the operating system on a file beside it,
 * which ends with the process however that ends. Throws when another gateway has it, or when the disk does not let it be taken.
 */
export function lockSqlite(file: string): { release(): void } {
  const lock = new DatabaseSync(`${file}.lock`, { timeout: 0 });
  try {
    lock.exec('begin exclusive');
  } catch (cause) {
    lock.close();
    if (!isBusy(cause)) throw new Error(`The database ${file} cannot be locked: ${textOf(cause)}`, { cause });
    throw new Error(`Another gateway has the database ${file} open; one SQLite file serves one gateway`, {
      cause,
    });
  }
  return {
    release() {
      if (lock.isOpen) lock.close();
    },
  };
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');

function connect(settings: SqliteSettings): DatabaseSync {
  const database = new DatabaseSync(settings.file, { timeout: settings.busyMs });
  database.exec(`
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma foreign_keys = on;
    pragma recursive_triggers = on;
    pragma temp_store = memory;
    pragma journal_size_limit = 67108864;
  `);
  return database;
}

function dialect(database: DatabaseSync, busyMs: number): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new ImmediateDriver(adapt(database), busyMs),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/**
 * A transaction that begins as a reader and writes later fails when another process wrote in between: so it takes the
 * write lock at once. SQLite's own waiting would hold up the event loop, so the waiting for that lock is done here.
 */
class ImmediateDriver extends SqliteDriver {
  readonly #busyMs: number;
  constructor(database: SqliteDatabase, busyMs: number) {
    super({ database });
    this.#busyMs = busyMs;
  }
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    for (const end = performance.now() + this.#busyMs; ; ) {
      try {
        await connection.executeQuery(CompiledQuery.raw('begin immediate'));
        return;
      } catch (error) {
        if (!isBusy(error) || performance.now() >= end) throw error;
        await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 9));
      }
    }
  }
}

const cachedStatements = 500;

function adapt(database: DatabaseSync): SqliteDatabase {
  const cache = new Map<string, SqliteStatement>();
  function prepare(sql: string): SqliteStatement {
    const known = cache.get(sql);
    if (known !== undefined) return known;
    const statement = translating(() => statementOf(database, sql));
    cache.set(sql, statement);
    const oldest = cache.size > cachedStatements ? cache.keys().next().value : undefined;
    if (oldest !== undefined) cache.delete(oldest);
    return statement;
  }
  return { prepare, close: () => database.close() };
}

function statementOf(database: DatabaseSync, sql: string): SqliteStatement {
  const statement = database.prepare(sql);
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => translating(() => statement.all(...parameters.map(bindable))),
    run: (parameters) => translating(() => statement.run(...parameters.map(bindable))),
    // A cursor stays open between rows, so it gets a statement that nobody else runs meanwhile.
    iterate: (parameters) => rows(database.prepare(sql), parameters),
  };
}

function* rows(statement: StatementSync, parameters: readonly unknown[]): IterableIterator<unknown> {
  yield* statement.iterate(...parameters.map(bindable));
}

function bindable(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'bigint' || value instanceof Uint8Array) return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  throw new TypeError(`A column cannot hold a value of type ${typeof value}`);
}

function translating<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw fromSqlite(error);
  }
}
