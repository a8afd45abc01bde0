// How is a token asked for over HTTP? A form in the body and nothing else; RFC 6749 section 3.2, RFC 8414.
import type { Request, Response } from 'express';
import { GatewayError } from '../errors.ts';
import { within } from './access.ts';
import { hasBody, readBody } from './body.ts';
import { callOf } from './call.ts';
import type { RouteDeps } from './deps.ts';
import { parseMediaType } from './mediaTypes.ts';
import { sendJson } from './send.ts';
import { whenOver } from './underWay.ts';

const maxParameters = 20;

const refused = (message: string, reason: string) => new GatewayError('invalid', message, { reason });

/** Decodes a form body. Doubled parameters are refused: RFC 6749, section 3.2. */
export function readForm(text: string): ReadonlyMap<string, string> {
  const form = new Map<string, string>();
  if (text.split('&', maxParameters + 1).length > maxParameters) {
    throw refused('The form has too many parameters.', 'form-size');
  }
  for (const [name, value] of new URLSearchParams(text)) {
    if (form.has(name)) throw refused('A parameter is given more than once.', 'form-double');
    form.set(name, value);
  }
  return form;
}

/** RFC 6749, section 5.2: who tries the header is answered with a challenge; who tries both has not understood. */
function refuseOtherProof(request: Request, form: ReadonlyMap<string, string>): void {
  if (request.headers.authorization === undefined) return;
  if (form.has('client_assertion')) throw refused('Use one way to authenticate.', 'two-proofs');
  throw new GatewayError('unauthenticated', 'Clients prove themselves with `private_key_jwt` only.', {
    reason: 'authorization-header',
    headers: { 'WWW-Authenticate': 'Basic realm="not supported"' },
  });
}

async function formOf(
  request: Request,
  response: Response,
  deps: RouteDeps,
): Promise<ReadonlyMap<string, string>> {
  const call = callOf(request);
  if (call.target.query.size > 0) throw refused('Parameters belong in the body.', 'form-in-address');
  const media = parseMediaType(request.headers['content-type'] ?? '');
  if (hasBody(request) && media?.type !== 'application/x-www-form-urlencoded') {
    throw new GatewayError('unsupportedMedia', 'The body must be application/x-www-form-urlencoded.');
  }
  const holding = deps.budget.hold(`address ${call.address}`);
  whenOver(response, () => holding.release());
  const { formMaxBytes: maxBytes } = deps.settings.body;
  const form = readForm((await readBody(request, response, { maxBytes, holding })).toString('utf8'));
  refuseOtherProof(request, form);
  return form;
}

/** POST /oauth/token */
export function tokenRoute(deps: RouteDeps) {
  return async (request: Request, response: Response): Promise<void> => {
    const call = callOf(request);
    call.route = '/oauth/token';
    await deps.rates.take('tokenPerAddress', call.address);
    const context = {
      requestId: call.requestId,
      admit: (clientId: string) => deps.rates.take('tokenPerClient', clientId),
    };
    let form: ReadonlyMap<string, string>;
    try {
      form = await formOf(request, response, deps);
    } catch (error) {
      await deps.identity.recordRefusal(error, context);
      throw error;
    }
    const answer = await within(deps.settings.times.answerMs, deps.identity.issueToken(form, context));
    response.setHeader('Pragma', 'no-cache');
    sendJson(response, answer);
  };
}

/** GET of a document that is public: key set and metadata. */
export function documentRoute(route: string, document: () => object | Promise<object>) {
  return async (request: Request, response: Response): Promise<void> => {
    callOf(request).route = route;
    sendJson(response, await document());
  };
}
