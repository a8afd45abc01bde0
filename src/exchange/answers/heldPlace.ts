// Under which name is a resource of a holder known here? By its own `Type/id`, and by its content where that names no one thing.
import { hash } from 'node:crypto';
import type { FhirResource } from '../../model.ts';

const byContent = (resource: FhirResource): string =>
  `${resource.resourceType}/#${hash('sha256', JSON.stringify(resource))}`;

/** `Type/id` as the holder knows it; what has no id gets one by its content. */
export const heldPlace = (resource: FhirResource): string =>
  resource.id === undefined ? byContent(resource) : `${resource.resourceType}/${resource.id}`;

/** Names resources that are served together: of several under one id, all but the first are named by their content. */
export function heldPlaces(resources: readonly FhirResource[]): (resource: FhirResource) => string {
  const taken = new Set<string>();
  const renamed = new Map<FhirResource, string>();
  for (const resource of resources) {
    const place = heldPlace(resource);
    if (taken.has(place)) renamed.set(resource, byContent(resource));
    else taken.add(place);
  }
  return (resource) => renamed.get(resource) ?? heldPlace(resource);
}
