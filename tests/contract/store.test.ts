// Does every store keep the promises of the port? The same sentences for SQLite and PostgreSQL.
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { isUniqueViolation } from '../../src/store/faults.ts';
import type { Store, Unit } from '../../src/store/store.ts';
import { type Ground, prepareGround, storeKinds } from './storesUnderTest.ts';

const replayRow = (key: string) => ({ key_hash: key, expires_at: '2030-01-01T00:00:00.000Z' });
const insert = (key: string) => (unit: Unit) => unit.db.insertInto('replay').values(replayRow(key)).execute();
const keysIn = async (store: Store) =>
  (await store.read.selectFrom('replay').select('key_hash').orderBy('key_hash').execute()).map(
    (row) => row.key_hash,
  );
const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
const kindOf = (error: unknown) => (error instanceof GatewayError ? error.kind : error);
const entry = { event: 'test.done', action: 'E', outcome: 'success' } as const;

describe.each(storeKinds)('a %s store', (kind) => {
  let ground: Ground;
  beforeEach(async () => {
    ground = await prepareGround(kind);
  });
  afterEach(() => ground.end());

  test('a job that throws is refused with its own error and leaves nothing, while its neighbours are kept', async () => {
    const store = await ground.open();
    const own = new Error('mine');
    const results = await Promise.allSettled([
      store.write(insert('a')),
      store.write(async (unit) => {
        await insert('b')(unit);
        unit.audit(entry);
        await unit.seal(Buffer.from('x'), 'c');
        throw own;
      }),
      store.write(insert('c')),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: own });
    expect(await keysIn(store)).toEqual(['a', 'c']);
    expect(await store.read.selectFrom('audit').select('seq').execute()).toEqual([]);
    expect(await store.read.selectFrom('payload').select('id').execute()).toEqual([]);
  });

  test('a first job that throws does not take those after it along', async () => {
    const store = await ground.open();
    const jobs = [
      store.write(async (unit) => {
        await insert('a')(unit);
        throw new Error('no');
      }),
      store.write(insert('b')),
    ];
    expect((await Promise.allSettled(jobs)).map((result) => result.status)).toEqual([
      'rejected',
      'fulfilled',
    ]);
    expect(await keysIn(store)).toEqual(['b']);
  });

  test('a row that exists already is told apart from every other failure', async () => {
    const store = await ground.open();
    await store.write(insert('a'));
    expect(isUniqueViolation(await failure(store.write(insert('a'))))).toBe(true);
    const other = await failure(store.write((unit) => sql`select * from nowhere`.execute(unit.db)));
    expect(isUniqueViolation(other)).toBe(false);
    expect(other).toBeDefined();
  });

  test('what is for reading cannot write', async () => {
    const store = await ground.open();
    const error = await failure(store.read.insertInto('replay').values(replayRow('a')).execute());
    expect(kindOf(error)).toBe('unavailable');
    expect(await keysIn(store)).toEqual([]);
  });

  test('a unit cannot be used after its job has ended', async () => {
    const store = await ground.open();
    let kept: Unit | undefined;
    await store.write(async (unit) => {
      kept = unit;
    });
    expect(() => kept!.audit(entry)).toThrow('has ended');
    await expect(kept!.seal(Buffer.from('late'), 'c')).rejects.toThrow('has ended');
    expect(() => kept!.open('late', 'c')).toThrow('has ended');
    await expect(kept!.db.insertInto('replay').values(replayRow('late')).execute()).rejects.toThrow();
    expect(await keysIn(store)).toEqual([]);
  });

  test('a job that does not end is given up, and the next ones get through', async () => {
    // makes the tables, which may take longer than one statement of the next store
    await (await ground.open()).close();
    const store = await ground.open({ settings: { statementMs: 1_000 } });
    const hung = store.write(() => new Promise(() => undefined));
    expect(kindOf(await failure(hung))).toBe('unavailable');
    await store.write(insert('after'));
    expect(await keysIn(store)).toEqual(['after']);
  });

  test('more writes than may wait are refused at once, and those that wait too long after their time', async () => {
    const store = await ground.open({ settings: { queueLength: 3, queueMs: 200, batch: 1 } });
    const begun = Promise.withResolvers<void>();
    const end = Promise.withResolvers<void>();
    const slow = store.write(() => {
      begun.resolve();
      return end.promise;
    });
    await begun.promise;
    const refused: string[] = [];
    const refusalOf = async (key: string) => {
      expect(kindOf(await failure(store.write(insert(key))))).toBe('unavailable');
      refused.push(key);
    };
    const waiting = ['a', 'b', 'c'].map(refusalOf);
    await refusalOf('d');
    expect(refused).toEqual(['d']);
    await Promise.all(waiting);
    end.resolve();
    await slow;
    await store.write(insert('e'));
    expect(await keysIn(store)).toEqual(['e']);
  });

  test('closing refuses new writes and finishes those that were accepted', async () => {
    const store = await ground.open();
    const accepted = Array.from({ length: 100 }, (_, index) => store.write(insert(`k${index}`)));
    const closed = store.close();
    expect(kindOf(await failure(store.write(insert('late'))))).toBe('unavailable');
    await Promise.all([...accepted, closed]);
    const again = await ground.open();
    expect(await keysIn(again)).toHaveLength(100);
  });

  test('writes of many callers share commits and all are kept', async () => {
    const store = await ground.open();
    const ids = await Promise.all(
      Array.from({ length: 300 }, (_, index) =>
        store.write(async (unit) => {
          await insert(`k${index}`)(unit);
          return unit.audit(entry);
        }),
      ),
    );
    expect(new Set(ids).size).toBe(300);
    const rows = await store.read.selectFrom('audit').select('seq').orderBy('seq').execute();
    expect(rows.map((row) => row.seq)).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
  });

  test('a record that cannot be written keeps everything of its unit out, until it can be written again', async () => {
    const store = await ground.open();
    await store.write((unit) => sql`alter table audit rename to audit_away`.execute(unit.db));
    const job = async (unit: Unit) => {
      await insert('a')(unit);
      unit.audit(entry);
    };
    expect(kindOf(await failure(store.write(job)))).toBe('unavailable');
    expect(await keysIn(store)).toEqual([]);
    await store.write((unit) => sql`alter table audit_away rename to audit`.execute(unit.db));
    await store.write(job);
    expect(await keysIn(store)).toEqual(['a']);
  });

  test('a database that a newer release made is refused', async () => {
    const store = await ground.open();
    await store.write((unit) => sql`insert into migration values ('9999-later', '')`.execute(unit.db));
    await store.close();
    await expect(ground.open()).rejects.toThrow('newer release');
  });

  test('it answers when asked whether it is ready, and not when it is closed', async () => {
    const store = await ground.open();
    await store.ping();
    await store.close();
    expect(kindOf(await failure(store.ping()))).toBe('unavailable');
  });

  test('several that start at once on an empty database make its tables once', async () => {
    const roles =
      kind === 'sqlite' ? (['gateway', 'command'] as const) : (['gateway', 'gateway', 'gateway'] as const);
    const stores = await Promise.all(roles.map((role, index) => ground.open({ gateway: `g${index}`, role })));
    await Promise.all(stores.map((store, index) => store.write(insert(`k${index}`))));
    expect(await keysIn(stores[0]!)).toHaveLength(roles.length);
  });

  test('numbers, bytes and texts come back as they went in', async () => {
    const store = await ground.open();
    const id = await store.write((unit) => unit.seal(new Uint8Array([0, 255, 10]), 'c'));
    const row = await store.read
      .selectFrom('payload')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(row.nonce).toBeInstanceOf(Uint8Array);
    await store.write(async (unit) => unit.audit({ ...entry, object: 'é\u{1F600}"\\' }));
    const record = await store.read.selectFrom('audit').select(['seq', 'object']).executeTakeFirstOrThrow();
    expect({ ...record }).toEqual({ seq: 1, object: 'é\u{1F600}"\\' });
  });
});
