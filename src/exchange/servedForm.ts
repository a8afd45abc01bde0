// In which form does a holder's resource leave? Under a gateway id, its references too; the holder is named by its URA (ADR 4).
import { hash } from 'node:crypto';
import { uraSystem } from '../fhir/identifiers.ts';
import { type ReferenceParts, referenceParts, rewriteReferences } from '../fhir/references.ts';
import type { FhirResource } from '../model.ts';
import type { Store } from '../store/store.ts';
import type { ResolveIn } from './declaredSearch.ts';
import type { HolderResult } from './retrieval.ts';
import { servedId } from './servedIds.ts';

export type Serving = {
  store: Pick<Store, 'hash'>;
  holder: Pick<HolderResult, 'participant' | 'endpoint'>;
  /** The id under which this asker knows the patient: every Patient of the answer is this one. */
  patientId: string;
  resolve: ResolveIn;
  /** The ids that were made for this answer, by place at the holder: most are needed again and again. */
  ids?: Map<string, string>;
};

function idFor(place: string, { store, holder, ids }: Serving): string {
  const id = ids?.get(place) ?? servedId(store, holder, place);
  ids?.set(place, id);
  return id;
}

type Tree = Record<string, unknown>;

/** `Type/id` as the holder knows it; what has no id gets one by its content. */
const placeOf = (resource: FhirResource): string =>
  `${resource.resourceType}/${resource.id ?? `#${hash('sha256', JSON.stringify(resource))}`}`;

export function servedPlace(resource: FhirResource, serving: Serving): string {
  if (resource.resourceType === 'Patient') return `Patient/${serving.patientId}`;
  return `${resource.resourceType}/${idFor(placeOf(resource), serving)}`;
}

const sameAddress = ({ base }: ReferenceParts, address: string): boolean => base === '' || base === address;

function servedReference(reference: string, from: FhirResource, serving: Serving): string {
  if (reference.startsWith('#')) return reference;
  const target = serving.resolve(reference, from);
  if (target) return servedPlace(target, serving);
  const { holder, patientId } = serving;
  const parts = referenceParts(reference);
  if (!parts) return `urn:uuid:${idFor(reference, serving)}`;
  // what is not in the answer: a place at the holder, or an address elsewhere, of which nothing may be seen
  if (!sameAddress(parts, holder.endpoint.address)) return `${parts.type}/${idFor(reference, serving)}`;
  return parts.type === 'Patient'
    ? `Patient/${patientId}`
    : `${parts.type}/${idFor(`${parts.type}/${parts.id}`, serving)}`;
}

/** Not the address that defines an extension: that one has a value beside it. */
const isLink = (tree: Tree): boolean =>
  !Object.keys(tree).some((key) => key.startsWith('value') || key === 'extension');

/** Documents lie at the holder under its own address, which is not shown and cannot be read from here. */
function withoutAddresses(value: unknown, serving: Serving): unknown {
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return value;
  if (Array.isArray(value)) return value.map((one) => withoutAddresses(one, serving));
  const { holder } = serving;
  const tree: Tree = {};
  for (const [key, child] of Object.entries(value)) {
    const isAddress =
      key === 'url' && typeof child === 'string' && child.startsWith(`${holder.endpoint.address}/`);
    tree[key] =
      isAddress && isLink(value as Tree)
        ? `urn:uuid:${idFor(child, serving)}`
        : withoutAddresses(child, serving);
  }
  return tree;
}

/** The holder as `meta.source`: `http://fhir.nl/fhir/NamingSystem/ura|[URA]`. */
function sourceOf({ participant }: Serving['holder']): string {
  const [first] = participant.identifiers;
  const known = participant.identifiers.find(({ system }) => system === uraSystem) ?? first;
  return known === undefined ? 'urn:sluis:holder' : `${known.system}|${known.value}`;
}

/** A copy that may leave; ids of the holder are in none of its references. */
export function servedForm(resource: FhirResource, serving: Serving): FhirResource {
  const id = servedPlace(resource, serving).split('/')[1] ?? '';
  const rewritten = rewriteReferences(resource, (reference) => servedReference(reference, resource, serving));
  const copy = { ...(withoutAddresses(rewritten, serving) as FhirResource) };
  const meta = typeof copy.meta === 'object' && copy.meta !== null ? copy.meta : {};
  return {
    ...copy,
    resourceType: resource.resourceType,
    id,
    meta: { ...meta, source: sourceOf(serving.holder) },
  };
}
