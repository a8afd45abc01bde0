// Which form has this body, and which forms does the caller take? Media types as RFC 9110 and FHIR write them.
import { GatewayError } from '../errors.ts';
import type { FhirVersion } from '../model.ts';

export type FhirForm = 'json' | 'xml';
export type MediaType = { type: string; parameters: ReadonlyMap<string, string> };

const token = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
const typePattern = new RegExp(`^(${token}|\\*)/(${token}|\\*)$`);
const parameterPattern = new RegExp(`^(${token})=(?:"([^"\\\\]*)"|(${token}))$`);

/** `application/json` and `application/xml` are understood as the FHIR types; nothing else is. */
const forms: Readonly<Record<string, FhirForm>> = {
  'application/fhir+json': 'json',
  'application/fhir+xml': 'xml',
  'application/json': 'json',
  'application/xml': 'xml',
};
const fhirVersions: Readonly<Record<FhirVersion, string>> = { stu3: '3.0', r4: '4.0' };

export const acceptedTypes = 'application/fhir+json, application/fhir+xml, application/json, application/xml';
export const contentTypeOf: Readonly<Record<FhirForm, string>> = {
  json: 'application/fhir+json; charset=utf-8',
  xml: 'application/fhir+xml; charset=utf-8',
};

const fhirForms = acceptedTypes.split(', ').slice(0, 2);

/** `native`: the form of its own in which the address can answer as well. */
export function notAcceptable(native?: string): GatewayError {
  const forms = native === undefined ? fhirForms : [...fhirForms, native];
  return new GatewayError('notAcceptable', `This address answers in ${forms.join(' or ')}.`);
}

/** Parses one media type with its parameters; undefined when it is not one, or names a parameter twice. */
export function parseMediaType(text: string): MediaType | undefined {
  const [head = '', ...rest] = text.split(';').map((part) => part.trim());
  if (!typePattern.test(head)) return undefined;
  const parameters = new Map<string, string>();
  for (const part of rest) {
    if (part === '') continue;
    const [, name = '', quoted, plain] = parameterPattern.exec(part) ?? [];
    const key = name.toLowerCase();
    if (key === '' || parameters.has(key)) return undefined;
    parameters.set(key, quoted ?? plain ?? '');
  }
  return { type: head.toLowerCase(), parameters };
}

const versionFits = (parameters: ReadonlyMap<string, string>, version: FhirVersion) => {
  const given = parameters.get('fhirversion');
  return given === undefined || given === fhirVersions[version];
};

/** The form of a body with this Content-Type; undefined when it is not accepted on this version's routes. */
export function bodyForm(contentType: string | undefined, version: FhirVersion): FhirForm | undefined {
  const media = contentType === undefined ? undefined : parseMediaType(contentType);
  if (!media) return undefined;
  const charset = media.parameters.get('charset')?.toLowerCase();
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') return undefined;
  return versionFits(media.parameters, version) ? forms[media.type] : undefined;
}

export type Range = MediaType & { quality: number };
const maxRanges = 40;
const qualityPattern = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/** The ranges of an Accept header, malformed ones left out; at most forty are looked at. */
export function acceptRanges(accept: string): Range[] {
  return accept.split(',', maxRanges).flatMap((text) => {
    const media = parseMediaType(text.trim());
    if (!media) return [];
    const given = media.parameters.get('q') ?? '1';
    return qualityPattern.test(given) ? [{ ...media, quality: Number(given) }] : [];
  });
}

const matches = (range: string, type: string) =>
  range === type || range === '*/*' || (range.endsWith('/*') && type.startsWith(range.slice(0, -1)));

/** How much a caller wants this type: the quality of the most specific range that matches it, if any does. */
export function qualityOf(ranges: readonly Range[], type: string): number | undefined {
  const fitting = ranges.filter((range) => matches(range.type, type));
  const specific = (range: Range) => (range.type === '*/*' ? 0 : range.type.endsWith('/*') ? 1 : 2);
  fitting.sort((one, other) => specific(other) - specific(one));
  return fitting[0]?.quality;
}

/** What `_format` may say (FHIR http.html#parameters); a `+` in a query arrives as a space. */
function formNamed(format: string, version: FhirVersion): FhirForm | undefined {
  if (format === 'json' || format === 'xml') return format;
  const media = parseMediaType(format.replaceAll(' ', '+').replace(/;\++/g, ';'));
  return media && versionFits(media.parameters, version) ? forms[media.type] : undefined;
}

/**
 * The form to answer in: `_format` decides over Accept; no Accept and the wildcard mean JSON, as does a tie.
 * Undefined when the caller takes neither form.
 */
export function answerForm(
  wish: { accept: string | undefined; format: string | undefined },
  version: FhirVersion,
): FhirForm | undefined {
  if (wish.format !== undefined) return formNamed(wish.format, version);
  if (wish.accept === undefined || wish.accept.trim() === '') return 'json';
  const ranges = acceptRanges(wish.accept).filter((range) => versionFits(range.parameters, version));
  const wanted = (form: FhirForm) =>
    qualityOf(ranges, `application/fhir+${form}`) ?? qualityOf(ranges, `application/${form}`) ?? 0;
  const [json, xml] = [wanted('json'), wanted('xml')];
  if (json === 0 && xml === 0) return undefined;
  return xml > json ? 'xml' : 'json';
}
