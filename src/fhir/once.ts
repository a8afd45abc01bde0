// Did this resource come before? The same content under the same id is the same; two versions of it are two.
import type { FhirResource } from '../model.ts';

/** Says of each distinct resource once that it is new. Only those that share type and id are compared by content. */
export function createOnce(): (resource: FhirResource) => boolean {
  const places = new Map<string, { first: FhirResource; prints?: Set<string> }>();
  return (resource) => {
    const place = `${resource.resourceType}/${resource.id ?? ''}`;
    const known = places.get(place);
    if (known === undefined) {
      places.set(place, { first: resource });
      return true;
    }
    known.prints ??= new Set([JSON.stringify(known.first)]);
    const print = JSON.stringify(resource);
    return !known.prints.has(print) && Boolean(known.prints.add(print));
  };
}
