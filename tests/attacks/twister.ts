// How does a case put words into somebody's mouth? A server in front of a holder or of Mitz that passes everything on, unless told otherwise.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Passed = { at: number; method: string; path: string; body: string; status?: number };
export type Reply = { status: number; headers: Record<string, string>; body: Buffer };

/** The answer to give instead; nothing when it has answered by itself, or never will. */
export type Twist = (
  reply: Reply,
  asked: Passed,
  response: ServerResponse,
) => Reply | undefined | Promise<Reply | undefined>;

export type Twister = {
  url: string;
  /** What arrived, in order. */
  log: Passed[];
  twist: Twist | undefined;
  close(): Promise<void>;
};

const hopByHop = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'expect',
]);

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const passable = (headers: IncomingMessage['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !hopByHop.has(name))
      .map(([name, value]) => [name, String(value)]),
  );

/** Changes one address into the other wherever a text holds it. */
const renamed = (body: Buffer, from: string, to: string): Buffer =>
  body.includes(from) ? Buffer.from(body.toString('utf8').replaceAll(from, to)) : body;

/** Starts a twister before the server at `target`: its addresses in bodies are changed on the way, in both directions. */
export async function startTwister(target: string): Promise<Twister> {
  const twister: Twister = { url: '', log: [], twist: undefined, close: async () => undefined };
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const { method = 'GET', url: path = '/' } = request;
    const passed: Passed = { at: Date.now(), method, path, body: body.toString('utf8') };
    twister.log.push(passed);
    const answer = await fetch(`${target}${path}`, {
      method,
      headers: passable(request.headers),
      redirect: 'manual',
      ...(body.length > 0 ? { body: new Uint8Array(renamed(body, twister.url, target)) } : {}),
    });
    const reply: Reply = {
      status: answer.status,
      headers: passable(Object.fromEntries(answer.headers)),
      body: renamed(Buffer.from(await answer.arrayBuffer()), target, twister.url),
    };
    const given = twister.twist ? await twister.twist(reply, passed, response) : reply;
    if (given === undefined) return;
    passed.status = given.status;
    response.writeHead(given.status, { ...given.headers, 'content-length': String(given.body.length) });
    response.end(given.body);
  };
  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  twister.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  twister.close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return twister;
}

/** A twist that changes the text of answers to addresses that fit. */
export const rewriting =
  (path: RegExp, change: (text: string, asked: Passed) => string): Twist =>
  (reply, asked) =>
    path.test(asked.path)
      ? { ...reply, body: Buffer.from(change(reply.body.toString('utf8'), asked)) }
      : reply;

/** Runs `work` while the twister twists so. */
export async function twisted<Result>(
  twister: Twister,
  twist: Twist,
  work: () => Promise<Result>,
): Promise<Result> {
  twister.twist = twist;
  try {
    return await work();
  } finally {
    twister.twist = undefined;
  }
}
