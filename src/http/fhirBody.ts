// Is the body a resource? Its form by Content-Type alone, then its structure; nothing is guessed from the content.
import type { Request, Response } from 'express';
import { GatewayError } from '../errors.ts';
import { parseJson } from '../fhir/json.ts';
import { checkShape } from '../fhir/shape.ts';
import { parseXml } from '../fhir/xml.ts';
import type { FhirResource, FhirVersion } from '../model.ts';
import { hasBody, readBody } from './body.ts';
import type { Holding } from './budget.ts';
import { acceptedTypes, bodyForm } from './mediaTypes.ts';

const carriesBody = new Set(['POST', 'PUT']);

function isResource(value: unknown): value is FhirResource {
  return (
    typeof value === 'object' &&
    value !== null &&
    'resourceType' in value &&
    typeof value.resourceType === 'string'
  );
}

function parse(bytes: Buffer, form: 'json' | 'xml', version: FhirVersion): FhirResource {
  const parsed = form === 'json' ? parseJson(bytes) : parseXml(bytes, version);
  if (!isResource(parsed)) throw new GatewayError('invalid', 'The body is not a FHIR resource.');
  const issues = checkShape(parsed, version);
  if (issues.some((issue) => issue.severity === 'fatal' || issue.severity === 'error')) {
    throw new GatewayError('unprocessable', 'The resource does not have the structure of its type.', {
      issues,
    });
  }
  return parsed;
}

/**
 * The resource in the body; undefined when there is no body. Throws `unsupportedMedia` naming the accepted types,
 * `invalid` for what does not parse and for a body where none belongs, `unprocessable` for a wrong structure, and
 * what readBody throws.
 */
export async function readResource(
  exchange: { request: Request; response: Response },
  version: FhirVersion,
  reading: { maxBytes: number; holding: Holding },
): Promise<FhirResource | undefined> {
  const { request, response } = exchange;
  if (!hasBody(request)) return undefined;
  if (!carriesBody.has(request.method))
    throw new GatewayError('invalid', `A ${request.method} takes no body here.`);
  const form = bodyForm(request.headers['content-type'], version);
  if (!form) {
    throw new GatewayError('unsupportedMedia', `A body here is one of ${acceptedTypes}, in UTF-8.`, {
      headers: { Accept: acceptedTypes },
    });
  }
  const bytes = await readBody(request, response, reading);
  return bytes.length === 0 ? undefined : parse(bytes, form, version);
}
