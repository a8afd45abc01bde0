// How does the gateway call another host? This is the only place that opens a connection to one.
import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { type AddressRules, guardedLookup, parseRules, targetOf } from './addresses.ts';
import { asFailure, OutgoingFailure } from './outgoingFailure.ts';
import { type OutgoingAnswer, readAnswer } from './readAnswer.ts';

export { failedUnanswered, OutgoingFailure } from './outgoingFailure.ts';
export type { OutgoingAnswer } from './readAnswer.ts';

export type OutgoingRequest = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  body?: Uint8Array | string;
  /** Total time, from the call to the last byte of the answer. */
  timeoutMs?: number;
  /** Most bytes of the answer's body, unpacked. */
  maxBytes?: number;
  signal?: AbortSignal;
};

export type OutgoingOptions = {
  /** Exceptions to "public addresses only": CIDR or `host:port`. */
  allowPrivate: readonly string[];
  timeoutMs: number;
  maxBytes: number;
  connectionsPerHost: number;
  /** Time to resolve, connect and shake hands; 5 s unless given. */
  connectTimeoutMs?: number;
  /** PEM texts. `ca` replaces the built-in trust anchors. */
  tls?: { ca?: string | undefined; cert?: string | undefined; key?: string | undefined };
};

export type Outgoing = {
  /**
   * One request, one answer; redirects are answers. Throws `OutgoingFailure`; its `sent` tells whether the request
   * may have arrived.
   */
  request(request: OutgoingRequest): Promise<OutgoingAnswer>;
  close(): Promise<void>;
};

/** Free sockets are dropped before the usual five seconds of servers, lest a request meets a closing one. */
const idleSocketMs = 3_000;
const maxHeaderBytes = 16_384;
const maxInterim = 16;

type Limits = Required<Pick<OutgoingOptions, 'timeoutMs' | 'maxBytes' | 'connectTimeoutMs'>>;
type Call = { request: OutgoingRequest; rules: AddressRules; limits: Limits; agents: Agents };
type Agents = { 'http:': http.Agent; 'https:': https.Agent };
type Progress = { sent: boolean; status?: number };

function makeAgents(options: OutgoingOptions): Agents {
  const shared = { keepAlive: true, maxSockets: options.connectionsPerHost, timeout: idleSocketMs };
  const { ca, cert, key } = options.tls ?? {};
  const tls = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  return {
    'http:': new http.Agent(shared),
    'https:': new https.Agent({ ...shared, ...tls, minVersion: 'TLSv1.2', rejectUnauthorized: true }),
  };
}

/** Names and values in turn: Node writes them as they stand, where an object is first copied name by name. */
function headersFor({ method, body = '', headers = {} }: OutgoingRequest, host: string): string[] {
  const length = method === 'GET' ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return Object.entries({ host, 'accept-encoding': 'identity', ...length, ...headers }).flat();
}

function optionsFor(call: Call): { secure: boolean; options: RequestOptions } {
  const { url, target } = targetOf(call.request.url, call.rules);
  const secure = url.protocol === 'https:';
  return {
    secure,
    options: {
      agent: call.agents[secure ? 'https:' : 'http:'],
      method: call.request.method,
      protocol: url.protocol,
      host: target.host,
      port: target.port,
      path: `${url.pathname}${url.search}`,
      headers: headersFor(call.request, url.host),
      lookup: guardedLookup(target, call.rules),
      maxHeaderSize: maxHeaderBytes,
      insecureHTTPParser: false,
    },
  };
}

/** Notes when the request can have left; before that the connection has its own, shorter time. */
function watchConnection(
  request: ClientRequest,
  secure: boolean,
  watch: { progress: Progress; connectMs: number },
) {
  request.on('socket', (socket) => {
    const left = () => {
      watch.progress.sent = true;
    };
    if (request.reusedSocket || !socket.connecting) return left();
    const timer = setTimeout(() => request.destroy(new OutgoingFailure('connect-timeout')), watch.connectMs);
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      left();
    });
    request.once('close', () => clearTimeout(timer));
  });
}

/** Some hosts answer with interim heads for ever: a limited number is read. */
function limitInterim(request: ClientRequest) {
  let interim = 0;
  const count = () => {
    interim += 1;
    if (interim > maxInterim) request.destroy(new OutgoingFailure('protocol', { sent: true }));
  };
  request.on('information', count);
}

/** Ends the request when its time is up or the caller gives up; returns what takes both away again. */
function limitTime(request: ClientRequest, call: Call, give: (failure: OutgoingFailure) => void): () => void {
  const { request: wanted, limits } = call;
  const stop = (reason: 'timeout' | 'aborted') => {
    give(new OutgoingFailure(reason));
    request.destroy();
  };
  const abort = () => stop('aborted');
  const timer = setTimeout(() => stop('timeout'), wanted.timeoutMs ?? limits.timeoutMs);
  wanted.signal?.addEventListener('abort', abort, { once: true });
  return () => {
    clearTimeout(timer);
    wanted.signal?.removeEventListener('abort', abort);
  };
}

async function once(call: Call, progress: Progress): Promise<OutgoingAnswer> {
  const { secure, options } = optionsFor(call);
  const request = secure ? https.request(options) : http.request(options);
  const { promise, resolve, reject } = Promise.withResolvers<OutgoingAnswer>();
  const timeless = limitTime(request, call, reject);
  request.on('error', reject);
  // Without an answer, and without an error either: a switch of protocols that nobody asked for.
  request.once('close', () => {
    if (progress.status === undefined) reject(new OutgoingFailure('reset'));
  });
  watchConnection(request, secure, { progress, connectMs: call.limits.connectTimeoutMs });
  limitInterim(request);
  request.once('response', (response: IncomingMessage) => {
    progress.status = response.statusCode ?? 0;
    readAnswer(response, call.request.maxBytes ?? call.limits.maxBytes).then(resolve, reject);
  });
  request.end(call.request.method === 'GET' ? undefined : call.request.body);
  try {
    return await promise;
  } catch (error) {
    request.destroy();
    throw error;
  } finally {
    timeless();
  }
}

/** A read that met a closing kept-alive connection is asked once more; what changes something is not. */
async function ask(call: Call, mayRepeat = call.request.method === 'GET'): Promise<OutgoingAnswer> {
  const progress: Progress = { sent: false };
  try {
    if (call.request.signal?.aborted) throw new OutgoingFailure('aborted');
    return await once(call, progress);
  } catch (error) {
    const failure = asFailure(error, progress);
    if (mayRepeat && failure.reason === 'reset' && failure.status === undefined) return ask(call, false);
    throw failure;
  }
}

/** The guarded HTTP client. Throws `TypeError` when `allowPrivate` holds something else than a CIDR or `host:port`. */
export function createOutgoing(options: OutgoingOptions): Outgoing {
  const rules = parseRules(options.allowPrivate);
  const agents = makeAgents(options);
  const limits = { connectTimeoutMs: 5_000, ...options };
  return {
    request: (request) => ask({ request, rules, limits, agents }),
    close: async () => {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}
