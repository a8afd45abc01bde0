// How does Mitz behave? A real server for both questions and for subscriptions, strict about what it gets, that notifies
// of choices and fails on demand. Addresses as those of its test environment.
import {
  createServer as createPlain,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecure } from 'node:https';
import { printResource } from './fhirBody.ts';
import type { Choice } from './mitzChoices.ts';
import { createChoices } from './mitzChoices.ts';
import { answerMitz, type MitzState } from './mitzDesk.ts';
import { type MitzFault, sendReply, undone, withFault } from './mitzFaults.ts';
import { type MitzSubscription, mitzTime, notification } from './mitzNotices.ts';

export type { Choice } from './mitzChoices.ts';
export { type MitzFault, mitzFaultKinds } from './mitzFaults.ts';

/** One request as it came in. `rule`: the rule that it broke. */
export type MitzRequest = {
  of: 'closed' | 'open' | 'subscriptions';
  method: string;
  path: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  rule?: string;
  status?: number;
};

export type MitzOptions = {
  host?: string;
  /** 0, or none, takes a free port. */
  port?: number;
  /** PEM texts; then only callers with a certificate of `ca` are let in. Plain HTTP without. */
  tls?: { cert: string; key: string; ca: string };
  /** Headers with which it notifies: a token, or what a proxy would add. */
  notifyHeaders?: () => Promise<Record<string, string>>;
  onRequest?: (request: MitzRequest) => void;
};

export type SandboxMitz = {
  url: string;
  closedUrl: string;
  openUrl: string;
  subscriptionsUrl: string;
  requests: MitzRequest[];
  subscriptions: ReadonlyMap<string, MitzSubscription>;
  /** The next answers know of it; nobody is told. */
  setChoice(choice: Choice): void;
  setFault(fault: MitzFault | undefined): void;
  /** Tells everybody who subscribed to this patient at this holder; the status that each answered. */
  notify(bsn: string, holderUra: string, at?: string): Promise<number[]>;
  close(): Promise<void>;
};

const paths = {
  closed: '/tst-us/mitz/geslotenautorisatievraag/xacml3',
  open: '/tst-us/mitz/openautorisatievraag',
  subscriptions: '/tst-us/mitz/abonnementen/fhir',
} as const;

const interactionOf = (path: string): MitzRequest['of'] | undefined => {
  if (path === paths.closed) return 'closed';
  if (path === paths.open) return 'open';
  return path.startsWith(`${paths.subscriptions}/Subscription`) ? 'subscriptions' : undefined;
};

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

type Desk = MitzState & {
  requests: MitzRequest[];
  fault: MitzFault | undefined;
  onRequest?: MitzOptions['onRequest'];
};

/** The fault that this request meets, counted down. */
function meet(desk: Desk, of: MitzRequest['of']): MitzFault | undefined {
  const { fault } = desk;
  if (!fault || (fault.of !== undefined && fault.of !== of)) return undefined;
  if (fault.times !== undefined) {
    fault.times -= 1;
    if (fault.times <= 0) desk.fault = undefined;
  }
  return fault;
}

const nothingDone = { reply: { status: 202, headers: {}, body: '' }, rule: undefined };

async function take(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://mitz').pathname;
  const of = interactionOf(path);
  const body = await readBody(request);
  if (of === undefined) {
    response.writeHead(404).end();
    return;
  }
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  const line: MitzRequest = { of, method: request.method ?? '', path, headers, body };
  desk.requests.push(line);
  const fault = meet(desk, of);
  const idle = of === 'subscriptions' && fault !== undefined && undone.has(fault.kind);
  const answer = idle ? nothingDone : answerMitz(desk, line);
  const reply = await withFault(answer.reply, fault, desk.requests.length);
  if (answer.rule !== undefined) line.rule = answer.rule;
  line.status = reply.status;
  desk.onRequest?.(line);
  sendReply(response, reply, fault);
}

function listen(server: Server, { host = '127.0.0.1', port = 0, tls }: MitzOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      const taken = typeof address === 'object' && address !== null ? address.port : port;
      resolve(`${tls ? 'https' : 'http'}://${host}:${taken}`);
    });
  });
}

async function notifyOne(
  about: MitzSubscription,
  desk: Desk,
  sending: { at: string; headers: Record<string, string> },
) {
  const format = about.payload === 'application/fhir+xml' ? 'xml' : 'json';
  const answer = await fetch(about.endpoint, {
    method: 'POST',
    headers: { 'content-type': `${about.payload}; charset=utf-8`, ...sending.headers },
    body: printResource(notification(about, desk.choices, sending.at), format, 'r4'),
    redirect: 'manual',
  });
  await answer.arrayBuffer();
  return answer.status;
}

/** Starts Mitz; resolves when it listens. */
export async function startMitz(options: MitzOptions = {}): Promise<SandboxMitz> {
  const { tls, notifyHeaders, onRequest } = options;
  const choices = createChoices();
  const subscriptions = new Map<string, MitzSubscription>();
  const desk: Desk = { url: '', choices, subscriptions, requests: [], fault: undefined, onRequest };
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    take(desk, request, response).catch(() => response.destroy());
  };
  const secure = tls && { ...tls, requestCert: true, rejectUnauthorized: true };
  const server = secure ? createSecure(secure, answer) : createPlain(answer);
  const url = await listen(server, options);
  desk.url = url;
  return {
    url,
    closedUrl: `${url}${paths.closed}`,
    openUrl: `${url}${paths.open}`,
    subscriptionsUrl: `${url}${paths.subscriptions}`,
    requests: desk.requests,
    subscriptions,
    setChoice: choices.set,
    setFault: (fault) => {
      desk.fault = fault && { ...fault };
    },
    notify: async (bsn, holderUra, at = mitzTime(new Date())) => {
      const headers = (await notifyHeaders?.()) ?? {};
      const theirs = [...subscriptions.values()].filter(
        (one) => one.bsn === bsn && one.holderUra === holderUra,
      );
      return Promise.all(theirs.map((one) => notifyOne(one, desk, { at, headers })));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
