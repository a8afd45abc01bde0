// On which PostgreSQL do the end-to-end tests run? A database of their own for each, or none when there is no server.
import { randomUUID } from 'node:crypto';
import pg from 'pg';

const server = process.env.SLUIS_TEST_POSTGRESQL ?? 'postgres://root@127.0.0.1:5432/test';

export type OwnDatabase = {
  /** The section `store` of a gateway's settings. */
  store: { kind: 'postgresql'; url: string; keyFile: string };
  drop(): Promise<void>;
};

async function connect(): Promise<pg.Client | undefined> {
  const client = new pg.Client({ connectionString: server, connectionTimeoutMillis: 20_000 });
  return client.connect().then(
    () => client,
    () => undefined,
  );
}

/** Is there a server? Says so when there is none. */
export async function isThere(): Promise<boolean> {
  const client = await connect();
  if (client === undefined) console.log('skipped: no PostgreSQL');
  await client?.end();
  return client !== undefined;
}

/** A new, empty database. */
export async function ownDatabase(): Promise<OwnDatabase> {
  const admin = await connect();
  if (admin === undefined) throw new Error('there is no PostgreSQL');
  const name = `sluis_e2e_${randomUUID().slice(0, 8)}`;
  await admin.query(`create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    store: { kind: 'postgresql', url: url.href, keyFile: 'keys/content.json' },
    drop: async () => {
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}
