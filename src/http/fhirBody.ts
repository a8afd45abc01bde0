// In which form is the body? By Content-Type alone; nothing is guessed from the content.
import type { Request, Response } from 'express';
import { GatewayError } from '../errors.ts';
import { readContent } from '../fhir/readContent.ts';
import type { FhirContent, FhirResource, FhirVersion } from '../model.ts';
import { hasBody, readBody } from './body.ts';
import type { Holding } from './budget.ts';
import { acceptedTypes, bodyForm } from './mediaTypes.ts';

const carriesBody = new Set(['POST', 'PUT']);

/**
 * The body unread; undefined when there is none. Throws `unsupportedMedia` naming the accepted types, `invalid` where no
 * body belongs, and what readBody throws.
 */
export async function readUnparsed(
  exchange: { request: Request; response: Response },
  version: FhirVersion,
  reading: { maxBytes: number; holding: Holding },
): Promise<FhirContent | undefined> {
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
  return bytes.length === 0 ? undefined : { bytes, form };
}

/** The resource in the body; undefined when there is none. Throws what readUnparsed and readContent throw. */
export async function readResource(
  ...given: Parameters<typeof readUnparsed>
): Promise<FhirResource | undefined> {
  const content = await readUnparsed(...given);
  return content && readContent(content, given[1]);
}
