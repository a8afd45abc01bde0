// How is one request put to a data holder? With its token, once more when the connection failed, and with a fresh token after a 401.
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataEndpoint } from '../model.ts';
import {
  failedUnanswered,
  type Outgoing,
  type OutgoingAnswer,
  OutgoingFailure,
} from '../outgoing/outgoing.ts';
import type { TokenFailure, Tokens } from '../outgoing/tokens.ts';
import type { HolderSettings } from './settings.ts';

export type HolderRequest = {
  method: 'GET' | 'POST';
  url: string;
  accept: string;
  /** Sent as a form. */
  form?: URLSearchParams;
  maxBytes: number;
};

/** What each call of one question shares. */
export type Calling = {
  outgoing: Outgoing;
  tokens: Tokens;
  settings: HolderSettings;
  endpoint: DataEndpoint;
  requestId: string;
  signal: AbortSignal;
};

/** Why a call brought nothing, as a stable code. */
export type CallFault = { fault: string };
export type Called = { answer: OutgoingAnswer } | CallFault;

export const formOf = (parameters: readonly (readonly [string, string])[]): URLSearchParams =>
  new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value]));

const retryAfterMs = 20;

/** Nothing was answered; and reads after a reset are repeated by outgoing/ itself. */
const mayRepeat = (failure: OutgoingFailure, method: HolderRequest['method']): boolean =>
  failedUnanswered(failure) && (failure.reason !== 'reset' || method === 'POST');

function tokenFault(failure: TokenFailure): CallFault {
  if (failure.kind === 'refused') return { fault: `token-status-${failure.status}` };
  return { fault: failure.kind === 'failed' ? `token-${failure.failure.reason}` : 'token-unusable' };
}

function requestFor(request: HolderRequest, calling: Calling, authorization: string | undefined) {
  const { method, url, accept, form, maxBytes } = request;
  return {
    method,
    url,
    headers: {
      accept,
      'x-request-id': calling.requestId,
      ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...(authorization && { authorization }),
    },
    ...(form && { body: form.toString() }),
    timeoutMs: calling.settings.timeoutMs,
    maxBytes,
    signal: calling.signal,
  };
}

async function say(request: HolderRequest, calling: Calling, authorization: string | undefined) {
  const wanted = requestFor(request, calling, authorization);
  try {
    return await calling.outgoing.request(wanted);
  } catch (error) {
    const again = calling.settings.retryOnConnectionFailure && error instanceof OutgoingFailure;
    if (!again || !mayRepeat(error, request.method)) throw error;
    await sleep(retryAfterMs, undefined, { signal: calling.signal }).catch(() => undefined);
    return calling.outgoing.request(wanted);
  }
}

const noToken = Promise.resolve({ header: undefined });

/** The token, or nothing when the question ends first: the token request itself goes on for whoever needs it next. */
function tokenFor(calling: Calling, fresh?: { refused: string | undefined }) {
  const { signal } = calling;
  if (signal.aborted) return Promise.resolve(undefined);
  if (calling.endpoint.auth.kind === 'none') return noToken;
  const { promise: ended, resolve } = Promise.withResolvers<undefined>();
  const end = () => resolve(undefined);
  signal.addEventListener('abort', end, { once: true });
  return Promise.race([calling.tokens.get(calling.endpoint.auth, fresh), ended]).finally(() =>
    signal.removeEventListener('abort', end),
  );
}

async function withToken(
  request: HolderRequest,
  calling: Calling,
  fresh?: { refused: string | undefined },
): Promise<Called & { header?: string | undefined }> {
  const token = await tokenFor(calling, fresh);
  if (token === undefined) return { fault: 'aborted' };
  if ('failure' in token) return tokenFault(token.failure);
  return { answer: await say(request, calling, token.header), header: token.header };
}

/** One answer of status 200, or why there is none. Throws nothing that a host does. */
export async function call(request: HolderRequest, calling: Calling): Promise<Called> {
  try {
    const first = await withToken(request, calling);
    const refused = 'answer' in first && first.answer.status === 401 && first.header !== undefined;
    const called = refused ? await withToken(request, calling, { refused: first.header }) : first;
    if ('fault' in called) return called;
    const { status } = called.answer;
    return status === 200 ? { answer: called.answer } : { fault: `status-${status}` };
  } catch (error) {
    if (error instanceof OutgoingFailure) return { fault: error.reason };
    throw error;
  }
}
