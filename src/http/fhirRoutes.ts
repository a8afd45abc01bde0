// How is a FHIR request answered? Caller, budget, form, body, exchange, answer: in that order.
import type { Request, Response } from 'express';
import { GatewayError } from '../errors.ts';
import type { FhirRequest, FhirResponse, FhirVersion, Requester } from '../model.ts';
import { admit, recordRefusal, within } from './access.ts';
import { acceptsNative, nativeFormOf, wantsFhirForm } from './binary.ts';
import { callOf } from './call.ts';
import type { RouteDeps } from './deps.ts';
import { readResource } from './fhirBody.ts';
import { acceptedTypes, answerForm, type FhirForm } from './mediaTypes.ts';
import { sendBytes, sendJson, sendResource } from './send.ts';

type Asked = { request: Request; response: Response; version: FhirVersion; deps: RouteDeps };

const notAcceptable = () =>
  new GatewayError(
    'notAcceptable',
    `This address answers in ${acceptedTypes.split(', ').slice(0, 2).join(' or ')}.`,
  );

const pathOf = (request: Request) => callOf(request).target.segments.slice(1);

/** What is left for the exchange once http/ has dealt with the form of the answer. */
function queryOf(request: Request): ReadonlyMap<string, string> {
  const query = new Map(callOf(request).target.query);
  for (const name of ['_format', '_pretty', 'access_token']) query.delete(name);
  return query;
}

function formWanted(request: Request, version: FhirVersion): FhirForm | undefined {
  const { accept } = request.headers;
  return answerForm({ accept, format: callOf(request).target.query.get('_format') }, version);
}

const isBinaryRead = (path: readonly string[]) => path.length === 2 && path[0] === 'Binary';

/** The route's pattern for log and metrics; an address that is no transaction shows nothing of itself. */
function patternOf({ request, version, deps }: Asked): string {
  try {
    const question = {
      version,
      method: request.method,
      path: pathOf(request),
      query: new Map<string, string>(),
    };
    return `/${version}/${deps.exchange.match(question).transaction.path.join('/')}`;
  } catch {
    return `/${version}/*`;
  }
}

/** OPTIONS says which methods an address knows: by its pattern, so that nothing shows what exists. */
function answerOptions({ request, response, version, deps }: Asked): void {
  const path = pathOf(request);
  let allow = path[0] === 'metadata' ? 'GET, HEAD' : '';
  try {
    if (!allow) deps.exchange.match({ version, method: 'OPTIONS', path, query: new Map() });
  } catch (error) {
    if (!(error instanceof GatewayError) || error.kind !== 'methodNotAllowed') throw error;
    allow = error.headers.Allow ?? '';
  }
  response.setHeader('Allow', [allow, 'OPTIONS'].filter(Boolean).join(', ')).status(204).end();
}

async function ask(asked: Asked, requester: Requester): Promise<FhirResponse> {
  const { request, response, version, deps } = asked;
  const call = callOf(request);
  const path = pathOf(request);
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
  let fhirRequest: FhirRequest;
  const query = queryOf(request);
  try {
    deps.exchange.match({ version, method: request.method, path, query });
    if (!formWanted(request, version) && !isBinaryRead(path)) throw notAcceptable();
    const holding = deps.budget.hold(requester.participant.id);
    response.once('close', () => holding.release());
    const { maxBytes } = deps.settings.body;
    const resource = await readResource({ request, response }, version, { maxBytes, holding });
    fhirRequest = {
      version,
      method: request.method === 'HEAD' ? 'GET' : request.method,
      path,
      query,
      language: call.language,
      requestId: call.requestId,
      ...(ifMatch === undefined ? {} : { ifMatch }),
      ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
      ...(resource === undefined ? {} : { resource }),
    };
  } catch (error) {
    await recordRefusal(error, request, deps);
    throw error;
  }
  return within(deps.settings.times.answerMs, deps.exchange.answer(fhirRequest, requester));
}

function send(answer: FhirResponse, { request, response, version }: Asked): void {
  const { accept } = request.headers;
  const format = callOf(request).target.query.get('_format');
  response.status(answer.status);
  response.setHeader('Vary', 'Accept, Accept-Language, Authorization');
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  const native = nativeFormOf(answer);
  const wantsNative = native && (!answer.resource || !wantsFhirForm(accept, format));
  if (wantsNative && acceptsNative(accept, native.contentType)) {
    response.setHeader('Content-Disposition', 'attachment');
    sendBytes(response, native.contentType, native.bytes);
    return;
  }
  if (!answer.resource && !native) {
    response.end();
    return;
  }
  const form = formWanted(request, version);
  if (!form || !answer.resource) throw notAcceptable();
  sendResource(response, answer.resource, { form, version });
}

function answerPublic({ request, response, version, deps }: Asked): boolean {
  const call = callOf(request);
  const path = pathOf(request).join('/');
  if (path !== 'metadata' && path !== '.well-known/smart-configuration') return false;
  call.route = `/${version}/${path}`;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    throw new GatewayError('methodNotAllowed', 'This address can only be read.', {
      headers: { Allow: 'GET, HEAD, OPTIONS' },
    });
  }
  if (path !== 'metadata') {
    sendJson(response, deps.identity.smartConfiguration());
    return true;
  }
  const form = formWanted(request, version);
  if (!form) throw notAcceptable();
  sendResource(response, deps.exchange.capabilityStatement(version), { form, version });
  return true;
}

/** Everything under `/stu3` or `/r4`. */
export function fhirRoute(version: FhirVersion, deps: RouteDeps) {
  return async (request: Request, response: Response): Promise<void> => {
    const asked: Asked = { request, response, version, deps };
    const call = callOf(request);
    const format = call.target.query.get('_format');
    if (format !== undefined) call.errorForm = formWanted(request, version) ?? 'json';
    if (request.method === 'OPTIONS') return answerOptions(asked);
    if (answerPublic(asked)) return;
    call.route = patternOf(asked);
    const requester = await admit(request, request.method === 'POST' ? 'push' : 'read', deps);
    send(await ask(asked, requester), asked);
  };
}
