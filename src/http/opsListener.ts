// How do operators see whether the gateway lives? Health and metrics, on a listener that participants never reach.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Lifecycle } from './lifecycle.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

export type OpsDeps = {
  /** What must hold for traffic to be welcome, by name; a check that rejects, or takes too long, says no. */
  checks: Readonly<Record<string, () => Promise<void>>>;
  lifecycle: Pick<Lifecycle, 'stopping'>;
  metrics: Metrics;
  log: Log;
};

const checkMs = 2_000;

async function passes(check: () => Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), checkMs);
  });
  const result = check().then(
    () => true,
    () => false,
  );
  const passed = await Promise.race([result, late]);
  clearTimeout(timer);
  return passed;
}

async function readiness({ checks, lifecycle }: OpsDeps) {
  const names = Object.keys(checks);
  const results = await Promise.all(Object.values(checks).map(passes));
  const ready = !lifecycle.stopping() && results.every(Boolean);
  const state = Object.fromEntries(names.map((name, index) => [name, results[index] ? 'up' : 'down']));
  return {
    ready,
    body: { status: lifecycle.stopping() ? 'stopping' : ready ? 'ready' : 'not ready', checks: state },
  };
}

function send(response: ServerResponse, answer: { status: number; type: string; text: string }): void {
  response.writeHead(answer.status, {
    'Content-Type': answer.type,
    'Content-Length': Buffer.byteLength(answer.text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(answer.text);
}

const json = (status: number, body: object) => ({
  status,
  type: 'application/json',
  text: JSON.stringify(body),
});

async function answer(request: IncomingMessage, deps: OpsDeps) {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return json(405, { status: 'method not allowed' });
  switch ((request.url ?? '').split('?', 1)[0]) {
    case '/health/live':
      return json(200, { status: 'live' });
    case '/health/ready': {
      const { ready, body } = await readiness(deps);
      return json(ready ? 200 : 503, body);
    }
    case '/metrics': {
      const { registry } = deps.metrics;
      return { status: 200, type: registry.contentType, text: await registry.metrics() };
    }
    default:
      return json(404, { status: 'not found' });
  }
}

/** The listener for operators, not yet listening. */
export function createOpsListener(deps: OpsDeps): Server {
  return createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    answer(request, deps).then(
      (made) => send(response, made),
      (error: unknown) => {
        deps.log.error({ err: error }, 'ops request failed');
        send(response, json(500, { status: 'fault' }));
      },
    );
  });
}
