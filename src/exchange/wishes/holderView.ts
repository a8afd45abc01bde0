// What does one holder's answer hold, once its Bundles are unpacked, and what do its references mean?
import { containedIn, isResource } from '../../fhir/bundles.ts';
import { identifiersOf } from '../../fhir/identifiers.ts';
import { referenceParts } from '../../fhir/references.ts';
import type { FhirResource } from '../../model.ts';
import type { HolderAnswer } from './records.ts';
import { isTree, type Tree, textOf, textsAt, treesAt } from './tree.ts';

export type HolderView = {
  answer: HolderAnswer;
  name: string;
  resources: readonly FhirResource[];
  /** It said that there is more, or that something went wrong on its side. */
  partial: boolean;
  resolve(reference: unknown, from: FhirResource): FhirResource | undefined;
};

type Unpacked = { resource: FhirResource; fullUrl?: string };

function unpack(resource: FhirResource, fullUrl?: string): Unpacked[] {
  if (resource.resourceType !== 'Bundle')
    return [fullUrl === undefined ? { resource } : { resource, fullUrl }];
  return treesAt(resource, 'entry').flatMap((entry) => {
    const inner = entry.resource;
    return isResource(inner) ? unpack(inner, textOf(entry.fullUrl)) : [];
  });
}

const bundlesIn = (resource: FhirResource): FhirResource[] =>
  resource.resourceType !== 'Bundle'
    ? []
    : [
        resource,
        ...treesAt(resource, 'entry')
          .map((entry) => entry.resource)
          .filter(isResource)
          .flatMap(bundlesIn),
      ];

const saysFailure = (resource: FhirResource): boolean =>
  resource.resourceType === 'OperationOutcome' &&
  treesAt(resource, 'issue').some((issue) => issue.severity === 'error' || issue.severity === 'fatal');

const hasMore = (bundle: FhirResource): boolean =>
  treesAt(bundle, 'link').some((link) => link.relation === 'next');

function indexOf(unpacked: readonly Unpacked[]): Map<string, FhirResource> {
  const index = new Map<string, FhirResource>();
  for (const { resource, fullUrl } of unpacked) {
    const parts = fullUrl === undefined ? undefined : referenceParts(fullUrl);
    const ids = [
      fullUrl,
      parts && `${parts.type}/${parts.id}`,
      resource.id === undefined ? undefined : `${resource.resourceType}/${resource.id}`,
      resource.id === undefined ? undefined : `urn:uuid:${resource.id}`,
    ];
    for (const id of ids) if (id !== undefined && !index.has(id)) index.set(id, resource);
  }
  return index;
}

/** Reads a holder's answer; Bundles may lie in Bundles. */
export function viewOf(answer: HolderAnswer): HolderView {
  const unpacked = answer.resources.flatMap((resource) => unpack(resource));
  const index = indexOf(unpacked);
  const resources = unpacked.map(({ resource }) => resource);
  const partial = resources.some(saysFailure) || answer.resources.flatMap(bundlesIn).some(hasMore);
  const resolve = (reference: unknown, from: FhirResource): FhirResource | undefined => {
    const text = isTree(reference) ? textOf(reference.reference) : undefined;
    if (text === undefined) return undefined;
    if (text.startsWith('#')) return containedIn(from, text);
    const parts = referenceParts(text);
    return index.get(text) ?? (parts && index.get(`${parts.type}/${parts.id}`));
  };
  return { answer, name: answer.holder.name, resources, partial, resolve };
}

export const placeOf = (resource: FhirResource): string => `${resource.resourceType}/${resource.id ?? '?'}`;

export const identifiersIn = (resource: FhirResource): string[] =>
  identifiersOf(resource).map(({ system, value }) => `${system}|${value}`);

/** A person's name as written, else put together from its parts. */
export function nameIn(resource: Tree): string | undefined {
  const names = treesAt(resource, 'name');
  const name = names.find((one) => one.use === 'official') ?? names[0];
  if (name === undefined) return textOf(resource.name);
  const parts = [...textsAt(name, 'given'), textOf(name.family)].filter((part) => part !== undefined);
  return textOf(name.text) ?? (parts.length === 0 ? undefined : parts.join(' '));
}

/** Whom a reference names: the resource's own name, else what the reference displays. */
export function personOf(reference: Tree, from: FhirResource, view: HolderView): string | undefined {
  const target = view.resolve(reference, from);
  if (target?.resourceType === 'PractitionerRole') {
    const person = treesAt(target, 'practitioner')[0];
    const named = person === undefined ? undefined : personOf(person, target, view);
    return named ?? textOf(reference.display);
  }
  return (target && nameIn(target)) ?? textOf(reference.display);
}
