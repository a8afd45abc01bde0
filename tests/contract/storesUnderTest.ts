// Which stores do the contract tests run on? A fresh SQLite file and a fresh PostgreSQL database for each.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createChain, type GatewayChain } from '../../src/audit/chain.ts';
import type { Clock } from '../../src/model.ts';
import { createKeyFile } from '../../src/store/keyFile.ts';
import { openKeyRing } from '../../src/store/keyRing.ts';
import { openStore, type StoreDeps } from '../../src/store/openStore.ts';
import { type StoreSettings, type StoreSettingsInput, storeSettings } from '../../src/store/settings.ts';
import type { Store } from '../../src/store/store.ts';

export type StoreKind = Store['kind'];

export type OpenOptions = {
  gateway?: string;
  clock?: Clock;
  role?: 'gateway' | 'command';
  settings?: Partial<StoreSettings>;
};

/** One database; `open` gives a store on it, as often as asked. `end` closes what is open and drops it. */
export type Ground = {
  kind: StoreKind;
  folder: string;
  keyFile: string;
  settings: StoreSettingsInput;
  alarms: string[];
  open(options?: OpenOptions): Promise<Store & { chain: GatewayChain }>;
  end(): Promise<void>;
};

const given = process.env.SLUIS_TEST_POSTGRESQL;
const server = given ?? 'postgres://root@127.0.0.1:5432/test';

/** `npm run check` names SQLite alone. A server that is given must be there; the usual one may be missing, which is said. */
async function kindsToTest(): Promise<readonly StoreKind[]> {
  if (process.env.SLUIS_TEST_STORES === 'sqlite') return ['sqlite'];
  if (given !== undefined) return ['sqlite', 'postgresql'];
  try {
    await onServer('select 1');
    return ['sqlite', 'postgresql'];
  } catch (error) {
    // one that is there but full or still starting is no reason to leave its tests out
    if (error instanceof pg.DatabaseError && /^(53|57P)/.test(error.code ?? '')) throw error;
    process.stderr.write(`skipped: no PostgreSQL at ${new URL(server).host}\n`);
    return ['sqlite'];
  }
}

export const storeKinds = await kindsToTest();
export const hasPostgresql = storeKinds.includes('postgresql');

export async function prepareGround(kind: StoreKind): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), 'sluis-store-'));
  const keyFile = join(folder, 'keys.json');
  createKeyFile(keyFile);
  const database = `sluis_test_${randomBytes(6).toString('hex')}`;
  if (kind === 'postgresql') await onServer(`create database ${database}`);
  const settings: StoreSettingsInput =
    kind === 'sqlite'
      ? { kind, keyFile, file: join(folder, 'sluis.db') }
      : { kind, keyFile, url: server.replace(/\/[^/]*$/, `/${database}`), connections: 4 };
  const alarms: string[] = [];
  const opened: Store[] = [];
  async function open(options: OpenOptions = {}) {
    const { gateway = 'gateway-1', clock = () => new Date(), role, settings: extra } = options;
    const keys = openKeyRing(keyFile);
    const chain = createChain({ name: gateway, keys, clock });
    const deps: StoreDeps = { clock, keys, chain, alarm: (reason) => alarms.push(reason) };
    const complete = storeSettings.parse({ ...settings, ...extra });
    const store = await openStore(complete, role === undefined ? deps : { ...deps, role });
    opened.push(store);
    return { ...store, chain };
  }
  async function end() {
    for (const store of opened) await store.close().catch(() => undefined);
    if (kind === 'postgresql') await onServer(`drop database if exists ${database} with (force)`);
    rmSync(folder, { recursive: true, force: true });
  }
  return { kind, folder, keyFile, settings, alarms, open, end };
}

/** Runs one statement on the server's own test database, or on the one that is named. */
export async function onServer(statement: string, database?: string): Promise<void> {
  const connectionString = database === undefined ? server : server.replace(/\/[^/]*$/, `/${database}`);
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
