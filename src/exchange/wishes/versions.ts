// Which of the copies of one resource in one answer counts? The same content once; of versions the newest, where they say which that is.
import type { FhirResource } from '../../model.ts';
import { readDate } from './clinicalDate.ts';
import { identifiersIn, placeOf } from './holderView.ts';
import { isTree } from './tree.ts';

const metaOf = ({ meta }: FhirResource): { updated: number | undefined; version: number | undefined } => {
  const { lastUpdated, versionId } = isTree(meta) ? meta : {};
  const version =
    typeof versionId === 'string' && /^\d{1,15}$/.test(versionId) ? Number(versionId) : undefined;
  return { updated: readDate(lastUpdated)?.when.start, version };
};

/** Two systems of one holder may give the same id to different records: their identifiers tell. */
function mayBeVersions(a: FhirResource, b: FhirResource): boolean {
  const [one, other] = [identifiersIn(a), identifiersIn(b)];
  return one.length === 0 || other.length === 0 || one.some((each) => other.includes(each));
}

function isOlder(a: FhirResource, b: FhirResource): boolean {
  const [one, other] = [metaOf(a), metaOf(b)];
  if (one.updated !== undefined && other.updated !== undefined && one.updated !== other.updated)
    return one.updated < other.updated;
  return one.version !== undefined && other.version !== undefined && one.version < other.version;
}

function distinctOf(copies: readonly FhirResource[]): readonly FhirResource[] {
  if (copies.length < 2) return copies;
  return [...new Map(copies.map((one) => [JSON.stringify(one), one])).values()];
}

function newestOf(versions: readonly FhirResource[]): readonly FhirResource[] {
  const distinct = distinctOf(versions);
  return distinct.filter(
    (one) => !distinct.some((other) => mayBeVersions(one, other) && isOlder(one, other)),
  );
}

/** The same resource twice in one answer, by page or by `_include`, is one record; so are versions that can be put in order. */
export function once(resources: readonly FhirResource[]): FhirResource[] {
  const places = new Map<string, FhirResource[]>();
  for (const resource of resources) {
    const place = resource.id === undefined ? '' : placeOf(resource);
    const known = places.get(place);
    if (known === undefined) places.set(place, [resource]);
    else known.push(resource);
  }
  return [...places].flatMap(([place, versions]) =>
    place === '' ? distinctOf(versions) : newestOf(versions),
  );
}
