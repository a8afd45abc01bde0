// What does the form of a search by POST ask? Nothing that stands in its address already.
// https://hl7.org/fhir/R4/http.html#search
import type { Request, Response } from 'express';
import { GatewayError } from '../errors.ts';
import { hasBody, readBody } from './body.ts';
import type { Holding } from './budget.ts';
import { callOf } from './call.ts';
import type { RouteDeps } from './deps.ts';
import { parseMediaType } from './mediaTypes.ts';
import { type Parameters, readParameters } from './target.ts';

export const formType = 'application/x-www-form-urlencoded';

/** Is this the address of a search by POST? */
export const isSearchForm = (method: string, path: readonly string[]): boolean =>
  method === 'POST' && path.length === 2 && path[1] === '_search';

function demandForm(contentType: string | undefined): void {
  const media = parseMediaType(contentType ?? '');
  const charset = media?.parameters.get('charset')?.toLowerCase() ?? 'utf-8';
  if (media?.type === formType && (charset === 'utf-8' || charset === 'utf8')) return;
  throw new GatewayError('unsupportedMedia', `The body of a search is ${formType}, in UTF-8.`, {
    headers: { Accept: formType },
  });
}

/**
 * What stands in the form. Throws `unsupportedMedia` for another body than a form, `invalid` for one that
 * is malformed or repeats a name of the address, and what readBody throws.
 */
export async function readSearchForm(
  { request, response }: { request: Request; response: Response },
  deps: Pick<RouteDeps, 'settings' | 'exchange'>,
  holding: Holding,
): Promise<Parameters> {
  if (!hasBody(request)) return [];
  demandForm(request.headers['content-type']);
  const { formMaxBytes: maxBytes } = deps.settings.body;
  const bytes = await readBody(request, response, { maxBytes, holding });
  const form = readParameters(bytes.toString('utf8'), deps.exchange.repeatable ?? (() => false));
  const names = new Set(callOf(request).target.parameters.map(([name]) => name));
  if (form.some(([name]) => names.has(name)))
    throw new GatewayError('invalid', 'A parameter is given both in the address and in the body.', {
      reason: 'query-double',
    });
  return form;
}
