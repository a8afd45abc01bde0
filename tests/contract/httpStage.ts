// What do the http tests talk to? The real listeners with a tiny exchange, and a raw socket that repairs nothing.
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { GatewayError } from '../../src/errors.ts';
import { createDataListener } from '../../src/http/dataListener.ts';
import type { ExchangePort } from '../../src/http/deps.ts';
import { createLifecycle } from '../../src/http/lifecycle.ts';
import { createLog } from '../../src/http/log.ts';
import { createMetrics } from '../../src/http/metrics.ts';
import { createOpsListener } from '../../src/http/opsListener.ts';
import { httpSettings } from '../../src/http/settings.ts';
import type { FhirRequest, FhirResource, FhirResponse, Requester } from '../../src/model.ts';
import type { Store } from '../../src/store/store.ts';
import { assertion, formOf, identityOn } from './identityCast.ts';

export const taskId = '0b5c1f3e-1111-4222-8333-444455556666';
export const task: FhirResource = {
  resourceType: 'Task',
  id: taskId,
  status: 'requested',
  intent: 'order',
};
export const patterns = [
  { method: 'POST', path: ['$handover'], takes: 'records' },
  { method: 'POST', path: ['$push'], takes: 'content' },
  { method: 'GET', path: ['Task', ':id'] },
  { method: 'PUT', path: ['Task', ':id'] },
  { method: 'GET', path: ['Binary', ':id'] },
  { method: 'GET', path: ['Patient', ':id'], native: 'application/vnd.own+json' },
] as const;

export type Seen = { request: FhirRequest; requester: Requester };
export type Plan = (seen: Seen) => FhirResponse | Promise<FhirResponse>;

/** A tiny exchange: five patterns, and whatever a test wants it to answer. */
export function tinyExchange(seen: Seen[], plan: { current: Plan }): ExchangePort {
  return {
    match({ method, path }) {
      const fits = (pattern: readonly string[]) =>
        pattern.length === path.length &&
        pattern.every((part, index) => part.startsWith(':') || part === path[index]);
      const here = patterns.filter((one) => fits(one.path));
      const found = here.find((one) => one.method === (method === 'HEAD' ? 'GET' : method));
      if (found) return { transaction: found };
      if (here.length === 0) throw new GatewayError('notFound', 'No such address');
      const allow = here.map((one) => (one.method === 'GET' ? 'GET, HEAD' : one.method)).join(', ');
      throw new GatewayError('methodNotAllowed', 'Not that method', { headers: { Allow: allow } });
    },
    async answer(request, requester) {
      seen.push({ request, requester });
      return plan.current({ request, requester });
    },
    capabilityStatement: (version) => ({
      resourceType: 'CapabilityStatement',
      status: 'active',
      fhirVersion: version === 'r4' ? '4.0.1' : '3.0.2',
    }),
    operationDefinition: (_version, name) => ({ resourceType: 'OperationDefinition', id: name }),
    handoverStatus: async ({ id }) => ({
      json: { id },
      page: (language) =>
        `<!doctype html><html lang="${language}"><style>p{margin:0}</style><p>${id}</p></html>`,
    }),
    cancelHandover: async ({ id }) => ({ json: { id, state: 'cancelled' }, page: () => '<p></p>' }),
    openPage: async () => ({ found: false, html: '<p></p>' }),
  };
}

export type HttpStage = Awaited<ReturnType<typeof startHttp>>;

export async function startHttp(store: Store, settings: Record<string, unknown> = {}) {
  const lines: string[] = [];
  const seen: Seen[] = [];
  const plan: { current: Plan } = { current: () => ({ status: 200, resource: task }) };
  const lifecycle = createLifecycle();
  const metrics = createMetrics();
  const log = createLog('debug', { write: (line) => void lines.push(line) });
  const stage = await identityOn(store, { realClock: true });
  const local = { host: '127.0.0.1', port: 0 };
  const listenerDeps = {
    settings: httpSettings.parse({ data: local, ops: local, ...settings }),
    identity: stage.identity,
    store,
    log,
    metrics,
    lifecycle,
  };
  const data = createDataListener({ ...listenerDeps, exchange: tinyExchange(seen, plan) });
  const ops = createOpsListener({ checks: { store: () => store.ping() }, lifecycle, metrics, log });
  for (const server of [data, ops]) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }
  const portOf = (server: typeof data) => (server.address() as AddressInfo).port;
  const port = portOf(data);
  const claims = () => ({ exp: Math.floor(Date.now() / 1_000) + 60 });
  return {
    ...stage,
    lines,
    seen,
    plan,
    lifecycle,
    metrics,
    listenerDeps,
    port,
    servers: [data, ops],
    url: `http://127.0.0.1:${port}`,
    opsUrl: `http://127.0.0.1:${portOf(ops)}`,
    freshAssertion: () => assertion({ claims: claims() }),
    async token() {
      const form = formOf(await assertion({ claims: claims() }));
      return (await stage.identity.issueToken(form, { requestId: 'test' })).access_token;
    },
    async end() {
      for (const server of [data, ops]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

/** Sends bytes as they are, and gives back all that came until the connection closed or nothing more came for `quietMs`. */
export function raw(
  port: number,
  parts: string | readonly (string | Uint8Array)[],
  quietMs = 150,
): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1');
    const done = () => {
      socket.destroy();
      resolve(text);
    };
    // the first byte may take its time on a busy machine
    let timer = setTimeout(done, Math.max(quietMs, 1_500));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      clearTimeout(timer);
      timer = setTimeout(done, quietMs);
    });
    socket.on('close', done).on('error', done);
    for (const part of typeof parts === 'string' ? [parts] : parts) socket.write(part);
  });
}

export const statusesIn = (text: string): number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
