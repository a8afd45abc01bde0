// What can a receiver do to us? A real HTTP server that answers as told and remembers what it was asked.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Seen = {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
  at: number;
};
export type Behaviour = (request: Seen, response: ServerResponse) => void;

export const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Behaviour =>
  (_, response) => {
    response.writeHead(code, headers).end(body);
  };
/** Takes the whole request, then drops the connection. */
export const reset: Behaviour = (_, response) => void response.socket?.resetAndDestroy();
export const hang: Behaviour = () => undefined;
export const slow =
  (ms: number): Behaviour =>
  (_, response) =>
    void setTimeout(() => response.writeHead(202).end(), ms);

export type Receiver = {
  port: number;
  address: string;
  seen: Seen[];
  connections: () => number;
  /** Answers for the next requests in turn; afterwards `standard`. */
  script: Behaviour[];
  standard: Behaviour;
  end(): Promise<void>;
};

export async function startReceiver(port = 0): Promise<Receiver> {
  let connections = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const seen: Seen = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
        at: Date.now(),
      };
      receiver.seen.push(seen);
      (receiver.script.shift() ?? receiver.standard)(seen, response);
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const bound = (server.address() as AddressInfo).port;
  const receiver: Receiver = {
    port: bound,
    address: `http://127.0.0.1:${bound}`,
    seen: [],
    connections: () => connections,
    script: [],
    standard: status(202),
    async end() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

/** Polls until `claim` holds; fails by name after `ms`. */
export async function until(
  claim: () => boolean | Promise<boolean>,
  what: string,
  ms = 8_000,
): Promise<void> {
  const end = Date.now() + ms;
  while (!(await claim())) {
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
