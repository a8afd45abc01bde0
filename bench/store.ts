// How many durable writes does a store do, one by one and together, beside a bare insert of the same bytes?
// node bench/store.ts [writes] [bytes]
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import pg from 'pg';
import { verifyAudit } from '../src/audit/verify.ts';
import type { Store } from '../src/store/store.ts';
import { type Ground, prepareGround, storeKinds } from '../tests/contract/storesUnderTest.ts';
import { countArgument } from './arguments.ts';

const usage = 'node bench/store.ts [WRITES [BYTES]]';
const writes = countArgument(0, 1_000, usage);
const bytes = countArgument(1, 61_000, usage);
const body = Buffer.alloc(bytes, 'a');
const audited = { event: 'bench.written', action: 'C', outcome: 'success', patientBsn: '999911612' } as const;

async function timed(name: string, count: number, work: () => Promise<unknown> | unknown): Promise<number> {
  const begun = performance.now();
  await work();
  const perSecond = (count / (performance.now() - begun)) * 1_000;
  console.log(`${name.padEnd(46)} ${Math.round(perSecond).toString().padStart(8)}/s`);
  return perSecond;
}

async function inTurn(
  count: number,
  callers: number,
  one: (number: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (next < count) await one(next++);
    }),
  );
}

async function bareInsert(ground: Ground): Promise<() => Promise<void>> {
  if (ground.settings.kind === 'sqlite') {
    const database = new DatabaseSync(join(ground.folder, 'bare.db'));
    database.exec(
      'pragma journal_mode = wal; pragma synchronous = full; create table bare (id text primary key, body blob)',
    );
    const insert = database.prepare('insert into bare values (?, ?)');
    return async () => void insert.run(randomUUID(), body);
  }
  const client = new pg.Client({ connectionString: ground.settings.url });
  await client.connect();
  client.on('error', () => undefined);
  await client.query('create table bare (id text primary key, body bytea)');
  return async () => void (await client.query('insert into bare values ($1, $2)', [randomUUID(), body]));
}

const sealed = (store: Store) => () =>
  store.write(async (unit) => {
    unit.audit(audited);
    await unit.seal(body, 'bench');
  });
const recorded = (store: Store) => () => store.write(async (unit) => unit.audit(audited));

for (const kind of storeKinds) {
  const ground = await prepareGround(kind);
  try {
    console.log(`\n${kind}, ${bytes} bytes`);
    const store = await ground.open();
    const bare = await bareInsert(ground);
    await inTurn(50, 8, sealed(store));
    const floor = await timed('bare insert, each flushed', writes, () => inTurn(writes, 1, bare));
    await timed('sealed and audited, one by one', writes, () => inTurn(writes, 1, sealed(store)));
    const shared = await timed('sealed and audited, 32 callers', writes, () =>
      inTurn(writes, 32, sealed(store)),
    );
    console.log(
      `${'shared commits against the bare insert'.padEnd(46)} ${(shared / floor).toFixed(2).padStart(8)}`,
    );
    await timed('audit record alone, one by one', writes, () => inTurn(writes, 1, recorded(store)));
    await timed('audit record alone, 64 callers', writes * 5, () => inTurn(writes * 5, 64, recorded(store)));
    const { rows } = await sql<{ count: number }>`select count(*) as count from audit`.execute(store.read);
    const count = Number(rows[0]?.count);
    await timed(`verified, of ${count} records`, count, async () => {
      if (!(await verifyAudit(store, { publicKeys: [] })).ok) throw new Error('not whole');
    });
  } finally {
    await ground.end();
  }
}
