// Is this content a resource with the structure of its type? JSON or XML bytes in, a tree out, or everything that is wrong.
import { GatewayError } from '../errors.ts';
import type { FhirContent, FhirResource, FhirVersion } from '../model.ts';
import { parseJson } from './json.ts';
import { checkShape } from './shape.ts';
import { parseXml } from './xml.ts';

function isResource(value: unknown): value is FhirResource {
  return (
    typeof value === 'object' &&
    value !== null &&
    'resourceType' in value &&
    typeof value.resourceType === 'string'
  );
}

/**
 * Parses the bytes and holds them against the element tables of the version. Throws `invalid` for what does not parse,
 * `unprocessable` with all issues for a structure that its type does not have.
 */
export function readContent({ bytes, form }: FhirContent, version: FhirVersion): FhirResource {
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
