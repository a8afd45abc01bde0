// Where do the attacks take place? Real gateways as processes on SQLite or PostgreSQL, real servers around them, and eyes on all.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { freePort, type GatewayFolder, writeGatewayFolder } from '../../src/sandbox/gatewayFolder.ts';
import { type RunningGateway, runGateway } from '../../src/sandbox/gatewayRun.ts';
import { signedAssertion, tokenForm } from './assertions.ts';
import type { StoreKind } from './attack.ts';
import { clientOf, type Known, keyOf, keys, pool, publicJwk, settingsOf } from './cast.ts';
import { enterPatients } from './questions.ts';
import { type Region, startRegion } from './region.ts';
import { national, regionMembers } from './regionCast.ts';
import {
  type Canary,
  type EvilServer,
  type Receiver,
  startCanary,
  startEvil,
  startReceiver,
  startWire,
  type Wire,
} from './servers.ts';

export type Seen = {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  text: string;
  ms: number;
  requestId: string;
};

export type Ask = {
  method?: string;
  /** Sent exactly so. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  /** Whose token goes along; none when absent. */
  as?: Known;
  /** Which gateway; they take turns when absent. */
  gateway?: number;
  timeoutMs?: number;
};

export type StageGateway = { folder: GatewayFolder; run: RunningGateway; restart(): Promise<void> };

export type Stage = {
  kind: StoreKind | 'stub';
  seed: number;
  /** The public address: what assertions name and links begin with. */
  baseUrl: string;
  urls: readonly string[];
  opsUrls: readonly string[];
  gateways: readonly StageGateway[];
  receiver: Receiver;
  evil: EvilServer;
  canary: Canary;
  region: Region;
  /** Refused requests that must each have left one record, in this stage's own store. */
  recorded: Seen[];
  /** Gateways with a store of their own that cases have started. */
  beside: Stage[];
  /** Every answer of 400 and above, for the search for leaks. */
  errors: Seen[];
  ask(ask: Ask): Promise<Seen>;
  tokenOf(who: Known): Promise<string>;
  forgetTokens(): void;
  /** A receiver that no case has used. */
  freshReceiver(): Known;
  /** Reads the database beside the gateway. */
  rows(sql: string): Promise<Record<string, unknown>[]>;
  /** Changes the database behind the gateway's back: time that has passed, say. */
  alter(sql: string): Promise<void>;
  /** Makes the store unreachable until the function that it gives is called. */
  stopStore(): Promise<() => Promise<void>>;
  /** Runs a command as an operator. */
  cli(words: readonly string[], gateway?: number): Promise<{ code: number | null; out: string }>;
  /** Another gateway with other settings on a database of its own. */
  another(
    settings: Record<string, unknown>,
    options?: { sameKeys?: boolean },
  ): Promise<StageGateway & { urls: string[]; there: Stage; end(): Promise<void> }>;
  files(): Promise<{ name: string; bytes: Buffer }[]>;
  close(): Promise<void>;
};

const agent = new Agent({ keepAlive: true, maxSockets: 128 });
let asked = 0;

export function send(url: string, ask: Ask): Promise<Seen> {
  const began = performance.now();
  const requestId = ask.headers?.['x-request-id'] ?? `attack-p${process.pid}-n${++asked}`;
  const target = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      host: target.hostname,
      port: target.port,
      method: ask.method ?? 'GET',
      path: ask.path,
      agent,
      headers: { 'x-request-id': requestId, ...ask.headers },
    });
    request.setTimeout(ask.timeoutMs ?? 20_000, () => request.destroy(new Error('no answer in time')));
    // the other side may end an unused connection just when we take it up: once more, on another
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (request.reusedSocket && error.code === 'ECONNRESET') send(url, ask).then(resolve, reject);
      else reject(error);
    });
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        const headers = Object.fromEntries(
          Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
        );
        const ms = performance.now() - began;
        resolve({
          status: response.statusCode ?? 0,
          headers,
          body,
          text: body.toString('utf8'),
          ms,
          requestId,
        });
      });
    });
    request.end(ask.body);
  });
}

type Around = Pick<Stage, 'receiver' | 'evil' | 'canary' | 'region'>;

export async function startAround(gatewayUrl: string): Promise<Around & { close(): Promise<void> }> {
  const canary = await startCanary();
  const region = await startRegion(gatewayUrl);
  const receiver = await startReceiver();
  const evil = await startEvil(publicJwk(keys.evil), () => canary.url);
  return {
    canary,
    receiver,
    evil,
    region,
    close: async () =>
      void (await Promise.all([canary.close(), receiver.close(), evil.close(), region.close()])),
  };
}

type Core = Around & Pick<Stage, 'kind' | 'seed' | 'baseUrl' | 'urls' | 'opsUrls'>;

/** What every stage can do, the stub's too. */
export function talking(
  core: Core,
): Pick<Stage, 'ask' | 'tokenOf' | 'forgetTokens' | 'freshReceiver' | 'recorded' | 'beside' | 'errors'> {
  const tokens = new Map<string, { token: string; until: number }>();
  const errors: Seen[] = [];
  let turn = 0;
  let receivers = 0;
  const ask = async (one: Ask): Promise<Seen> => {
    const url = core.urls[one.gateway ?? turn++ % core.urls.length] ?? '';
    const authorization = one.as ? { authorization: `Bearer ${await tokenOf(one.as)}` } : {};
    const seen = await send(url, { ...one, headers: { ...authorization, ...one.headers } });
    if (seen.status >= 400) errors.push(seen);
    return seen;
  };
  const tokenOf = async (who: Known): Promise<string> => {
    const kept = tokens.get(who.id);
    if (kept && kept.until > Date.now()) return kept.token;
    const clientId = who.id === 'evil-m' ? 'evil-m-good' : clientOf(who);
    const text = signedAssertion(core.baseUrl, { clientId, key: keyOf(who) });
    const seen = await ask({
      method: 'POST',
      path: '/oauth/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: tokenForm(text),
    });
    if (seen.status !== 200) throw new Error(`no token for ${who.id}: ${seen.status} ${seen.text}`);
    const { access_token: token } = JSON.parse(seen.text);
    tokens.set(who.id, { token, until: Date.now() + 240_000 });
    return token;
  };
  const freshReceiver = (): Known => {
    const next = pool[receivers++];
    if (!next) throw new Error('no receiver is left');
    return next;
  };
  return {
    ask,
    tokenOf,
    forgetTokens: () => tokens.clear(),
    freshReceiver,
    recorded: [],
    beside: [],
    errors,
  };
}

const server = process.env.SLUIS_TEST_POSTGRESQL ?? 'postgres://root@127.0.0.1:5432/test';

export async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server, connectionTimeoutMillis: 2_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Settings that let slow things happen within a test's patience. */
export const shortened = {
  delivery: {
    pollMs: 50,
    leaseMs: 1_500,
    timeoutMs: 1_500,
    firstRetryMs: 100,
    maxRetryMs: 1_000,
    maxRetryAfterMs: 2_500,
    deadAfterMs: 8_000,
    breakerOpenMs: 800,
  },
  times: { headersMs: 2_500, requestMs: 4_000, idleMs: 6_000, keepAliveMs: 4_000, answerMs: 15_000 },
};

type Database = {
  store(folder: string): Record<string, unknown>;
  rows: Stage['rows'];
  alter: Stage['alter'];
  stop: Stage['stopStore'];
  files(): Promise<{ name: string; bytes: Buffer }[]>;
  close(): Promise<void>;
};

function sqliteDatabase(file: string): Database {
  return {
    store: () => ({ kind: 'sqlite', file, busyMs: 300, queueMs: 4_000 }),
    rows: async (sql) => {
      const db = new DatabaseSync(file, { readOnly: true });
      try {
        return db
          .prepare(sql)
          .all()
          .map((row) => ({ ...row }));
      } finally {
        db.close();
      }
    },
    alter: async (sql) => {
      const db = new DatabaseSync(file);
      db.exec(`PRAGMA busy_timeout = 5000; ${sql}`);
      db.close();
    },
    stop: async () => {
      const db = new DatabaseSync(file);
      db.exec('PRAGMA busy_timeout = 3000; BEGIN EXCLUSIVE');
      return async () => {
        db.exec('ROLLBACK');
        db.close();
      };
    },
    files: async () => {
      const names = ['', '-wal', '-shm'].map((end) => `${file}${end}`);
      const all = await Promise.all(
        names.map(async (name) => ({ name, bytes: await readFile(name).catch(() => Buffer.alloc(0)) })),
      );
      return all;
    },
    close: async () => undefined,
  };
}

async function postgresqlDatabase(): Promise<Database> {
  const name = `sluis_attacks_${randomBytes(5).toString('hex')}`;
  await onServer(`create database ${name}`);
  const address = new URL(server);
  const wire = await startWire([{ host: address.hostname, port: Number(address.port || 5432) }]);
  const direct = new pg.Pool({ connectionString: server.replace(/\/[^/]*$/, `/${name}`), max: 2 });
  const through = new URL(server);
  through.port = String(wire.port);
  through.pathname = `/${name}`;
  return {
    store: () => ({ kind: 'postgresql', url: through.toString(), connectMs: 800, queueMs: 4_000 }),
    rows: async (sql) => (await direct.query(sql)).rows,
    alter: async (sql) => void (await direct.query(sql)),
    stop: async () => {
      wire.cut();
      return async () => {
        wire.mend();
        await wait(300);
      };
    },
    files: async () => {
      const tables = await direct.query("select tablename from pg_tables where schemaname = 'public'");
      const dumps = tables.rows.map(async ({ tablename }) => {
        const dump = await direct.query(`select t::text as row from "${tablename}" t`);
        const text = dump.rows.map(({ row }) => unhex(String(row))).join('\n');
        return { name: `table ${tablename}`, bytes: Buffer.from(text, 'latin1') };
      });
      return Promise.all(dumps);
    },
    close: async () => {
      await direct.end();
      await wire.close();
      await onServer(`drop database if exists ${name} with (force)`);
    },
  };
}

/** Byte columns print as hexadecimal: beside the text, the bytes themselves, so that a scan sees both. */
const unhex = (row: string): string =>
  `${row} ${[...row.matchAll(/\\\\?x([0-9a-f]+)/g)].map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1')).join(' ')}`;

const commandLine = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

function command(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; out: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [commandLine, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', ...env },
    });
    let out = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (out += chunk));
    child.on('close', (code) => resolve({ code, out }));
  });
}

export type StageOptions = { kind: StoreKind; seed: number; rates?: object };

/** Starts everything; the gateways share keys, address and database. */
export async function startStage({ kind, seed, rates }: StageOptions): Promise<Stage> {
  const place = await mkdtemp(join(tmpdir(), 'sluis-attacks-'));
  const database =
    kind === 'sqlite' ? sqliteDatabase(join(place, 'sluis.sqlite')) : await postgresqlDatabase();
  const ports: number[] = [];
  for (let index = 0; index < (kind === 'sqlite' ? 1 : 2); index += 1) ports.push(await freePort());
  const front: Wire = await startWire(ports.map((port) => ({ host: '127.0.0.1', port })));
  const baseUrl = `http://127.0.0.1:${front.port}`;
  const around = await startAround(baseUrl);
  const extras: (() => Promise<void>)[] = [];

  const prepare = async (
    name: string,
    where: { port: number; baseUrl: string; store: (folder: string) => object },
    settings: Record<string, unknown> = {},
  ): Promise<StageGateway> => {
    const folder = join(place, name);
    const opsPort = await freePort();
    const { delivery, times } = shortened;
    const written = await writeGatewayFolder({
      folder,
      port: where.port,
      opsPort,
      participants: [
        ...settingsOf({ receiver: around.receiver.url, evil: around.evil.url }),
        ...regionMembers(around.region.dataEndpoints, around.receiver.url),
      ],
      settings: {
        gateway: { mode: 'sandbox', baseUrl: where.baseUrl, sweepSeconds: 1, stopMs: 5_000 },
        http: {
          data: { host: '127.0.0.1', port: where.port },
          ops: { host: '127.0.0.1', port: opsPort },
          times,
          ...(rates ? { rates } : {}),
        },
        audit: { gatewayId: name, signingKeyFile: 'keys/audit.json', headSeconds: 2 },
        outgoing: { allowPrivate: ['127.0.0.0/8'], connectionsPerHost: 128 },
        delivery,
        ...around.region.settings,
        ...settings,
        store: { ...where.store(folder), keyFile: 'keys/content.json' },
      },
    });
    return { folder: written, run: notStarted, restart: async () => undefined };
  };

  const start = async (gateway: StageGateway): Promise<StageGateway> => {
    gateway.run = await runGateway(gateway.folder);
    gateway.restart = async () => {
      gateway.run = await runGateway(gateway.folder);
    };
    return gateway;
  };

  const gateways: StageGateway[] = [];
  const takeKeys = async ({ folder }: StageGateway): Promise<void> => {
    const first = gateways[0]?.folder.folder;
    if (first === undefined) return;
    for (const key of ['content.json', 'signing.json', 'audit.json'])
      await cp(join(first, 'keys', key), join(folder.folder, 'keys', key));
  };
  for (const [index, port] of ports.entries()) {
    const gateway = await prepare(`gateway-${index + 1}`, { port, baseUrl, store: database.store });
    await takeKeys(gateway);
    gateways.push(await start(gateway));
  }
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const opsUrls = gateways.map((one) => one.folder.opsUrl);
  const core: Core = { ...around, kind, seed, baseUrl, urls, opsUrls };
  let others = 0;
  const stage: Stage = {
    ...core,
    ...talking(core),
    gateways,
    rows: database.rows,
    alter: database.alter,
    stopStore: database.stop,
    cli: (words, gateway = 0) =>
      command([...words, '--config', gateways[gateway]?.folder.settingsFile ?? ''], {}),
    another: async (settings, { sameKeys = false } = {}) => {
      const port = await freePort();
      const name = `another-${++others}`;
      const own = `http://127.0.0.1:${port}`;
      const fileIn = (folder: string): string => join(folder, 'own.sqlite');
      const store = (folder: string): object => ({ kind: 'sqlite', file: fileIn(folder) });
      const prepared = await prepare(name, { port, baseUrl: own, store }, settings);
      if (sameKeys) await takeKeys(prepared);
      const gateway = await start(prepared);
      const end = async (): Promise<void> => void (await gateway.run.stop());
      extras.push(end);
      const its = { ...core, baseUrl: own, urls: [own], opsUrls: [gateway.folder.opsUrl] };
      const { rows, alter } = sqliteDatabase(fileIn(gateway.folder.folder));
      const there: Stage = { ...stage, ...its, ...talking(its), rows, alter };
      stage.beside.push(there);
      return Object.assign(gateway, { urls: [own], end, there });
    },
    files: database.files,
    close: async () => {
      for (const end of extras) await end();
      await Promise.all(gateways.map((one) => one.run.kill()));
      await front.close();
      await database.close();
      await around.close();
      await rm(place, { recursive: true, force: true });
    },
  };
  around.region.notifyToken = () => stage.tokenOf(national);
  await enterPatients(stage);
  return stage;
}

const notStarted: RunningGateway = {
  pid: 0,
  output: () => '',
  running: () => false,
  stop: async () => null,
  kill: async () => undefined,
};

export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  withinMs = 12_000,
): Promise<void> {
  const limit = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > limit) throw new Error(`not within ${withinMs} ms: ${what}`);
    await wait(25);
  }
}
