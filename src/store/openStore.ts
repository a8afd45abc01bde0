// How is the store opened? Lock, tables, check of the keys; then the port of store.ts.
import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { GatewayError } from '../errors.ts';
import type { Clock } from '../model.ts';
import type { AuditChain } from './auditChain.ts';
import type { BatchDeps } from './batch.ts';
import { contentReplaced, storeUnavailable } from './faults.ts';
import type { KeyRing } from './keyRing.ts';
import { createLane, type Lane } from './lane.ts';
import { migrate } from './migrate.ts';
import { openPayload } from './payloads.ts';
import { openPostgresql } from './postgresql.ts';
import { checkRing } from './ringCheck.ts';
import type { StoreSettings } from './settings.ts';
import { lockSqlite, openSqlite } from './sqlite.ts';
import type { Store } from './store.ts';
import type { Tables } from './tables.ts';

/** What an operator must hear of: content that does not open, for whatever reason. */
export type StoreAlarm = 'key-unknown' | 'payload-damaged' | 'payload-missing';

export type StoreDeps = {
  clock: Clock;
  keys: KeyRing;
  chain: AuditChain;
  /** Called for each event that an operator must hear of; counts and logs it. */
  alarm(reason: StoreAlarm): void;
  /** `command` may open an SQLite file beside its gateway; `gateway` is the default. */
  role?: 'gateway' | 'command';
};

type Opened = { settings: StoreSettings; deps: StoreDeps; write: Kysely<Tables>; read: Kysely<Tables> };

/**
 * Opens the store, brings its tables up to date and checks that the keys are those it was made with. Throws when
 * another gateway has the SQLite file, when a newer release made the tables, or when a key is missing or wrong.
 */
export async function openStore(settings: StoreSettings, deps: StoreDeps): Promise<Store> {
  const lock =
    settings.kind === 'sqlite' && deps.role !== 'command' ? lockSqlite(settings.file) : { release() {} };
  const databases = settings.kind === 'sqlite' ? openSqlite(settings) : openPostgresql(settings);
  const end = async () => {
    await databases.write.destroy();
    await databases.read.destroy();
    lock.release();
  };
  try {
    await migrate(databases.write, settings.kind);
    await checkRing(databases.write, deps.keys);
  } catch (error) {
    await end();
    throw error;
  }
  return portOf({ settings, deps, ...databases }, end);
}

type Wanted = Parameters<BatchDeps['open']>[1];

function portOf(opened: Opened, end: () => Promise<void>): Store {
  const { settings, deps, read } = opened;
  const alarmed = (error: unknown) => {
    if (error instanceof GatewayError && isAlarm(error.reason)) deps.alarm(error.reason);
    return error;
  };
  const open = async (db: Kysely<Tables>, wanted: Wanted, isNamed?: Parameters<Store['open']>[2]) => {
    try {
      return await openPayload(db, deps.keys, wanted);
    } catch (error) {
      if (isNamed && isMissing(error) && !(await isNamed())) throw contentReplaced(error);
      throw alarmed(error);
    }
  };
  const lane = laneOf(opened, open);
  return {
    kind: settings.kind,
    read,
    write: lane.write,
    open: (id, context, isNamed) => open(read, { id, context }, isNamed),
    reveal(sealed, context) {
      try {
        return deps.keys.open(sealed, context);
      } catch (error) {
        throw alarmed(error);
      }
    },
    hash: deps.keys.hash,
    ping: () => ping(lane, read),
    async close() {
      await lane.close();
      await end();
    },
  };
}

function laneOf({ settings, deps, write }: Opened, open: BatchDeps['open']): Lane {
  const { clock, keys, chain } = deps;
  return createLane(settings, {
    db: write,
    kind: settings.kind,
    clock,
    keys,
    chain,
    open,
    jobMs: settings.statementMs,
  });
}

/** Both ways in must answer, and something must be written: a disk that is full or read-only still reads, and begins. */
async function ping(lane: Lane, read: Kysely<Tables>): Promise<void> {
  const key_hash = `ping ${randomUUID()}`;
  try {
    await sql`select 1`.execute(read);
    await lane.write(async ({ db }) => {
      await db.insertInto('replay').values({ key_hash, expires_at: '' }).execute();
      await db.deleteFrom('replay').where('key_hash', '=', key_hash).execute();
    });
  } catch (error) {
    throw error instanceof GatewayError ? error : storeUnavailable(error);
  }
}

const isMissing = (error: unknown) => error instanceof GatewayError && error.reason === 'payload-missing';

const alarms: readonly StoreAlarm[] = ['key-unknown', 'payload-damaged', 'payload-missing'];
const isAlarm = (reason: string | undefined): reason is StoreAlarm =>
  alarms.some((alarm) => alarm === reason);
