// How do answers and errors leave? In the agreed form, with a length, and never as something a browser would run.
import { createHash } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import type { GatewayError } from '../errors.ts';
import { printJson } from '../fhir/json.ts';
import { printXml } from '../fhir/xml.ts';
import type { FhirResource, FhirVersion } from '../model.ts';
import { callOf } from './call.ts';
import type { DataDeps } from './deps.ts';
import { answerEarly } from './linger.ts';
import { contentTypeOf, type FhirForm } from './mediaTypes.ts';
import { asGatewayError, oauthErrorOf, outcomeOf, problemOf, statusOf } from './outcome.ts';

/** Node leaves the body of an answer to HEAD out by itself; the length stays. */
export function sendBytes(response: Response, contentType: string, bytes: Uint8Array): void {
  response.setHeader('Content-Type', contentType);
  response.setHeader('Content-Length', bytes.length);
  response.end(bytes);
}

export function sendJson(
  response: Response,
  body: object,
  contentType = 'application/json; charset=utf-8',
): void {
  sendBytes(response, contentType, Buffer.from(JSON.stringify(body)));
}

export function sendResource(
  response: Response,
  resource: FhirResource,
  as: { form: FhirForm; version: FhirVersion },
): void {
  const text = as.form === 'json' ? printJson(resource) : printXml(resource, as.version);
  sendText(response, contentTypeOf[as.form], text);
}

/** Characters up to which headers and text leave as one string in one write; a long text would take three times its room. */
const mostInOne = 65_536;

function sendText(response: Response, contentType: string, text: string): void {
  if (text.length > mostInOne) {
    sendBytes(response, contentType, Buffer.from(text));
    return;
  }
  response.setHeader('Content-Type', contentType);
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}

/** A page of our own: its one style block is allowed by hash, everything else stays forbidden. */
export function sendPage(response: Response, page: string): void {
  const styles = [...page.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, text = '']) => {
    const hash = createHash('sha256').update(text).digest('base64');
    return `'sha256-${hash}'`;
  });
  const styleRule = styles.length > 0 ? `style-src ${styles.join(' ')};` : '';
  response.setHeader(
    'Content-Security-Policy',
    `default-src 'none';${styleRule}base-uri 'none';form-action 'none';frame-ancestors 'none'`,
  );
  sendBytes(response, 'text/html; charset=utf-8', Buffer.from(page));
}

function sendError(error: GatewayError, request: Request, response: Response): void {
  const call = callOf(request);
  response.status(statusOf(error));
  for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
  if (call.errorShape === 'oauth') sendJson(response, oauthErrorOf(error));
  else if (call.errorShape === 'problem') {
    sendJson(response, problemOf(error, call.language), 'application/problem+json; charset=utf-8');
  } else {
    const version = call.target.segments[0] === 'r4' ? 'r4' : 'stu3';
    sendResource(response, outcomeOf(error, call.language), { form: call.errorForm, version });
  }
}

/** The one translator of errors, as Express wants it: four parameters. */
export function createErrorTranslator({ log }: Pick<DataDeps, 'log'>) {
  // biome-ignore lint/complexity/useMaxParams: Express knows an error handler by its four parameters
  return (thrown: unknown, request: Request, response: Response, _next: NextFunction): void => {
    const error = asGatewayError(thrown);
    const call = callOf(request);
    call.reason = error.reason ?? error.kind;
    if (statusOf(error) >= 500) {
      log.error(
        { requestId: call.requestId, route: call.route, reason: call.reason, err: error.cause ?? error },
        'failed',
      );
    }
    if (response.headersSent) {
      request.socket.destroy();
      return;
    }
    answerEarly(request, response, () => sendError(error, request, response));
  };
}
