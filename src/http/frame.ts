// What happens to every request, whatever it asks? Its id, one canonical address, its log line and its count.
import type { IncomingMessage } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import { GatewayError } from '../errors.ts';
import { type Call, callOf, type ErrorShape, rememberCall } from './call.ts';
import type { DataDeps } from './deps.ts';
import { languageOf } from './language.ts';
import { isEnding } from './linger.ts';
import { answerForm } from './mediaTypes.ts';
import { requestIdFor } from './requestId.ts';
import { readTarget } from './target.ts';

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
export const knownMethods = 'GET, HEAD, POST, PUT, DELETE, OPTIONS';
/** Fields of which a second one could be read differently by a proxy and by us. */
const single = new Set([
  'authorization',
  'content-type',
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'host',
  'if-match',
  'if-none-match',
]);

/** What the parser takes but a proxy in front may read otherwise: the old one-line request, and codings beside chunks. */
function checkFraming({ httpVersion, headers }: IncomingMessage): void {
  const codings = headers['transfer-encoding']?.split(',') ?? [];
  const hidden = codings.length > 1 && codings.at(-1)?.trim().toLowerCase() === 'chunked';
  if (httpVersion.startsWith('1.') && !hidden) return;
  throw new GatewayError('invalid', 'The request is not framed as HTTP/1.1 frames it.', {
    reason: 'framing',
    headers: { Connection: 'close' },
  });
}

function checkHeaders({ rawHeaders }: IncomingMessage): void {
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    if (!single.has(name)) continue;
    if (seen.has(name)) {
      throw new GatewayError('invalid', `The header ${name} is given more than once.`, {
        reason: 'header-double',
      });
    }
    seen.add(name);
  }
}

function errorShapeFor(url: string): ErrorShape {
  if (/^\/oauth(\/|$)/.test(url)) return 'oauth';
  return /^\/(handover|card|overview|\.well-known)(\/|$)/.test(url) ? 'problem' : 'fhir';
}

function begin(request: Request, address: string): Call {
  const { accept, 'accept-language': language, 'x-request-id': id } = request.headers;
  const version = request.url.startsWith('/r4') ? 'r4' : 'stu3';
  return {
    requestId: requestIdFor(Array.isArray(id) ? undefined : id),
    address,
    language: languageOf(language),
    startedAt: performance.now(),
    target: { segments: [], query: new Map(), parameters: [] },
    route: 'unmatched',
    errorShape: errorShapeFor(request.url),
    errorForm: answerForm({ accept, format: undefined }, version) ?? 'json',
  };
}

/** Written when the answer is out or the caller is gone; 499 stands for a caller that did not wait. */
function finish(request: Request, response: Response, deps: DataDeps): void {
  const call = callOf(request);
  const ms = Math.round((performance.now() - call.startedAt) * 10) / 10;
  const status = response.writableFinished ? response.statusCode : 499;
  deps.metrics.finished({ route: call.route, method: request.method, status }, ms);
  deps.log.info(
    {
      requestId: call.requestId,
      method: request.method,
      route: call.route,
      status,
      ms,
      address: call.address,
      ...(call.requester
        ? { participantId: call.requester.participant.id, clientId: call.requester.clientId }
        : {}),
      ...(call.reason ? { reason: call.reason } : {}),
    },
    'request',
  );
}

/** Express middleware that every request passes first. What it refuses goes to the error translator. */
export function createFrame(deps: DataDeps, addressOf: (request: IncomingMessage) => string) {
  const { maxUrlLength } = deps.settings;
  return (request: Request, response: Response, next: NextFunction): void => {
    if (isEnding(request)) return;
    const call = begin(request, addressOf(request));
    rememberCall(request, call);
    deps.metrics.started();
    response.once('close', () => finish(request, response, deps));
    response.setHeader('X-Request-Id', call.requestId);
    response.setHeader('Cache-Control', 'no-store');
    if (deps.lifecycle.stopping()) response.setHeader('Connection', 'close');
    if (!methods.has(request.method)) {
      throw new GatewayError('methodNotAllowed', 'This method is not supported.', {
        headers: { Allow: knownMethods },
      });
    }
    checkFraming(request);
    checkHeaders(request);
    if (request.method === 'OPTIONS' && request.url === '*') {
      response.setHeader('Allow', knownMethods).status(204).end();
      return;
    }
    call.target = readTarget(request.url, maxUrlLength, deps.exchange.repeatable);
    // From here on everybody sees the same address: the routes too.
    request.url = `/${call.target.segments.map(encodeURIComponent).join('/')}`;
    call.errorShape = errorShapeFor(request.url);
    next();
  };
}

/** For addresses that no route took. */
export function noSuchRoute(request: Request): never {
  callOf(request).route = 'unmatched';
  throw new GatewayError('notFound', 'There is nothing at this address.');
}
