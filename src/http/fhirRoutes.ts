// How is a FHIR request answered? Caller, budget, form, body, exchange, answer: in that order.
import type { Request, Response } from 'express';
import { GatewayError } from '../errors.ts';
import { readContent } from '../fhir/readContent.ts';
import type { FhirRequest, FhirResponse, FhirVersion, Requester } from '../model.ts';
import { admit, recordRefusal, within } from './access.ts';
import { acceptsNative, asksByName, nativeFormOf, wantsFhirForm } from './binary.ts';
import type { Holding } from './budget.ts';
import { callOf } from './call.ts';
import type { RouteDeps } from './deps.ts';
import { readUnparsed } from './fhirBody.ts';
import { answerForm, type FhirForm, notAcceptable } from './mediaTypes.ts';
import { isSearchForm, readSearchForm } from './searchForm.ts';
import { sendBytes, sendJson, sendResource } from './send.ts';
import type { Parameters } from './target.ts';
import { whenOver } from './underWay.ts';

type MatchQuestion = Pick<FhirRequest, 'version' | 'method' | 'path' | 'query' | 'parameters'>;
type Asked = { request: Request; response: Response; version: FhirVersion; deps: RouteDeps };

const pathOf = (request: Request) => callOf(request).target.segments.slice(1);

const ofHttp: ReadonlySet<string> = new Set(['_format', '_pretty', 'access_token']);

/** What is left for the exchange once http/ has dealt with the form of the answer. */
const askedOf = (parameters: Parameters): Parameters => parameters.filter(([name]) => !ofHttp.has(name));
const queryOf = (request: Request) => new Map(askedOf(callOf(request).target.parameters));

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
  let allow = isPublic(path) ? 'GET, HEAD' : '';
  try {
    if (!allow) deps.exchange.match({ version, method: 'OPTIONS', path, query: new Map() });
  } catch (error) {
    if (!(error instanceof GatewayError) || error.kind !== 'methodNotAllowed') throw error;
    allow = error.headers.Allow ?? '';
  }
  response.setHeader('Allow', [allow, 'OPTIONS'].filter(Boolean).join(', ')).status(204).end();
}

type Body = Pick<FhirRequest, 'content' | 'resource' | 'parameters'>;
type Reading = { holding: Holding; takes: 'content' | 'records' | undefined };

function mostBytes(takes: Reading['takes'], limits: RouteDeps['settings']['body']): number {
  if (takes === 'content') return limits.maxBytes;
  return Math.min(takes === 'records' ? limits.recordsMaxBytes : limits.questionMaxBytes, limits.maxBytes);
}

/** A search is matched again when its form is read: what it asks stands there. */
async function readBodyOf(asked: Asked, question: MatchQuestion, reading: Reading): Promise<Body> {
  const { request, response, version, deps } = asked;
  const { holding, takes } = reading;
  if (!isSearchForm(request.method, question.path)) {
    const maxBytes = mostBytes(takes, deps.settings.body);
    const content = await readUnparsed({ request, response }, version, { maxBytes, holding });
    const { parameters } = question;
    const body = content && (takes === 'content' ? { content } : { resource: readContent(content, version) });
    return { ...body, ...(parameters ? { parameters } : {}) };
  }
  const form = await readSearchForm({ request, response }, deps, holding);
  const parameters = [...askedOf(callOf(request).target.parameters), ...form];
  deps.exchange.match({ ...question, parameters });
  return { parameters };
}

/** The caller hung up before it had its answer. */
function goneOf(response: Response): AbortSignal {
  const gone = new AbortController();
  whenOver(response, () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}

async function ask(asked: Asked, requester: Requester): Promise<FhirResponse> {
  const { request, response, version, deps } = asked;
  const call = callOf(request);
  const path = pathOf(request);
  const { method } = request;
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
  const { scopes } = requester;
  const known = isSearchForm(method, path) ? {} : { parameters: askedOf(call.target.parameters) };
  const question = { version, method, path, query: queryOf(request), scopes, ...known };
  let fhirRequest: FhirRequest;
  try {
    const { transaction } = deps.exchange.match(question);
    const native = asksByName(request.headers.accept, transaction.native) ? transaction.native : undefined;
    if (!native && !formWanted(request, version) && !isBinaryRead(path))
      throw notAcceptable(transaction.native);
    const holding = deps.budget.hold(requester.participant.id);
    whenOver(response, () => holding.release());
    fhirRequest = {
      version,
      method: method === 'HEAD' ? 'GET' : method,
      path,
      query: question.query,
      language: call.language,
      requestId: call.requestId,
      ...(ifMatch === undefined ? {} : { ifMatch }),
      ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
      ...(native === undefined ? {} : { native }),
      ...(method === 'HEAD' ? { headersOnly: true } : {}),
      gone: goneOf(response),
      ...(await readBodyOf(asked, question, { holding, takes: transaction.takes })),
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
  // an answer that has one form alone was asked for in that form, by Accept or in its question
  const isChosen = native && !wantsFhirForm(accept, format) && acceptsNative(accept, native.contentType);
  if (native && (isChosen || !answer.resource)) {
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

const isDefinition = (path: readonly string[]) => path.length === 2 && path[0] === 'OperationDefinition';
/** What describes this gateway, and nobody's records: for everybody. */
const isPublic = (path: readonly string[]) =>
  isDefinition(path) || ['metadata', '.well-known/smart-configuration'].includes(path.join('/'));

function answerPublic({ request, response, version, deps }: Asked): boolean {
  const path = pathOf(request);
  if (!isPublic(path)) return false;
  const [first = '', name = ''] = path;
  callOf(request).route = `/${version}/${isDefinition(path) ? `${first}/:id` : path.join('/')}`;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    throw new GatewayError('methodNotAllowed', 'This address can only be read.', {
      headers: { Allow: 'GET, HEAD, OPTIONS' },
    });
  }
  if (first === '.well-known') {
    sendJson(response, deps.identity.smartConfiguration());
    return true;
  }
  const form = formWanted(request, version);
  if (!form) throw notAcceptable();
  const { operationDefinition, capabilityStatement } = deps.exchange;
  const told = isDefinition(path) ? operationDefinition(version, name) : capabilityStatement(version);
  sendResource(response, told, { form, version });
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
    const pushes = request.method === 'POST' && !isSearchForm('POST', pathOf(request));
    const requester = await admit(request, pushes ? 'push' : 'read', deps);
    send(await ask(asked, requester), asked);
  };
}
