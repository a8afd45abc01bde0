// Where does a resource lead? Its references, and the addresses of attachments that lie in a Binary, with their places.
import { eachReference } from '../fhir/references.ts';
import type { FhirResource } from '../model.ts';

export type Link = { path: string; target: string };

/** Each link with its place: `Composition.section[0].entry[1]`, `DocumentReference.content[0].attachment.url`. */
export function linksOf(resource: FhirResource): Link[] {
  const links: Link[] = [];
  eachReference(resource, (reference, path) => {
    if (typeof reference.reference === 'string') links.push({ path, target: reference.reference });
  });
  eachBinaryAddress(resource, resource.resourceType, (link) => links.push(link));
  return links;
}

function eachBinaryAddress(value: unknown, path: string, visit: (link: Link) => void): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, item] of Object.entries(value)) {
    const place = Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`;
    if (name === 'url' && typeof item === 'string' && /(^|\/)Binary\/[^/]+$/.test(item)) {
      visit({ path: place, target: item });
    } else eachBinaryAddress(item, place, visit);
  }
}
