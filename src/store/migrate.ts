// Are the tables those that this release needs? Brings them there at start, once, however many gateways start.
import { type Kysely, sql, type Transaction } from 'kysely';
import { migrations, postgresqlSpelling, sqliteSpelling } from './migrations.ts';
import type { Store } from './store.ts';
import type { Tables } from './tables.ts';

/** Any fixed number will do, as long as every gateway uses the same. */
const migrationLock = 5_112_347;

/** Runs what has not run yet, all of it or nothing. Throws when a newer release has been at this database. */
export async function migrate(db: Kysely<Tables>, kind: Store['kind']): Promise<void> {
  await db.transaction().execute(async (trx) => {
    // SQLite's transaction holds the only write lock from its beginning.
    if (kind === 'postgresql') await sql`select pg_advisory_xact_lock(${migrationLock})`.execute(trx);
    await sql`create table if not exists migration (name text primary key, applied_at text not null)`.execute(
      trx,
    );
    const applied = await sql<{ name: string }>`select name from migration`.execute(trx);
    const done = new Set(applied.rows.map((row) => row.name));
    const newer = [...done].filter((name) => !migrations.some((step) => step.name === name));
    if (newer.length > 0) {
      throw new Error(`The database was made by a newer release (${newer.join(', ')}); it cannot go back`);
    }
    await runMissing(trx, kind, done);
  });
}

async function runMissing(trx: Transaction<Tables>, kind: Store['kind'], done: ReadonlySet<string>) {
  const spelling = kind === 'sqlite' ? sqliteSpelling : postgresqlSpelling;
  for (const step of migrations.filter((one) => !done.has(one.name))) {
    for (const statement of step.statements(spelling)) await sql.raw(statement).execute(trx);
    await sql`insert into migration (name, applied_at) values (${step.name}, ${new Date().toISOString()})`.execute(
      trx,
    );
  }
}
