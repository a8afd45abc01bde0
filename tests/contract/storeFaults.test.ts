// What happens to acknowledged writes when processes, connections and disks fail? Nothing, on either database.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { verifyAudit } from '../../src/audit/verify.ts';
import { GatewayError } from '../../src/errors.ts';
import type { Store, Unit } from '../../src/store/store.ts';
import { type Ground, hasPostgresql, onServer, prepareGround, storeKinds } from './storesUnderTest.ts';

const insert = (key: string) => (unit: Unit) =>
  unit.db.insertInto('replay').values({ key_hash: key, expires_at: '2030' }).execute();
const keysIn = async (store: Store) =>
  new Set((await store.read.selectFrom('replay').select('key_hash').execute()).map((row) => row.key_hash));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const kindOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof GatewayError ? error.kind : error),
  );

type Writer = {
  child: ChildProcess;
  lines: string[];
  until(text: string): Promise<void>;
  kill(): Promise<void>;
};

function startWriter(ground: Ground, a: { gateway: string; prefix: string; role?: string }): Writer {
  const script = fileURLToPath(new URL('./storeWriter.ts', import.meta.url));
  const settings = JSON.stringify(ground.settings);
  const child = spawn(process.execPath, [script, settings, a.gateway, a.prefix, a.role ?? 'gateway'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines: string[] = [];
  const heard = createInterface({ input: child.stdout! });
  const ended = new Promise<void>((resolve) => heard.on('close', () => resolve()));
  heard.on('line', (line) => lines.push(line));
  return {
    child,
    lines,
    async until(text) {
      for (let turn = 0; turn < 1_000; turn += 1) {
        if (lines.some((line) => line.startsWith(text))) return;
        await pause(10);
      }
      throw new Error(`The writer never said ${text}: ${lines.join()}`);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

describe.each(storeKinds)('a %s store in trouble', (kind) => {
  let ground: Ground;
  const writers: Writer[] = [];
  beforeEach(async () => {
    ground = await prepareGround(kind);
  });
  afterEach(async () => {
    for (const writer of writers.splice(0)) await writer.kill();
    await ground.end();
  });
  function writer(a: { gateway: string; prefix: string; role?: string }) {
    const started = startWriter(ground, a);
    writers.push(started);
    return started;
  }

  test('killed while it writes, it has every write it acknowledged, each with its record', async () => {
    const acknowledged = new Set<string>();
    for (const round of [1, 2, 3, 4]) {
      const running = writer({ gateway: 'gateway-1', prefix: `r${round}` });
      await running.until('ok');
      await pause(100 + Math.random() * 200);
      await running.kill();
      for (const line of running.lines) if (line.startsWith('ok ')) acknowledged.add(line.slice(3));
    }
    const store = await ground.open();
    const kept = await keysIn(store);
    expect(acknowledged.size).toBeGreaterThan(20);
    expect([...acknowledged].filter((key) => !kept.has(key))).toEqual([]);
    const recorded = await store.read.selectFrom('audit').select('object').execute();
    expect(new Set(recorded.map((row) => row.object))).toEqual(kept);
    expect(recorded).toHaveLength(kept.size);
    expect(await verifyAudit(store, { publicKeys: [] })).toMatchObject({ ok: true });
  });

  test('two processes that write at once make two whole chains and lose nothing', async () => {
    const role = kind === 'sqlite' ? 'command' : 'gateway';
    const one = writer({ gateway: 'gateway-1', prefix: 'one' });
    const two = writer({ gateway: 'gateway-2', prefix: 'two', role });
    await Promise.all([one.until('ok'), two.until('ok')]);
    const store = await ground.open({ gateway: 'reader', role: 'command' });
    for (let turn = 0; turn < 10; turn += 1) {
      expect(await verifyAudit(store, { publicKeys: [] })).toMatchObject({ ok: true });
      await pause(50);
    }
    await Promise.all([one.kill(), two.kill()]);
    const result = await verifyAudit(store, { publicKeys: [] });
    expect(result).toMatchObject({ ok: true, chains: [{ chain: 'gateway-1' }, { chain: 'gateway-2' }] });
    const kept = await keysIn(store);
    const said = [...one.lines, ...two.lines].filter((line) => line.startsWith('ok '));
    expect(said.filter((line) => !kept.has(line.slice(3)))).toEqual([]);
  });

  test('two that bear the same name by mistake extend one chain without a fork', async () => {
    const one = writer({ gateway: 'same', prefix: 'one' });
    const two = writer({ gateway: 'same', prefix: 'two', role: kind === 'sqlite' ? 'command' : 'gateway' });
    await Promise.all([one.until('ok'), two.until('ok')]);
    await pause(300);
    expect([one.child.exitCode, two.child.exitCode]).toEqual([null, null]);
    await Promise.all([one.kill(), two.kill()]);
    const store = await ground.open();
    expect(await verifyAudit(store, { publicKeys: [] })).toMatchObject({
      ok: true,
      chains: [{ chain: 'same' }],
    });
    const recorded = await store.read.selectFrom('audit').select('object').execute();
    expect(new Set(recorded.map((row) => row.object))).toEqual(await keysIn(store));
  });

  test('a commit that fails takes every record of it along, and the chain goes on without a gap', async () => {
    const store = await ground.open();
    const recording = async (unit: Unit) => {
      await insert('first')(unit);
      unit.audit({ event: 'test.written', action: 'C', outcome: 'success' });
    };
    await store.write(recording);
    const statements =
      kind === 'sqlite'
        ? ['pragma defer_foreign_keys = on']
        : ['alter table attempt alter constraint attempt_outbox_id_fkey deferrable initially deferred'];
    const orphan = { id: 'a', outbox_id: 'none', number: 1, started_at: '2030' };
    const failing = store.write(async (unit) => {
      for (const statement of statements) await sql.raw(statement).execute(unit.db);
      unit.audit({ event: 'test.lost', action: 'C', outcome: 'success' });
      await unit.db.insertInto('attempt').values(orphan).execute();
    });
    expect(await kindOf(failing)).toBe('unavailable');
    await store.write(async (unit) => unit.audit({ event: 'test.kept', action: 'C', outcome: 'success' }));
    const events = await store.read.selectFrom('audit').select(['seq', 'event']).orderBy('seq').execute();
    expect(events.map((row) => [row.seq, row.event])).toEqual([
      [1, 'test.written'],
      [2, 'test.kept'],
    ]);
    expect(await verifyAudit(store, { publicKeys: [] })).toMatchObject({ ok: true });
  });

  test('a store that takes nothing more says so when it is asked whether it is there', async () => {
    const store = await ground.open();
    await store.ping();
    const before = await store.read.selectFrom('replay').selectAll().execute();
    await forbidWriting(store, ground);
    expect(await kindOf(store.ping())).toBe('unavailable');
    await makeRoom(store, ground);
    await store.ping();
    expect(await store.read.selectFrom('replay').selectAll().execute()).toEqual(before);
  });

  test('a full disk refuses the write and acknowledges nothing; with room again it goes on by itself', async () => {
    const store = await ground.open();
    await store.write(insert('before'));
    await fill(store, ground);
    const big = async (unit: Unit) => {
      await insert('during')(unit);
      await unit.seal(Buffer.alloc(200_000), 'c');
    };
    expect(await kindOf(store.write(big))).toBe('unavailable');
    expect(await kindOf(Promise.all([store.write(big), store.write(big)]))).toBe('unavailable');
    expect(await keysIn(store)).toEqual(new Set(['before']));
    await makeRoom(store, ground);
    await store.write(big);
    expect(await keysIn(store)).toEqual(new Set(['before', 'during']));
  });
});

/** SQLite: no page more. PostgreSQL: nothing may be written at all, which is what it does to itself on a bad disk. */
async function fill(store: Store, ground: Ground): Promise<void> {
  if (ground.kind === 'sqlite') {
    await store.write(async (unit) => {
      const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(unit.db);
      await sql.raw(`pragma max_page_count = ${rows[0]!.page_count + 2}`).execute(unit.db);
    });
    return;
  }
  await onServer(`alter database ${databaseOf(ground)} set default_transaction_read_only = on`);
  await breakConnections(ground);
}

/** What reads goes on reading. */
async function forbidWriting(store: Store, ground: Ground): Promise<void> {
  if (ground.kind === 'postgresql') return fill(store, ground);
  const refuse = `begin select raise(abort, 'nothing may be written'); end`;
  await store.write((unit) =>
    sql.raw(`create trigger full before insert on replay ${refuse}`).execute(unit.db),
  );
}

async function makeRoom(store: Store, ground: Ground): Promise<void> {
  if (ground.kind === 'sqlite') {
    await store.write((unit) => sql.raw('drop trigger if exists full').execute(unit.db));
    await store.write((unit) => sql.raw('pragma max_page_count = 1000000').execute(unit.db));
    return;
  }
  await onServer(`alter database ${databaseOf(ground)} set default_transaction_read_only = off`);
  await breakConnections(ground);
  await pause(50);
}

const databaseOf = (ground: Ground) =>
  'url' in ground.settings ? ground.settings.url.replace(/^.*\//, '') : '';
const breakConnections = (ground: Ground) =>
  onServer(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${databaseOf(ground)}'`);

describe('SQLite alone', () => {
  let ground: Ground;
  beforeEach(async () => {
    ground = await prepareGround('sqlite');
  });
  afterEach(() => ground.end());

  test('a second gateway on the same file is refused, also from another process, and let in once the first is killed', async () => {
    const first = startWriter(ground, { gateway: 'gateway-1', prefix: 'a' });
    await first.until('ok');
    await expect(ground.open()).rejects.toThrow('one SQLite file serves one gateway');
    const second = startWriter(ground, { gateway: 'gateway-2', prefix: 'b' });
    await second.until('refused Another gateway');
    await second.kill();
    await first.kill();
    const store = await ground.open();
    await expect(ground.open()).rejects.toThrow('one SQLite file serves one gateway');
    await store.write(insert('after'));
  });

  test('a command that holds the write lock makes a gateway wait without holding up its event loop', async () => {
    const store = await ground.open();
    const command = await ground.open({ gateway: 'command', role: 'command' });
    const held = command.write(() => pause(200));
    await pause(20);
    const turns: number[] = [];
    const ticking = setInterval(() => turns.push(performance.now()), 10);
    await store.write(insert('a'));
    clearInterval(ticking);
    await held;
    expect(turns.length).toBeGreaterThan(5);
  });
});

describe.runIf(hasPostgresql)('PostgreSQL alone', () => {
  let ground: Ground;
  beforeEach(async () => {
    ground = await prepareGround('postgresql');
  });
  afterEach(() => ground.end());

  test('a connection that breaks in the middle refuses its jobs as unavailable, and the next write gets a new one', async () => {
    const store = await ground.open();
    const broken = Promise.all([
      kindOf(store.write(insert('a'))),
      kindOf(
        store.write(async (unit) => {
          await insert('b')(unit);
          await breakConnections(ground);
          await pause(50);
          await insert('c')(unit);
        }),
      ),
    ]);
    expect(await broken).toEqual(['unavailable', 'unavailable']);
    await store.write(insert('d'));
    expect(await keysIn(store)).toEqual(new Set(['d']));
  });

  test('reading over broken connections is unavailable at worst, and works again at once', async () => {
    const store = await ground.open();
    const slow = kindOf(sql`select pg_sleep(5)`.execute(store.read));
    await pause(100);
    await breakConnections(ground);
    expect(await slow).toBe('unavailable');
    await pause(20);
    expect(await keysIn(store)).toEqual(new Set());
  });

  test('a server that cannot be reached is unavailable, not a fault', async () => {
    const settings = { kind: 'postgresql', url: 'postgres://root@127.0.0.1:1/none' } as const;
    await expect(ground.open({ settings })).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('two gateways whose writes lock each other out both get through', async () => {
    const one = await ground.open({ gateway: 'one' });
    const two = await ground.open({ gateway: 'two' });
    await one.write(async (unit) => {
      await insert('x')(unit);
      await insert('y')(unit);
    });
    const touch = (first: string, second: string) => async (unit: Unit) => {
      for (const key of [first, second]) {
        await unit.db.updateTable('replay').set({ expires_at: first }).where('key_hash', '=', key).execute();
        await pause(50);
      }
      unit.audit({ event: 'test.touched', action: 'U', outcome: 'success' });
    };
    const results = await Promise.all([
      kindOf(one.write(touch('x', 'y'))),
      kindOf(two.write(touch('y', 'x'))),
      kindOf(one.write(insert('z'))),
    ]);
    expect(results).toEqual(['done', 'done', 'done']);
    expect(await one.read.selectFrom('audit').select('id').execute()).toHaveLength(2);
    expect(await verifyAudit(one, { publicKeys: [] })).toMatchObject({ ok: true });
  });

  test('too many readers at once: some wait, the rest are refused early, and then all is well', async () => {
    const store = await ground.open({ settings: { connections: 2, waiting: 3 } });
    const begun = performance.now();
    const reads = await Promise.all(
      Array.from({ length: 30 }, () => kindOf(sql`select pg_sleep(0.2)`.execute(store.read))),
    );
    expect(reads).toContain('done');
    expect(reads).toContain('unavailable');
    expect(performance.now() - begun).toBeLessThan(1_500);
    expect(await keysIn(store)).toEqual(new Set());
  });

  test('an error that a job swallowed does not commit half of it', async () => {
    const store = await ground.open();
    await store.write(insert('a'));
    const swallowing = store.write(async (unit) => {
      await insert('b')(unit);
      await insert('a')(unit).catch(() => undefined);
    });
    const ends = await Promise.allSettled([swallowing, store.write(insert('c'))]);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect((await keysIn(store)).has('b')).toBe(false);
    expect((await keysIn(store)).has('c')).toBe(true);
  });
});
