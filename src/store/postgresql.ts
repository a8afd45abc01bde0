// How does Kysely speak to PostgreSQL? Through pg, with bounded waiting and our words for its failures.
import { Kysely, PostgresDialect, type PostgresPool } from 'kysely';
import pg from 'pg';
import { fromPostgres, storeUnavailable } from './faults.ts';
import type { PostgresqlSettings } from './settings.ts';
import type { Tables } from './tables.ts';

/** One connection for writing, several for reading; connections that break are replaced by themselves. */
export function openPostgresql(settings: PostgresqlSettings): {
  write: Kysely<Tables>;
  read: Kysely<Tables>;
} {
  return {
    write: new Kysely({ dialect: dialect(settings, 'write') }),
    read: new Kysely({ dialect: dialect(settings, 'read') }),
  };
}

const int8 = 20;

function dialect(settings: PostgresqlSettings, use: 'write' | 'read'): PostgresDialect {
  const pool = new pg.Pool({
    connectionString: settings.url,
    application_name: `sluis-${use}`,
    max: use === 'write' ? 1 : settings.connections,
    connectionTimeoutMillis: settings.connectMs,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    statement_timeout: settings.statementMs,
    lock_timeout: settings.statementMs,
    // Longer than the server's own limit: it only ends a connection whose other side is gone.
    query_timeout: settings.statementMs + 2_000,
    idle_in_transaction_session_timeout: settings.statementMs * 3,
    ...(use === 'read' ? { options: '-c default_transaction_read_only=on' } : {}),
    types: {
      getTypeParser: (oid: number) => (oid === int8 ? Number : pg.types.getTypeParser(oid)),
    },
  });
  // A connection that breaks is told to the query that uses it, and the next query opens another: no further news.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new PostgresDialect({ pool: bounded(pool, use === 'write' ? 1 : settings.waiting) });
}

/** Refuses at once when too many wait already: a long queue makes every answer late. */
function bounded(pool: pg.Pool, waiting: number): PostgresPool {
  const known = new WeakMap<pg.PoolClient, pg.PoolClient>();
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      if (pool.waitingCount > waiting) throw storeUnavailable();
      const client = await pool.connect().catch((error: unknown) => Promise.reject(fromPostgres(error)));
      const ready = known.get(client);
      if (ready !== undefined) return ready;
      await prepare(client);
      const wrapped = translating(client);
      known.set(client, wrapped);
      return wrapped;
    },
  };
}

/**
 * A standby may show an order of commits that the primary never had, so it is refused. A server that is set to
 * acknowledge before the disk has it is overruled for this connection.
 */
async function prepare(client: pg.PoolClient): Promise<void> {
  try {
    const { rows } = await client.query<{ standby: boolean }>(
      `select pg_is_in_recovery() as standby, case when current_setting('synchronous_commit')
         in ('off', 'local', 'remote_write') then set_config('synchronous_commit', 'on', false) end`,
    );
    if (rows[0]?.standby !== false) throw new Error('The address leads to a standby, not to the primary');
  } catch (error) {
    client.release(true);
    throw storeUnavailable(error);
  }
}

function translating(client: pg.PoolClient): pg.PoolClient {
  const query = (sql: string, parameters: readonly unknown[]) =>
    client.query(sql, [...parameters]).catch((error: unknown) => Promise.reject(fromPostgres(error)));
  return new Proxy(client, { get: (target, name) => (name === 'query' ? query : Reflect.get(target, name)) });
}
