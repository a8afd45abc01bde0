// By which references do entries of one page name each other? By fullUrl, which need not hold the id.
// http://hl7.org/fhir/R4/bundle.html#references
import { entriesOf } from '../fhir/bundles.ts';
import { rewriteReferences } from '../fhir/references.ts';
import type { FhirResource } from '../model.ts';

const uuid = 'urn:uuid:';

/** What carries no id of its own is known by the one of its entry. */
const named = (resource: FhirResource, fullUrl = ''): FhirResource =>
  resource.id === undefined && fullUrl.startsWith(uuid)
    ? { ...resource, id: fullUrl.slice(uuid.length) }
    : resource;

/**
 * The resources of a page; references by the UUID of an entry say `Type/id` where the two differ, so that they hold when
 * the page is taken apart.
 */
export function resourcesNamed(bundle: FhirResource): FhirResource[] {
  const places = new Map<string, string>();
  const resources = entriesOf(bundle).map(({ resource: given, fullUrl }) => {
    const resource = named(given, fullUrl);
    if (fullUrl?.startsWith(uuid) && fullUrl !== `${uuid}${resource.id}`)
      places.set(fullUrl, `${resource.resourceType}/${resource.id}`);
    return resource;
  });
  if (places.size === 0) return resources;
  return resources.map((resource) => rewriteReferences(resource, (text) => places.get(text) ?? text));
}
