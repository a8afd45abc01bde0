// How does a sender see or cancel its handover? GET for the truth table, as JSON or as a page; DELETE to cancel.
import type { Request, Response } from 'express';
import { GatewayError } from '../errors.ts';
import { admit, recordRefusal, within } from './access.ts';
import { hasBody } from './body.ts';
import { callOf } from './call.ts';
import type { HandoverAnswer, HandoverQuestion, RouteDeps } from './deps.ts';
import { acceptRanges, qualityOf } from './mediaTypes.ts';
import { sendJson, sendPage } from './send.ts';

const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function formWanted(accept: string | undefined): 'json' | 'page' {
  if (accept === undefined || accept.trim() === '') return 'json';
  const ranges = acceptRanges(accept);
  const json = qualityOf(ranges, 'application/json') ?? 0;
  const page = qualityOf(ranges, 'text/html') ?? 0;
  if (json === 0 && page === 0) {
    throw new GatewayError('notAcceptable', 'This address answers in application/json or text/html.');
  }
  return page > json ? 'page' : 'json';
}

/** GET, HEAD and DELETE of /handover/:id */
export function handoverRoute(deps: RouteDeps) {
  return async (request: Request, response: Response): Promise<void> => {
    const call = callOf(request);
    call.route = '/handover/:id';
    const cancels = request.method === 'DELETE';
    const requester = await admit(request, cancels ? 'push' : 'status', deps);
    const id = call.target.segments[1] ?? '';
    let form: 'json' | 'page';
    try {
      if (hasBody(request)) throw new GatewayError('invalid', `A ${request.method} takes no body here.`);
      if (!idPattern.test(id)) throw new GatewayError('notFound', 'There is no such handover.');
      form = formWanted(request.headers.accept);
    } catch (error) {
      await recordRefusal(error, request, deps);
      throw error;
    }
    const question: HandoverQuestion = { id, requester, requestId: call.requestId };
    const work = cancels ? deps.exchange.cancelHandover(question) : deps.exchange.handoverStatus(question);
    const answer: HandoverAnswer = await within(deps.settings.times.answerMs, work);
    response.setHeader('Vary', 'Accept, Accept-Language, Authorization');
    if (form === 'page') sendPage(response, answer.page(call.language));
    else sendJson(response, answer.json);
  };
}
