// How is a query that runs at every request put together once? Kysely builds and compiles it the first time; then only its values
// are others.
import { type Compilable, CompiledQuery, type Kysely, type RawBuilder, sql } from 'kysely';
import type { Tables } from './tables.ts';

type Db = Kysely<Tables>;

/** Stands in a query where a value will be. */
class Slot {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

type SlotOf<Values> = <Name extends keyof Values & string>(name: Name) => RawBuilder<Values[Name]>;

/** The SQL with the names of its values in their order; nothing of the values that it was built with is kept. */
type Kept = { statement: CompiledQuery; names: readonly string[] };

const slotName = (value: unknown): string => {
  if (value instanceof Slot) return value.name;
  throw new TypeError('A query that is compiled once holds a value of its own');
};

/** `build` is called once for each opened database; every value in it is a slot. */
export function compiledOnce<Values extends Readonly<Record<string, unknown>>, Row>(
  build: (db: Db, slot: SlotOf<Values>) => Compilable<Row>,
): (db: Db, values: Values) => Promise<Row[]> {
  const known = new WeakMap<object, Kept>();
  function compile(db: Db): Kept {
    const built = build(db, (name) => sql`${new Slot(name)}`).compile();
    const kept = { statement: CompiledQuery.raw(built.sql), names: built.parameters.map(slotName) };
    known.set(db.getExecutor().adapter, kept);
    return kept;
  }
  return async (db, values) => {
    const { statement, names } = known.get(db.getExecutor().adapter) ?? compile(db);
    const { rows } = await db.executeQuery<Row>({
      ...statement,
      parameters: names.map((name) => values[name]),
    });
    return rows;
  };
}

/** Above this many rows a statement is built each time: nobody inserts so many often. */
const mostKept = 64;

/** Inserts rows by one statement, which is compiled once for each number of them; each row has all the columns of the table. */
export function insertedOnce<Row extends object>(
  build: (db: Db, rows: readonly Row[]) => Compilable<unknown>,
): (db: Db, rows: readonly Row[]) => Promise<void> {
  const known = new WeakMap<object, Map<number, Kept>>();
  function compile(db: Db, rows: readonly Row[]): Kept {
    const statement = CompiledQuery.raw(build(db, rows).compile().sql);
    const kept = { statement, names: Object.keys(rows[0] ?? {}) };
    const { adapter } = db.getExecutor();
    if (rows.length <= mostKept) known.set(adapter, (known.get(adapter) ?? new Map()).set(rows.length, kept));
    return kept;
  }
  return async (db, rows) => {
    const { statement, names } = known.get(db.getExecutor().adapter)?.get(rows.length) ?? compile(db, rows);
    const parameters = rows.flatMap((row) => names.map((name): unknown => Reflect.get(row, name)));
    await db.executeQuery({ ...statement, parameters });
  };
}
