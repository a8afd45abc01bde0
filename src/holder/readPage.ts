// What does a data holder's answer to a search hold? Form by Content-Type, a searchset, resources of a sound structure.
// https://hl7.org/fhir/R4/http.html#search, https://hl7.org/fhir/R4/bundle.html#searchset
import { GatewayError } from '../errors.ts';
import { isResource } from '../fhir/bundles.ts';
import { withoutMark } from '../fhir/byteOrderMark.ts';
import { numberText } from '../fhir/decimals.ts';
import { parseJson } from '../fhir/json.ts';
import { nextIn } from '../fhir/nextPage.ts';
import { outcomeFault } from '../fhir/outcomeFault.ts';
import { checkShape } from '../fhir/shape.ts';
import { parseXml } from '../fhir/xml.ts';
import type { FhirResource, FhirVersion, Issue } from '../model.ts';
import type { OutgoingAnswer } from '../outgoing/outgoing.ts';
import type { CallFault } from './call.ts';
import { resourcesNamed } from './entryNames.ts';
import type { OwnPlaces } from './ownPlaces.ts';

/** What is wrong with the structure of resources, by resource; one that is not in it was looked at and is right. */
export type Shapes = ReadonlyMap<FhirResource, readonly Issue[]>;

export type Page = {
  resources: FhirResource[];
  /** What stands on it as a match, sound or not: without what is said to stand beside the matches. */
  matches: readonly FhirResource[];
  /** Entries that hold no resource. */
  unread: number;
  /** How many matches the holder says that all pages together have. */
  total?: number;
  /** Address of the next page, as the holder wrote it. */
  next?: string;
  /** What makes the answer less than whole. */
  faults: string[];
  shapes: Shapes;
  /** Of this page too. */
  own: OwnPlaces;
};

export const fhirTypes = 'application/fhir+json, application/fhir+xml;q=0.8, application/json;q=0.5';

const forms: Readonly<Record<string, 'json' | 'xml'>> = {
  'application/fhir+json': 'json',
  'application/json+fhir': 'json',
  'application/json': 'json',
  'application/fhir+xml': 'xml',
  'application/xml+fhir': 'xml',
  'application/xml': 'xml',
  'text/xml': 'xml',
};

const versions: Readonly<Record<FhirVersion, string>> = { stu3: '3.0', r4: '4.0' };

/** Faults of structure that code further on could stumble over; what is only missing or unknown is told there. */
const unsound = new Set([
  'shape-resource-type',
  'shape-not-object',
  'shape-not-list',
  'shape-not-single',
  'shape-json-type',
  'shape-choice',
  'shape-null',
  'shape-pairing',
  'shape-depth',
  'shape-too-many',
]);

function parse(answer: OutgoingAnswer, version: FhirVersion): FhirResource | CallFault {
  const written = answer.headers['content-type'] ?? '';
  const form = forms[(written.split(';')[0] ?? '').trim().toLowerCase()];
  if (form === undefined) return { fault: 'not-fhir' };
  const spoken = /;\s*fhirversion\s*=\s*"?([\d.]+)/i.exec(written)?.[1];
  if (spoken !== undefined && !spoken.startsWith(versions[version])) return { fault: 'other-version' };
  try {
    const parsed = form === 'json' ? parseJson(withoutMark(answer.body)) : parseXml(answer.body, version);
    return isResource(parsed) ? parsed : { fault: 'not-fhir' };
  } catch (error) {
    if (error instanceof GatewayError) return { fault: 'not-fhir' };
    throw error;
  }
}

const listOf = (value: unknown): readonly Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one !== null) : [];

/** How many entries a Bundle has; what stands in their place without being a list counts as one. */
const listed = (entry: unknown): number => (Array.isArray(entry) ? entry.length : entry == null ? 0 : 1);

const modesBeside: ReadonlySet<unknown> = new Set(['include', 'outcome']);

/** A total counts these alone: http://hl7.org/fhir/R4/bundle-definitions.html#Bundle.total */
function matchIn({ search, resource }: Record<string, unknown>): readonly FhirResource[] {
  const { mode } = (search ?? {}) as { mode?: unknown };
  if (modesBeside.has(mode) || !isResource(resource)) return [];
  return resource.resourceType === 'OperationOutcome' ? [] : [resource];
}

const isUnsound = ({ severity, rule = '' }: Issue): boolean => severity !== 'warning' && unsound.has(rule);

/** A page can hold thousands of resources with a thousand findings each. */
const mostOfARule = 10;

function fewOfEach(issues: readonly Issue[]): readonly Issue[] {
  const byRule = Map.groupBy(issues, ({ rule }) => rule);
  return [...byRule.values()].flatMap((same) => same.slice(0, mostOfARule));
}

/** Servers mark with it what they give without some of its elements: https://hl7.org/fhir/R4/search.html#elements */
function isSubset({ meta }: FhirResource): boolean {
  const { tag } = (meta ?? {}) as { tag?: unknown };
  return listOf(tag).some(({ code }) => code === 'SUBSETTED');
}

type Reading = {
  version: FhirVersion;
  /** Resources beyond these are not even looked at: a look costs more than the reading did. */
  most: number;
  /** What is known of the holder's own addresses. */
  own: OwnPlaces;
};

/** What of a page is missing, before any resource of it is looked at. */
function lacks({
  bundle,
  given,
  most,
}: {
  bundle: FhirResource;
  given: FhirResource[];
  most: number;
}): string[] {
  return [
    ...(given.length > most ? ['too-many-resources'] : []),
    ...(given.length < listed(bundle.entry) ? ['malformed'] : []),
    ...([bundle, ...given].some(isSubset) ? ['subsetted'] : []),
  ];
}

function resourcesIn(bundle: FhirResource, { version, most, own: known }: Reading): Page {
  const own = known.on(bundle);
  const given = resourcesNamed(bundle, own);
  const shapes = new Map<FhirResource, readonly Issue[]>();
  const page: Page = {
    resources: [],
    matches: listOf(bundle.entry).flatMap(matchIn),
    unread: listed(bundle.entry) - given.length,
    faults: lacks({ bundle, given, most }),
    shapes,
    own,
  };
  for (const resource of given.slice(0, most)) {
    if (resource.resourceType === 'OperationOutcome') {
      const fault = outcomeFault(resource);
      if (fault !== undefined) page.faults.push(fault);
      continue;
    }
    const issues = checkShape(resource, version);
    if (resource.resourceType === 'Bundle' || issues.some(isUnsound)) page.faults.push('malformed');
    else {
      page.resources.push(resource);
      if (issues.length > 0) shapes.set(resource, fewOfEach(issues));
    }
  }
  return page;
}

/** Also where it is written as a text or a decimal; one that says nothing proves nothing, and the answer may not be whole. */
function totalIn({ total }: FhirResource): number | 'unreadable' | undefined {
  if (total == null) return undefined;
  const text = numberText(total) ?? total;
  return typeof text === 'string' && /^\s*\d+(?:\.0+)?\s*$/.test(text) ? Number(text) : 'unreadable';
}

/** One page of a search, or why it is none. What an OperationOutcome says is not passed on, only that there was an error. */
export function readPage(answer: OutgoingAnswer, reading: Reading): Page | CallFault {
  const parsed = parse(answer, reading.version);
  if (!isResource(parsed)) return parsed;
  if (parsed.resourceType === 'OperationOutcome' && outcomeFault(parsed) === 'outcome-error')
    return { fault: 'outcome-error' };
  if (parsed.resourceType !== 'Bundle' || parsed.type !== 'searchset') return { fault: 'not-searchset' };
  const page = resourcesIn(parsed, reading);
  const next = nextIn(parsed);
  const total = totalIn(parsed);
  return {
    ...page,
    faults: total === 'unreadable' ? [...page.faults, 'malformed'] : page.faults,
    ...(next !== undefined && { next }),
    ...(typeof total === 'number' && { total }),
  };
}
