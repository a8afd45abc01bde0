// What when two things go wrong at once, or one for long? The pairs that hurt most, a few times each, after the random kills.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { onServer } from '../contract/storesUnderTest.ts';
import type { Gateway } from './gateways.ts';
import { count, type History } from './history.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

export type DoublesOptions = {
  world: World;
  history: History;
  random: Random;
  /** How often each pair. */
  times: number;
  /** How long the database is gone at the end. */
  longOutageMs: number;
  /** The hospital pushes one new content this many times at once. */
  pushEqually(times: number): Promise<unknown>;
};

/** Resolves with the number of kills, all gateways running. */
export async function breakTwice(options: DoublesOptions): Promise<number> {
  const { world, times } = options;
  let kills = 0;
  for (let time = 0; time < times; time++) {
    kills += await killWhenSilent(options);
    await cutUnderEqualPushes(options);
    await forgetWhileRead(options);
  }
  if (options.longOutageMs > 0) await longOutage(options);
  for (const gateway of world.gateways) await gateway.ready();
  return kills;
}

const allReady = async ({ gateways }: World): Promise<void> => {
  for (const gateway of gateways) await gateway.ready();
};

/** A receiver has accepted a notification and says nothing; at that moment all gateways die. */
async function killWhenSilent({ world, history, random }: DoublesOptions): Promise<number> {
  await allReady(world);
  const silent = world.receivers.map((receiver) => receiver.silence());
  const met = await Promise.race([...silent.map((one) => one.then(() => true)), wait(10_000, false)]);
  if (!met) throw new Error('No notification came to be met with silence');
  await wait(random.between(0, 30));
  await Promise.all(world.gateways.map((gateway) => gateway.kill()));
  count(history, 'kill at a silent receiver');
  for (const gateway of world.gateways) gateway.start();
  return world.gateways.length;
}

/** The same content comes fifty times at once, and the store goes away under it. */
async function cutUnderEqualPushes({ world, history, random, pushEqually }: DoublesOptions): Promise<void> {
  await allReady(world);
  count(history, 'store cut under 50 equal pushes');
  const pushing = pushEqually(50);
  await wait(random.between(5, 120));
  if (world.database !== undefined) {
    await cutConnections(world.database);
  } else {
    await limitAll(world.gateways, 4_096);
    await wait(300);
    await limitAll(world.gateways);
  }
  // a gateway that did not survive it is started again, as its keeper would
  await allReady(world);
  await pushing;
}

/** Nothing can be recorded while receivers fetch: nothing may be given. */
async function forgetWhileRead({ world, history }: DoublesOptions): Promise<void> {
  await allReady(world);
  count(history, 'no room for audit records while read');
  await stopAudit(world);
  await wait(1_500);
  await freeAudit(world);
}

const full = 'no room for audit records';

async function stopAudit(world: World): Promise<void> {
  if (world.database === undefined) {
    onFile(
      world,
      `create trigger audit_full before insert on audit begin select raise(abort, '${full}'); end`,
    );
    return;
  }
  const body = `begin raise exception '${full}' using errcode = '53100'; end`;
  await onServer(
    `create function audit_full() returns trigger language plpgsql as $$ ${body} $$`,
    world.database,
  );
  await onServer(
    'create trigger audit_full before insert on audit execute function audit_full()',
    world.database,
  );
}

async function freeAudit(world: World): Promise<void> {
  if (world.database === undefined) onFile(world, 'drop trigger audit_full');
  else await onServer('drop function audit_full cascade', world.database);
}

function onFile({ folder }: World, statement: string): void {
  const database = new DatabaseSync(join(folder, 'gateway-1/sluis.sqlite'), { timeout: 10_000 });
  try {
    database.exec(statement);
  } finally {
    database.close();
  }
}

/** The store is gone for much longer than any lease, wait or time limit. */
async function longOutage({ world, history, longOutageMs }: DoublesOptions): Promise<void> {
  await allReady(world);
  count(history, `store gone for ${longOutageMs / 1_000} s`);
  const { database } = world;
  if (database !== undefined) {
    await onServer(`alter database ${database} allow_connections false`);
    await cutConnections(database);
    await wait(longOutageMs);
    await onServer(`alter database ${database} allow_connections true`);
    return;
  }
  await limitAll(world.gateways, 4_096);
  await wait(longOutageMs);
  await limitAll(world.gateways);
}

async function limitAll(gateways: readonly Gateway[], bytes?: number): Promise<void> {
  for (const gateway of gateways) await gateway.limitFiles(bytes);
}

export const cutConnections = (database: string): Promise<void> =>
  onServer(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}'`);
