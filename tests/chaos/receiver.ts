// What does a nursing home do? It takes notifications, misbehaves at random, fetches what it accepted and completes some.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NotificationShape } from '../../src/model.ts';
import { readNotification } from '../../src/sandbox/notificationsIn.ts';
import type { Callers } from './callers.ts';
import { createFetching } from './fetching.ts';
import { type Arrival, count, type History, now } from './history.ts';
import type { Random } from './random.ts';

export type ReceiverOptions = {
  id: string;
  shape: NotificationShape;
  history: History;
  random: Random;
  /** How much of what comes is met badly. */
  badness: number;
};

export type Receiver = {
  id: string;
  address: string;
  tokenAddress: string;
  /** Begins to fetch; before this nothing is known of the gateways. */
  attach(callers: Callers): void;
  /** The next notification is accepted without a word; resolves when it has come. */
  silence(): Promise<void>;
  heal(): Promise<void>;
  /** Tasks whose notification was accepted and that could not be fetched yet. */
  open(): string[];
  /** Takes notifications, and asks the gateways nothing any more. */
  rest(): void;
  end(): Promise<void>;
};

const behaviours = ['busy', 'error', 'reset', 'reset-accepted', 'hang', 'silent', 'slow', 'late'] as const;
type Behaviour = (typeof behaviours)[number] | 'accept';
const accepting: readonly Behaviour[] = ['accept', 'reset-accepted', 'silent', 'slow', 'late'];

export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const { random, history, id } = options;
  const state: { badness: number; whenSilent?: (() => void) | undefined } = { badness: options.badness };
  const fetching = createFetching(options);
  const server = createServer((request, response) => {
    bodyOf(request).then(
      (body) => take({ request, response, body }),
      () => undefined,
    );
  });
  await listen(server, 0);
  const port = (server.address() as AddressInfo).port;
  const base = `http://127.0.0.1:${port}`;

  function take({ request, response, body }: Taken): void {
    if (request.url === '/oauth/token') giveToken(response);
    else takeNotification({ request, response, body });
  }

  function takeNotification({ request, response, body }: Taken): void {
    const read = readNotification({
      method: request.method ?? '',
      path: new URL(request.url ?? '/', 'http://receiver').pathname,
      query: new URLSearchParams(),
      headers: {},
      body,
    });
    if (read?.notification.taskId === undefined) return void response.writeHead(404).end();
    const behaviour = nextBehaviour();
    if (behaviour !== 'accept') count(history, `receiver ${behaviour}`);
    const arrival: Arrival = {
      receiver: id,
      at: now(),
      taskId: read.notification.taskId,
      behaviour,
      ...(read.notification.status ? { says: read.notification.status } : {}),
      ...detailsOf(options.shape, body),
    };
    history.arrivals.push(arrival);
    if (accepting.includes(behaviour)) fetching.want(arrival.taskId);
    answer(arrival, response, read.answer);
  }

  function nextBehaviour(): Behaviour {
    if (state.whenSilent === undefined)
      return random.chance(state.badness) ? random.pick(behaviours) : 'accept';
    setImmediate(state.whenSilent);
    state.whenSilent = undefined;
    return 'silent';
  }

  function giveToken(response: ServerResponse): void {
    if (random.chance(state.badness / 2)) return void response.writeHead(503).end();
    const token = { access_token: `token-${random.next()}`, token_type: 'Bearer', expires_in: 30 };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(token));
  }

  const shutting = setInterval(() => {
    if (random.chance(state.badness / 4)) void shutFor(server, port, random.between(200, 700));
  }, 1_000);

  return {
    id,
    address: `${base}/notification/${options.shape.toLowerCase()}`,
    tokenAddress: `${base}/oauth/token`,
    attach: fetching.attach,
    silence: () =>
      new Promise((resolve) => {
        state.whenSilent = resolve;
      }),
    async heal() {
      state.badness = 0;
      state.whenSilent = undefined;
      clearInterval(shutting);
      await listen(server, port);
    },
    open: fetching.open,
    rest: fetching.end,
    async end() {
      clearInterval(shutting);
      fetching.end();
      await shut(server);
    },
  };

  async function shutFor(which: Server, at: number, ms: number): Promise<void> {
    if (!which.listening) return;
    count(history, 'receiver refuses connections');
    await shut(which);
    setTimeout(() => void listen(which, at), ms);
  }
}

type Taken = { request: IncomingMessage; response: ServerResponse; body: Buffer };
type Standard = { status: number; headers?: Record<string, string>; body?: string | Uint8Array };

function answer(arrival: Arrival, response: ServerResponse, standard: Standard): void {
  const send = (status: number, headers: Record<string, string>, body: string | Uint8Array = ''): void => {
    if (response.destroyed) return;
    arrival.answered = status;
    response.writeHead(status, headers).end(body);
  };
  const accept = () => send(standard.status, standard.headers ?? {}, standard.body);
  const ways: Record<string, () => void> = {
    accept,
    busy: () => {
      arrival.retryAfterMs = 1_000;
      send(503, { 'retry-after': '1' });
    },
    error: () => send(500, {}),
    reset: () => response.socket?.resetAndDestroy(),
    'reset-accepted': () => response.socket?.resetAndDestroy(),
    slow: () => setTimeout(accept, 250),
    late: () => setTimeout(accept, 900),
  };
  ways[arrival.behaviour]?.();
}

function detailsOf(shape: NotificationShape, body: Buffer): Partial<Arrival> {
  if (shape !== 'D' && shape !== 'E') return {};
  const text = body.toString('utf8');
  const found = JSON.parse(text);
  if (shape === 'D') return { messageId: String(found.identifier?.[0]?.value ?? '') };
  const number = /"event-number","valueString":"(\d+)"/.exec(text)?.[1];
  return { messageId: String(found.id), ...(number ? { eventNumber: Number(number) } : {}) };
}

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function listen(server: Server, port: number): Promise<void> {
  if (server.listening) return Promise.resolve();
  return new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
}

export function shut(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
