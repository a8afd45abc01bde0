// In which form does a holder's resource leave? Under a gateway id, its references too; the holder is named by its URA (ADR 4).
import { uraSystem } from '../../fhir/identifiers.ts';
import { type ReferenceParts, referenceParts, rewriteTexts } from '../../fhir/references.ts';
import type { FhirResource } from '../../model.ts';
import type { Store } from '../../store/store.ts';
import type { ResolveIn } from '../declaredSearch.ts';
import type { HolderResult } from '../retrieval.ts';
import { servedIds } from './servedIds.ts';

/** What of one holder's answer an asker gets. */
export type Served = {
  store: Pick<Store, 'hash'>;
  holder: Pick<HolderResult, 'participant' | 'endpoint'>;
  /** The id under which this asker knows the patient: every Patient of the answer is this one. */
  patientId: string;
  resolve: ResolveIn;
  /** As the holder knows a resource. */
  placeOf(resource: FhirResource): string;
};

/** What is made once for an answer: most of it is needed again and again. */
export type Serving = Omit<Served, 'store'> & {
  idFor(place: string): string;
  /** `Type/id` as it leaves, by resource. */
  places: Map<FhirResource, string>;
  /** What the holder's own addresses begin with. */
  root: string;
  source: string;
};

/** Resources of one holder in one answer are served together. */
export const startServing = ({ store, ...served }: Served): Serving => ({
  ...served,
  idFor: servedIds(store, served.holder),
  places: new Map(),
  root: `${served.holder.endpoint.address}/`,
  source: sourceOf(served.holder),
});

type Tree = Record<string, unknown>;

/** `Type/id` under which a resource leaves. */
export function servedPlace(resource: FhirResource, serving: Serving): string {
  const known = serving.places.get(resource);
  if (known !== undefined) return known;
  const { resourceType } = resource;
  const id = resourceType === 'Patient' ? serving.patientId : serving.idFor(serving.placeOf(resource));
  const place = `${resourceType}/${id}`;
  serving.places.set(resource, place);
  return place;
}

const sameAddress = ({ base }: ReferenceParts, address: string): boolean => base === '' || base === address;

function servedReference(reference: string, from: FhirResource, serving: Serving): string {
  if (reference.startsWith('#')) return reference;
  const target = serving.resolve(reference, from);
  if (target) return servedPlace(target, serving);
  const { holder, patientId } = serving;
  const parts = referenceParts(reference);
  if (!parts) return `urn:uuid:${serving.idFor(reference)}`;
  // what is not in the answer: a place at the holder, or an address elsewhere, of which nothing may be seen
  if (!sameAddress(parts, holder.endpoint.address)) return `${parts.type}/${serving.idFor(reference)}`;
  return parts.type === 'Patient'
    ? `Patient/${patientId}`
    : `${parts.type}/${serving.idFor(`${parts.type}/${parts.id}`)}`;
}

/** Not the address that defines an extension: that one has a value beside it. */
const isLink = (tree: Tree): boolean => !Object.keys(tree).some((key) => /^(?:_?value|extension$)/.test(key));

const hasScheme = /^[a-z][a-z\d+.-]*:/i;

/** Documents lie at the holder under its own address, which is not shown and cannot be read from here. */
function servedAddress(written: string, within: Tree, { root, idFor }: Serving): string {
  const url = hasScheme.test(written) ? written : `${root}${written}`;
  return url.startsWith(root) && isLink(within) ? `urn:uuid:${idFor(url)}` : written;
}

/** The holder as `meta.source`: `http://fhir.nl/fhir/NamingSystem/ura|[URA]`. */
function sourceOf({ participant }: Served['holder']): string {
  const [first] = participant.identifiers;
  const known = participant.identifiers.find(({ system }) => system === uraSystem) ?? first;
  return known === undefined ? 'urn:sluis:holder' : `${known.system}|${known.value}`;
}

/** A copy that may leave; ids of the holder are in none of its references. */
export function servedForm(resource: FhirResource, serving: Serving): FhirResource {
  const id = servedPlace(resource, serving).split('/')[1] ?? '';
  const form = rewriteTexts(resource, {
    reference: (text) => servedReference(text, resource, serving),
    url: (text, within) => servedAddress(text, within, serving),
  });
  const meta = typeof form.meta === 'object' && form.meta !== null ? form.meta : {};
  return {
    ...form,
    resourceType: resource.resourceType,
    id,
    meta: { ...meta, source: serving.source },
  };
}
