// In which form does a Binary leave? In its own type unless FHIR is asked for by name, and never as a page.
// http://hl7.org/fhir/STU3/binary.html and http://hl7.org/fhir/R4/binary.html, on serving Binary resources
import type { FhirResource, FhirResponse } from '../model.ts';
import { acceptRanges, parseMediaType, qualityOf } from './mediaTypes.ts';

export type NativeForm = { contentType: string; bytes: Uint8Array };

/** Types that a browser would run or render as a document of ours. */
const active = /html|svg|xml|javascript|ecmascript|xslt|multipart|flash|message/;
const opaque = 'application/octet-stream';

/** A declared type as it may stand in a header; what is active or malformed becomes opaque bytes. */
export function safeContentType(declared: unknown): string {
  if (typeof declared !== 'string' || declared.length > 128) return opaque;
  const media = parseMediaType(declared.trim());
  return media && !media.type.includes('*') && !active.test(media.type) ? media.type : opaque;
}

/** Does the caller ask for the FHIR form by name, so that the wildcard does not count? */
export function wantsFhirForm(accept: string | undefined, format: string | undefined): boolean {
  if (format !== undefined) return true;
  return acceptRanges(accept ?? '').some(
    (range) => range.type.startsWith('application/fhir+') && range.quality > 0,
  );
}

/** The native form of an answer that is a Binary; undefined when it is none. */
export function nativeFormOf(answer: FhirResponse): NativeForm | undefined {
  if (answer.raw) return { contentType: safeContentType(answer.raw.contentType), bytes: answer.raw.bytes };
  return answer.resource?.resourceType === 'Binary' ? nativeFormOfResource(answer.resource) : undefined;
}

function nativeFormOfResource(resource: FhirResource): NativeForm {
  const content = resource.content ?? resource.data;
  const bytes = Buffer.from(typeof content === 'string' ? content : '', 'base64');
  return { contentType: safeContentType(resource.contentType), bytes };
}

/** May these bytes be sent to a caller with this Accept header? */
export function acceptsNative(accept: string | undefined, contentType: string): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  return (qualityOf(acceptRanges(accept), contentType) ?? 0) > 0;
}

/** Is this very type among those that the caller names? */
export const asksByName = (accept: string | undefined, contentType: string | undefined): boolean =>
  acceptRanges(accept ?? '').some(({ type, quality }) => type === contentType && quality > 0);
