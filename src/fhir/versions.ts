// Which of several resources under one id count? The same content once; of versions the newest, where they say which that is.
// http://hl7.org/fhir/R4/resource.html#Meta
import type { FhirResource } from '../model.ts';
import { identifiersOf } from './identifiers.ts';
import { createOnce } from './once.ts';

type Version = { updated: number; version: number };

function versionOf({ meta }: FhirResource): Version {
  const { lastUpdated, versionId } = (meta ?? {}) as { lastUpdated?: unknown; versionId?: unknown };
  return {
    updated: typeof lastUpdated === 'string' ? Date.parse(lastUpdated) : Number.NaN,
    version: typeof versionId === 'string' && /^\d{1,15}$/.test(versionId) ? Number(versionId) : Number.NaN,
  };
}

const named = (resource: FhirResource): string[] =>
  identifiersOf(resource).map(({ system, value }) => `${system}|${value}`);

/** Two systems of one holder may give the same id to different records: their identifiers tell. */
function mayBeVersions(a: FhirResource, b: FhirResource): boolean {
  const [one, other] = [named(a), named(b)];
  return one.length === 0 || other.length === 0 || one.some((each) => other.includes(each));
}

/** By `lastUpdated`; where that is the same or absent, by a numbered `versionId`. */
function isOlder(a: FhirResource, b: FhirResource): boolean {
  const [one, other] = [versionOf(a), versionOf(b)];
  if (one.updated < other.updated) return true;
  return !(one.updated > other.updated) && one.version < other.version;
}

function distinct(copies: readonly FhirResource[]): readonly FhirResource[] {
  if (copies.length < 2) return copies;
  const isNew = createOnce();
  return copies.filter(isNew);
}

const newest = (versions: readonly FhirResource[]): FhirResource[] =>
  versions.filter((one) => !versions.some((other) => mayBeVersions(one, other) && isOlder(one, other)));

const inDoubt = (counting: readonly FhirResource[]): boolean =>
  counting.some((one) => counting.some((other) => one !== other && mayBeVersions(one, other)));

/**
 * The resources that count, in the order given. Where several under one id cannot be put in order all of them stay, since any
 * may be the one that counts, and `unclear` is true.
 */
export function newestVersions(given: readonly FhirResource[]): {
  resources: FhirResource[];
  unclear: boolean;
} {
  const places = Map.groupBy(given, ({ resourceType, id }) =>
    id === undefined ? '' : `${resourceType}/${id}`,
  );
  const kept = new Set<FhirResource>();
  let unclear = false;
  for (const [place, copies] of places) {
    const counting = place === '' ? distinct(copies) : newest(distinct(copies));
    unclear ||= place !== '' && inDoubt(counting);
    for (const one of counting) kept.add(one);
  }
  return { resources: [...new Set(given)].filter((one) => kept.has(one)), unclear };
}
