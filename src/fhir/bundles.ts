// What does a Bundle hold, and which of its resources does a reference mean? http://hl7.org/fhir/STU3/bundle.html#references
import type { FhirResource } from '../model.ts';
import { referenceParts } from './references.ts';

export type BundleEntry = { fullUrl?: string; resource: FhirResource; path: string };

/** Finds what a reference in `from` means: a contained resource, or one of the Bundle; undefined when neither. */
export type Resolve = (reference: string, from?: FhirResource) => FhirResource | undefined;

export const isResource = (value: unknown): value is FhirResource =>
  typeof value === 'object' &&
  value !== null &&
  'resourceType' in value &&
  typeof value.resourceType === 'string';

/** The resources in its entries. */
export function resourcesOf(bundle: FhirResource): FhirResource[] {
  const resources: FhirResource[] = [];
  if (!Array.isArray(bundle.entry)) return resources;
  for (const entry of bundle.entry) {
    const resource: unknown = typeof entry === 'object' && entry !== null ? entry.resource : undefined;
    if (isResource(resource)) resources.push(resource);
  }
  return resources;
}

/** The entries that hold a resource, with their places: `Bundle.entry[3].resource`. */
export function entriesOf(bundle: FhirResource): BundleEntry[] {
  const entries: unknown[] = Array.isArray(bundle.entry) ? bundle.entry : [];
  return entries.flatMap((entry, index) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { fullUrl, resource } = entry as { fullUrl?: unknown; resource?: unknown };
    if (!isResource(resource)) return [];
    const path = `Bundle.entry[${index}].resource`;
    return [typeof fullUrl === 'string' ? { fullUrl, resource, path } : { resource, path }];
  });
}

/** The resource that `#id` means inside `container`; `#` is the container itself. */
export function containedIn(container: FhirResource, reference: string): FhirResource | undefined {
  if (reference === '#') return container;
  const contained: unknown[] = Array.isArray(container.contained) ? container.contained : [];
  return contained.filter(isResource).find((resource) => resource.id === reference.slice(1));
}

type Index = {
  byUrl: Map<string, FhirResource>;
  byTypeAndId: Map<string, FhirResource>;
  byId: Map<string, FhirResource>;
  urlOf: Map<FhirResource, string>;
};

function indexOf(entries: readonly BundleEntry[]): Index {
  const index: Index = { byUrl: new Map(), byTypeAndId: new Map(), byId: new Map(), urlOf: new Map() };
  const keep = (map: Map<string, FhirResource>, key: string, resource: FhirResource): void => {
    if (!map.has(key)) map.set(key, resource);
  };
  for (const { fullUrl, resource } of entries) {
    if (fullUrl !== undefined) {
      keep(index.byUrl, fullUrl, resource);
      index.urlOf.set(resource, fullUrl);
      const parts = referenceParts(fullUrl);
      if (parts) keep(index.byTypeAndId, `${parts.type}/${parts.id}`, resource);
    }
    if (typeof resource.id !== 'string') continue;
    keep(index.byTypeAndId, `${resource.resourceType}/${resource.id}`, resource);
    keep(index.byId, resource.id, resource);
  }
  return index;
}

/** A relative reference is first taken against the address of the resource that it stands in. */
function besides(index: Index, reference: string, from: FhirResource | undefined): FhirResource | undefined {
  const base = from && referenceParts(index.urlOf.get(from) ?? '')?.base;
  return base ? index.byUrl.get(`${base}/${reference}`) : undefined;
}

function find(index: Index, reference: string, from: FhirResource | undefined): FhirResource | undefined {
  const exact = index.byUrl.get(reference);
  if (exact) return exact;
  if (reference.startsWith('urn:uuid:')) return index.byId.get(reference.slice('urn:uuid:'.length));
  const parts = referenceParts(reference);
  if (!parts) return undefined;
  const key = `${parts.type}/${parts.id}`;
  return (
    (parts.base ? index.byUrl.get(`${parts.base}/${key}`) : besides(index, key, from)) ??
    index.byTypeAndId.get(key)
  );
}

/**
 * Resolves references within a Bundle: `#contained`, fullUrl, `urn:uuid:`, `Type/id`, and absolute addresses that end in
 * `Type/id`, whatever their host. The first of two equal entries wins. One index for the whole Bundle, so each look-up is cheap.
 */
export function resolver(bundle: FhirResource): Resolve {
  const index = indexOf(entriesOf(bundle));
  return (reference, from) =>
    reference.startsWith('#') ? from && containedIn(from, reference) : find(index, reference, from);
}
