// What would the bare minimum do? One parse and one fsynced insert of as many bytes for each request, on one of two stacks:
// `http` is the gateway's own HTTP layer, `bare` Express alone. A child of bench/handover.ts: floor.ts http|bare BYTES
import { mkdtempSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import express from 'express';
import { createDataListener } from '../src/http/dataListener.ts';
import type { DataDeps } from '../src/http/deps.ts';
import { createLifecycle } from '../src/http/lifecycle.ts';
import { createLog } from '../src/http/log.ts';
import { createMetrics } from '../src/http/metrics.ts';
import { httpSettings } from '../src/http/settings.ts';
import { hospital } from '../tests/world/cast.ts';

const [stack, size] = process.argv.slice(2);
const database = new DatabaseSync(join(mkdtempSync(join(tmpdir(), 'sluis-floor-')), 'floor.sqlite'));
database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
database.exec('CREATE TABLE body (id INTEGER PRIMARY KEY, at TEXT, bytes BLOB)');
const statement = database.prepare('INSERT INTO body (at, bytes) VALUES (?, ?)');
const insert = (bytes: Uint8Array) => void statement.run(new Date().toISOString(), bytes);

function announce(server: Server): void {
  const address = server.address();
  process.stdout.write(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}\n`);
}

function bare(): void {
  const app = express();
  app.use(express.raw({ type: () => true, limit: '10mb' }));
  app.post('/stu3/$handover', (request, response) => {
    JSON.parse(request.body.toString('utf8'));
    insert(request.body);
    response.status(202).end();
  });
  const server = app.listen(0, '127.0.0.1', () => announce(server));
}

const never = () => {
  throw new Error('the floor does not do that');
};

/** All that the gateway does to any request, with its own reading of the body; but no token is looked at. */
function http(): void {
  const requester = { participant: hospital, clientId: 'bench', scopes: ['handover'], tokenId: 'bench' };
  const anywhere = { host: '127.0.0.1', port: 0 };
  const generous = { points: 10_000_000, seconds: 10 };
  const deps: DataDeps = {
    settings: httpSettings.parse({ data: anywhere, ops: anywhere, rates: { push: generous } }),
    identity: {
      authenticate: async () => requester,
      issueToken: never,
      recordRefusal: never,
      jwks: never,
      authorizationServerMetadata: never,
      smartConfiguration: never,
      signAssertion: never,
      forgetOldAssertions: never,
    },
    exchange: {
      match: () => ({ transaction: { path: ['$handover'] } }),
      answer: async () => {
        insert(Buffer.alloc(Number(size), 'x'));
        return { status: 202 };
      },
      capabilityStatement: never,
      operationDefinition: never,
      handoverStatus: never,
      cancelHandover: never,
      openPage: never,
    },
    store: { write: never },
    log: createLog('warn'),
    metrics: createMetrics(),
    lifecycle: createLifecycle(),
  };
  const server = createDataListener(deps);
  server.listen(0, '127.0.0.1', () => announce(server));
}

if (stack === 'http') http();
else bare();
