// How is a page behind a one-time link opened? GET shows it once; HEAD and prefetching browsers use nothing up.
import type { IncomingHttpHeaders } from 'node:http';
import type { Request, Response } from 'express';
import { GatewayError } from '../errors.ts';
import { within } from './access.ts';
import { hasBody } from './body.ts';
import { callOf } from './call.ts';
import type { RouteDeps } from './deps.ts';
import { acceptRanges, qualityOf } from './mediaTypes.ts';
import { sendPage } from './send.ts';

/** Browsers and previews say so when nobody is looking yet. https://www.w3.org/TR/resource-hints/, https://wicg.github.io/nav-speculation/ */
const looksAhead = (headers: IncomingHttpHeaders): boolean =>
  ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].some((name) =>
    /prefetch|prerender|preview/i.test(String(headers[name] ?? '')),
  );

function checkRequest(request: Request): void {
  const { accept } = request.headers;
  if (hasBody(request)) throw new GatewayError('invalid', `A ${request.method} takes no body here.`);
  if (accept !== undefined && accept.trim() !== '' && !qualityOf(acceptRanges(accept), 'text/html'))
    throw new GatewayError('notAcceptable', 'This address answers in text/html.');
}

/** GET and HEAD of /card/:token and /overview/:token. Who has the link needs no token: it is the proof. */
export function pageRoute(kind: 'card' | 'overview', deps: RouteDeps) {
  return async (request: Request, response: Response): Promise<void> => {
    const call = callOf(request);
    call.route = `/${kind}/:token`;
    checkRequest(request);
    await deps.rates.take('page', call.address);
    response.setHeader('X-Robots-Tag', 'noindex, nofollow, noarchive');
    if (looksAhead(request.headers)) {
      response.status(503).setHeader('Retry-After', '1').end();
      return;
    }
    const { language, requestId } = call;
    const token = call.target.segments[1] ?? '';
    const method = request.method === 'HEAD' ? 'HEAD' : 'GET';
    const work = deps.exchange.openPage({ kind, token, method, language, requestId });
    const { found, html } = await within(deps.settings.times.answerMs, work);
    response.status(found ? 200 : 404);
    if (!found) call.reason = 'link-gone';
    if (method === 'GET' || !found) return sendPage(response, html);
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end();
  };
}
