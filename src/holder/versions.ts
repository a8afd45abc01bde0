// Which of several resources under one id counts? http://hl7.org/fhir/R4/resource.html#Meta
import type { FhirResource } from '../model.ts';

const placeOf = ({ resourceType, id }: FhirResource): string => `${resourceType}/${id}`;

function updated({ meta }: FhirResource): number {
  const { lastUpdated } = (meta ?? {}) as { lastUpdated?: unknown };
  return typeof lastUpdated === 'string' ? Date.parse(lastUpdated) : Number.NaN;
}

function newestAmong(versions: readonly FhirResource[]): FhirResource | undefined {
  const times = versions.map(updated);
  const newest = Math.max(...times);
  return times.filter((time) => time === newest).length === 1 ? versions[times.indexOf(newest)] : undefined;
}

/**
 * The newest version of each resource by `meta.lastUpdated`, in the order given. Where that does not tell them apart all of
 * them stay, since any may be the one that counts, and `unclear` is true. Patients all stay: an id of two proves nothing.
 */
export function newestVersions(given: readonly FhirResource[]): {
  resources: FhirResource[];
  unclear: boolean;
} {
  const identified = given.filter(({ resourceType, id }) => id !== undefined && resourceType !== 'Patient');
  const several = [...Map.groupBy(identified, placeOf).values()].filter(({ length }) => length > 1);
  const older = new Set<FhirResource>();
  let unclear = false;
  for (const versions of several) {
    const newest = newestAmong(versions);
    if (newest === undefined) unclear = true;
    else for (const version of versions) if (version !== newest) older.add(version);
  }
  return { resources: given.filter((one) => !older.has(one)), unclear };
}
