// How does a sandbox system read and write FHIR bodies? JSON or XML, STU3 or R4, with nothing lost in numbers.
import { isResource } from '../fhir/bundles.ts';
import { parseJson, printJson } from '../fhir/json.ts';
import { parseXml, printXml } from '../fhir/xml.ts';
import type { FhirResource, FhirVersion } from '../model.ts';

export type Format = 'json' | 'xml';

export const mediaTypes: Readonly<Record<Format, string>> = {
  json: 'application/fhir+json',
  xml: 'application/fhir+xml',
};

export const otherFormat = (format: Format): Format => (format === 'json' ? 'xml' : 'json');

/** The body as a resource, or nothing when its content type is not FHIR. Throws when it does not parse. */
export function readResource(
  bytes: Uint8Array,
  contentType: string,
  version: FhirVersion = 'stu3',
): FhirResource | undefined {
  if (bytes.length === 0) return undefined;
  if (/fhir\+xml/.test(contentType)) return parseXml(bytes, version);
  if (!/fhir\+json/.test(contentType)) return undefined;
  const value = parseJson(bytes);
  return isResource(value) ? value : undefined;
}

export const printResource = (
  resource: FhirResource,
  format: Format,
  version: FhirVersion = 'stu3',
): string => (format === 'xml' ? printXml(resource, version) : printJson(resource));
