// By which references do entries of one page name each other? By fullUrl, which need not hold the id, and by whole addresses.
// http://hl7.org/fhir/R4/bundle.html#references
import { entriesOf } from '../fhir/bundles.ts';
import { rewriteReferences } from '../fhir/references.ts';
import type { FhirResource } from '../model.ts';
import type { OwnPlaces } from './ownPlaces.ts';

const uuid = 'urn:uuid:';

/** What carries no id of its own is known by the one of its entry. */
const named = (resource: FhirResource, fullUrl = ''): FhirResource =>
  resource.id === undefined && fullUrl.startsWith(uuid)
    ? { ...resource, id: fullUrl.slice(uuid.length) }
    : resource;

/**
 * The resources of a page; references by the UUID of an entry say `Type/id` where the two differ, so that they hold when
 * the page is taken apart, and so do whole addresses of the holder itself. What is at another server keeps its address.
 */
export function resourcesNamed(bundle: FhirResource, own: OwnPlaces): FhirResource[] {
  const places = new Map<string, string>();
  const resources = entriesOf(bundle).map(({ resource: given, fullUrl }) => {
    const resource = named(given, fullUrl);
    if (fullUrl?.startsWith(uuid) && fullUrl !== `${uuid}${resource.id}`)
      places.set(fullUrl, `${resource.resourceType}/${resource.id}`);
    return resource;
  });
  const nameOf = (text: string): string => places.get(text) ?? own.relative(text);
  return resources.map((resource) => rewriteReferences(resource, nameOf));
}
