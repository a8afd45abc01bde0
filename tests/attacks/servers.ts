// Who stands around the gateway? Receivers that log and misbehave on demand, EVIL-M, a canary that nobody may touch, and a wire that can be cut.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';

export type Arrival = {
  at: number;
  method: string;
  /** Path and query as they came. */
  path: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
  status?: number;
};

export type Behaviour = (response: ServerResponse, arrival: Arrival, nth: number) => void;
export type Receiver = {
  url: string;
  log: Arrival[];
  /** What arrived for one participant. */
  of(id: string): Arrival[];
  behave(id: string, behaviour: Behaviour | undefined): void;
  close(): Promise<void>;
};

export const answer =
  (status: number, headers: Record<string, string> = {}): Behaviour =>
  (response) => {
    response.writeHead(status, headers).end();
  };

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

const tokenAnswer: Behaviour = (response, _arrival, nth) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ access_token: `token-${nth}`, token_type: 'Bearer', expires_in: 300 }));
};

/** Paths begin with `/n/{participant}` or `/token/{participant}`; behaviours are per participant or per `token/{id}`. */
export async function startReceiver(): Promise<Receiver> {
  const log: Arrival[] = [];
  const behaviours = new Map<string, Behaviour>();
  const keyOf = (path: string): string => {
    const [, kind, id = ''] = path.split(/[/?]/);
    return kind === 'token' ? `token/${id}` : id;
  };
  const of = (id: string): Arrival[] => log.filter((one) => keyOf(one.path) === id);
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request).catch(() => '');
    const { method = '', url = '', headers } = request;
    const arrival: Arrival = { at: Date.now(), method, path: url, headers, body };
    log.push(arrival);
    response.once('finish', () => {
      arrival.status = response.statusCode;
    });
    const key = keyOf(url);
    const behaviour = behaviours.get(key) ?? (key.startsWith('token/') ? tokenAnswer : answer(202));
    behaviour(response, arrival, of(key).length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: urlOf(server),
    log,
    of,
    behave: (id, behaviour) => {
      if (behaviour) behaviours.set(id, behaviour);
      else behaviours.delete(id);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const urlOf = (server: { address(): unknown }): string =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

export type Canary = { url: string; port: number; contacts: string[]; close(): Promise<void> };

/** Answers anything with 200 and remembers that it was touched. */
export async function startCanary(): Promise<Canary> {
  const contacts: string[] = [];
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    const index = contacts.push('connect') - 1;
    socket.on('data', (chunk) => {
      contacts[index] = `${contacts[index]} ${chunk.toString('latin1').split('\r\n', 1)[0]}`;
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    contacts,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

export type Wire = {
  port: number;
  cut(): void;
  mend(): void;
  delay(ms: number): void;
  close(): Promise<void>;
};

/** A TCP proxy. With several targets it takes turns; cut, it drops what is open and refuses what comes. */
export async function startWire(targets: readonly { host: string; port: number }[]): Promise<Wire> {
  const sockets = new Set<Socket>();
  let whole = true;
  let waitMs = 0;
  let turn = 0;
  const pass = (from: Socket, to: Socket): void => {
    from.on('data', (chunk: Buffer) => {
      if (waitMs === 0) to.write(chunk);
      else setTimeout(() => to.write(chunk), waitMs);
    });
    from.on('close', () => to.destroy());
    from.on('error', () => to.destroy());
    sockets.add(from);
    from.on('close', () => sockets.delete(from));
  };
  const server = createTcpServer((socket) => {
    const target = targets[turn++ % targets.length];
    if (!whole || !target) return void socket.destroy();
    const other = connect(target.port, target.host);
    pass(socket, other);
    pass(other, socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    whole = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    mend: () => {
      whole = true;
      waitMs = 0;
    },
    delay: (ms) => {
      waitMs = ms;
    },
    close: () =>
      new Promise((resolve) => {
        cut();
        server.close(() => resolve());
      }),
  };
}

export type EvilServer = {
  url: string;
  log: Arrival[];
  /** What its notification endpoint answers. */
  notified: Behaviour;
  close(): Promise<void>;
};

/** EVIL-M's own server: key sets that misbehave, and a notification endpoint that does what a case says. */
export async function startEvil(jwk: Record<string, unknown>, canaryUrl: () => string): Promise<EvilServer> {
  const log: Arrival[] = [];
  const json = (response: ServerResponse, body: unknown): void => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  // made once: a measurement runs beside it
  const many = JSON.stringify({
    keys: Array.from({ length: 100_000 }, (_, index) => ({ ...jwk, kid: `k${index}` })),
  });
  const keySets: Record<string, (response: ServerResponse) => void> = {
    good: (response) => json(response, { keys: [jwk] }),
    slow: () => undefined,
    redirect: (response) => void response.writeHead(302, { location: `${canaryUrl()}/jwks` }).end(),
    huge: (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const chunk = Buffer.alloc(262_144, ' ');
      let left = 200;
      const more = (): void => {
        if (response.destroyed) return;
        if (left-- === 0) response.end('{"keys":[]}');
        else if (response.write(chunk)) setImmediate(more);
        else response.once('drain', more);
      };
      more();
    },
    many: (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(many),
    private: (response) => json(response, { keys: [{ ...jwk, d: 'AAAA' }] }),
    page: (response) =>
      void response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>keys</body></html>'),
    double: (response) => json(response, { keys: [jwk, jwk] }),
  };
  const evil: EvilServer = { url: '', log, notified: answer(202), close: async () => undefined };
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request).catch(() => '');
    const { method = '', url = '', headers } = request;
    const arrival: Arrival = { at: Date.now(), method, path: url, headers, body };
    log.push(arrival);
    const [, kind, which = ''] = url.split('/');
    if (kind === 'jwks') keySets[which]?.(response);
    else evil.notified(response, arrival, log.filter((one) => one.path.startsWith('/n')).length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  evil.url = urlOf(server);
  evil.close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return evil;
}
