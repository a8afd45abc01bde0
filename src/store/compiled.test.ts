// Does a query that is compiled once ask for what each caller gave, and keep nothing of it?
import { DatabaseSync } from 'node:sqlite';
import { type CompiledQuery, Kysely, SqliteDialect, type SqliteStatement } from 'kysely';
import { expect, test } from 'vitest';
import { compiledOnce, insertedOnce } from './compiled.ts';
import type { ReplayTable, Tables } from './tables.ts';

const replay = 'create table replay (key_hash text primary key, expires_at text not null)';

function openDatabase() {
  const database = new DatabaseSync(':memory:');
  database.exec(replay);
  const seen: CompiledQuery[] = [];
  const prepare = (sql: string): SqliteStatement => {
    const statement = database.prepare(sql);
    return {
      reader: statement.columns().length > 0,
      all: (parameters) => statement.all(...parameters.map(String)),
      run: (parameters) => statement.run(...parameters.map(String)),
      iterate: () => [][Symbol.iterator](),
    };
  };
  const dialect = new SqliteDialect({ database: { prepare, close: () => database.close() } });
  const db = new Kysely<Tables>({ dialect, log: (event) => void seen.push(event.query) });
  return { db, seen };
}

const row = (n: number): ReplayTable => ({ key_hash: `key ${n}`, expires_at: `time ${n}` });
const all = (db: Kysely<Tables>) => db.selectFrom('replay').selectAll().orderBy('key_hash').execute();

test('each caller gets the rows of its own values, from each database', async () => {
  let built = 0;
  const byKey = compiledOnce<{ key: string; before: string }, ReplayTable>((db, slot) => {
    built += 1;
    return db
      .selectFrom('replay')
      .selectAll()
      .where('expires_at', '<', slot('before'))
      .where('key_hash', '=', slot('key'));
  });
  const [one, other] = [openDatabase().db, openDatabase().db];
  await one
    .insertInto('replay')
    .values([row(1), row(2)])
    .execute();
  await other
    .insertInto('replay')
    .values([row(3)])
    .execute();
  const find = (db: Kysely<Tables>, n: number) => byKey(db, { key: `key ${n}`, before: 'u' });
  expect(await find(one, 1)).toEqual([row(1)]);
  expect(await find(one, 2)).toEqual([row(2)]);
  expect(await byKey(one, { before: 'time 1', key: 'key 1' })).toEqual([]);
  expect(await find(other, 3)).toEqual([row(3)]);
  expect(await find(other, 1)).toEqual([]);
  expect(await one.transaction().execute((trx) => find(trx, 2))).toEqual([row(2)]);
  expect(built).toBe(2);
});

test('rows are inserted as given, however many and in whatever order their columns are', async () => {
  const insert = insertedOnce<ReplayTable>((db, rows) => db.insertInto('replay').values(rows));
  const { db, seen } = openDatabase();
  await insert(db, [row(1), row(2)]);
  const turned = { expires_at: 'time 4', key_hash: 'key 4' };
  await insert(db, [row(3), turned]);
  await insert(db, [row(5)]);
  const many = Array.from({ length: 70 }, (_, at) => row(at + 10));
  await insert(db, many);
  expect(await all(db)).toEqual(
    [row(1), row(2), row(3), row(4), row(5), ...many].toSorted((a, b) => (a.key_hash < b.key_hash ? -1 : 1)),
  );
  expect(JSON.stringify(seen.slice(0, 4).map(({ query }) => query))).not.toContain('key 3');
});

test('a value that is no slot is refused, for it would be the first caller’s for ever', async () => {
  const fixed = compiledOnce<{ key: string }, ReplayTable>((db) =>
    db.selectFrom('replay').selectAll().where('key_hash', '=', 'mine'),
  );
  await expect(fixed(openDatabase().db, { key: 'a' })).rejects.toThrow(TypeError);
});
