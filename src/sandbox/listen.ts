// How does a sandbox organisation take requests? A plain HTTP server that logs what arrives, in order, and fails on demand.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { contentFaults, createFaultSwitch, type Fault, type FaultSwitch } from './faults.ts';

export type Arrived = {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
};

export type Answer = { status: number; headers?: Record<string, string>; body?: string | Uint8Array };

/** One line of the request log. Tokens and assertions are left out of it. */
export type LogLine = {
  number: number;
  at: string;
  method: string;
  path: string;
  /** What stood behind the question mark; absent when nothing did. */
  query?: string;
  contentType: string | undefined;
  bytes: number;
  /** The body as text, when it is small enough to read. */
  body: string | undefined;
  fault: Fault['kind'];
  /** What was answered; absent while unanswered. */
  status?: number;
};

export type SandboxServer = {
  baseUrl: string;
  faults: FaultSwitch;
  log: LogLine[];
  close(): Promise<void>;
};

export type ListenOptions = {
  host?: string | undefined;
  /** 0 takes a free port. */
  port?: number | undefined;
  answer(arrived: Arrived, fault: Fault): Promise<Answer>;
  /** Called after each request, for a timeline. */
  onRequest?: ((line: LogLine) => void) | undefined;
};

const none: Fault = { kind: 'none' };
const longestLoggedBody = 20_000;
const longestBody = 64 * 1024 * 1024;

/** Starts the server; resolves when it listens. */
export async function listen(options: ListenOptions): Promise<SandboxServer> {
  const host = options.host ?? '127.0.0.1';
  const log: LogLine[] = [];
  let turning: Promise<void> = Promise.resolve();
  const faults = createFaultSwitch((fault) => {
    turning = turning.then(() => (fault.kind === 'refuse' ? shut(server) : open(server, host, port)));
  });
  const server = createServer((request, response) => {
    take({ request, response, options, log, faults }).catch(() => response.destroy());
  });
  await open(server, host, options.port ?? 0);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    baseUrl: `http://${host}:${port}`,
    faults,
    log,
    close: async () => {
      await turning;
      await shut(server);
    },
  };
}

function open(server: Server, host: string, port: number): Promise<void> {
  if (server.listening) return Promise.resolve();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function shut(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

type Taken = {
  request: IncomingMessage;
  response: ServerResponse;
  options: ListenOptions;
  log: LogLine[];
  faults: FaultSwitch;
};

async function take({ request, response, options, log, faults }: Taken): Promise<void> {
  const arrived = await readRequest(request);
  const fault = faults.meet(arrived.path);
  const line: LogLine = {
    number: log.length + 1,
    at: new Date().toISOString(),
    method: arrived.method,
    path: arrived.path,
    ...(arrived.query.size === 0 ? {} : { query: arrived.query.toString() }),
    contentType: arrived.headers['content-type'],
    bytes: arrived.body.length,
    body: loggable(arrived) ? arrived.body.toString('utf8') : undefined,
    fault: fault.kind,
  };
  log.push(line);
  const answer = await answerWith(fault, () =>
    options.answer(arrived, contentFaults.has(fault.kind) ? fault : none),
  );
  if (answer !== undefined && answer !== 'drop') line.status = answer.status;
  options.onRequest?.(line);
  if (answer === 'drop') request.socket.destroy();
  else if (answer !== undefined) send(response, answer);
}

const loggable = (arrived: Arrived): boolean =>
  arrived.body.length > 0 && arrived.body.length <= longestLoggedBody && !arrived.path.endsWith('/token');

async function readRequest(request: IncomingMessage): Promise<Arrived> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > longestBody) throw new Error('The body is too large for the sandbox.');
    chunks.push(chunk);
  }
  const url = new URL(request.url ?? '/', 'http://sandbox');
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    ),
    body: Buffer.concat(chunks),
  };
}

const faultAnswers: Partial<Record<Fault['kind'], (fault: Fault) => Answer>> = {
  reject: (fault) => ({ status: fault.status ?? 403 }),
  fail: (fault) => ({ status: fault.status ?? 500 }),
  busy: (fault) => ({ status: 503, headers: { 'retry-after': String(fault.retryAfterSeconds ?? 1) } }),
  redirect: (fault) => ({ status: fault.status ?? 307, headers: { location: '/elsewhere' } }),
  garbage: () => ({
    status: 200,
    headers: { 'content-type': 'text/plain' },
    body: '\u0000<<< not an answer',
  }),
};

async function answerWith(fault: Fault, act: () => Promise<Answer>): Promise<Answer | 'drop' | undefined> {
  const instead = faultAnswers[fault.kind];
  if (instead !== undefined) return instead(fault);
  if (fault.kind === 'hang') return undefined;
  if (fault.kind === 'slow') await wait(fault.delayMs ?? 2_000);
  const answer = await act();
  return fault.kind === 'drop' ? 'drop' : answer;
}

function send(response: ServerResponse, answer: Answer): void {
  const body = answer.body ?? '';
  response.writeHead(answer.status, {
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    ...answer.headers,
  });
  response.end(body);
}
