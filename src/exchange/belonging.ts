// Whose is each resource of a holder's answer? Its references must lead to a Patient with this BSN, and to no other one.
import { isResource } from '../fhir/bundles.ts';
import { bsnSystem, identifiersOf } from '../fhir/identifiers.ts';
import { type ReferenceElement, referenceParts, visitReferences } from '../fhir/references.ts';
import type { FhirResource } from '../model.ts';

/**
 * `own`: of this patient. `other`: of somebody else, at least in part. `unproven`: it names a patient of whom the answer
 * does not show who it is. `bare`: it names no patient at all.
 */
export type Belonging = 'own' | 'other' | 'unproven' | 'bare';

export type Answer = {
  belongingOf(resource: FhirResource): Belonging;
  /** What a resource points at in the same answer, and what points at it. */
  neighboursOf(resource: FhirResource): readonly FhirResource[];
  targetsOf(resource: FhirResource): ReadonlySet<FhirResource>;
};

/** What stands under one id: a holder may send several versions, or several resources by mistake. */
type Group = {
  /** The first few. */
  members: FhirResource[];
  /** Whose the Patients under this id are, all of them together: an id that two patients share proves nothing. */
  patient?: Belonging;
};
type Groups = ReadonlyMap<string, Group>;
type Link = { reference: ReferenceElement; type: string | undefined; group: Group | undefined };

const mostMembers = 10;

const keysOf = ({ resourceType, id }: FhirResource): string[] =>
  id === undefined ? [] : [`${resourceType}/${id}`, `urn:uuid:${id}`];

function groupsOf(resources: readonly FhirResource[], bsn: string, keys = keysOf): Groups {
  const groups = new Map<string, Group>();
  for (const resource of resources) {
    for (const key of keys(resource)) {
      const group = groups.get(key) ?? { members: [] };
      groups.set(key, group);
      if (group.members.length < mostMembers) group.members.push(resource);
      if (resource.resourceType !== 'Patient') continue;
      group.patient = gravest([patientBelonging(resource, bsn), ...(group.patient ? [group.patient] : [])]);
    }
  }
  return groups;
}

const containedGroups = ({ contained }: FhirResource, bsn: string): Groups =>
  Array.isArray(contained)
    ? groupsOf(contained.filter(isResource), bsn, ({ id }) => (id === undefined ? [] : [`#${id}`]))
    : new Map();

const add = <Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void => {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
};

/** A Patient with two BSNs, or with none, is nobody's. */
function patientBelonging(patient: FhirResource, bsn: string): Belonging {
  const found = identifiersOf(patient).filter(({ system }) => system === bsnSystem);
  if (found.length === 0) return 'unproven';
  return found.every(({ value }) => value === bsn) ? 'own' : 'other';
}

function linkBelonging({ reference, type, group }: Link, bsn: string): Belonging {
  const mayBePatient = type === undefined || type === 'Patient';
  const named = mayBePatient
    ? identifiersOf(reference as { identifier?: unknown }).filter(({ system }) => system === bsnSystem)
    : [];
  const verdicts = [
    ...named.map(({ value }): Belonging => (value === bsn ? 'own' : 'other')),
    ...(group?.patient === undefined ? [] : [group.patient]),
  ];
  if (verdicts.length === 0) return type === 'Patient' ? 'unproven' : 'bare';
  return gravest(verdicts);
}

const graveness: readonly Belonging[] = ['other', 'unproven', 'own', 'bare'];
const gravest = (verdicts: readonly Belonging[]): Belonging =>
  graveness.find((one) => verdicts.includes(one)) ?? 'bare';

const textIn = (element: unknown): string => (typeof element === 'string' ? element : '');

function typeNamed(reference: ReferenceElement, parts: { type: string } | undefined): string | undefined {
  if (parts) return parts.type;
  const { type } = reference as { type?: unknown };
  return typeof type === 'string' ? type : undefined;
}

function linksOf(resource: FhirResource, groups: Groups, bsn: string): Link[] {
  const inside = containedGroups(resource, bsn);
  const links: Link[] = [];
  visitReferences(resource, (reference) => {
    const text = textIn(reference.reference);
    const parts = referenceParts(text);
    const group = text.startsWith('#')
      ? inside.get(text)
      : groups.get(parts ? `${parts.type}/${parts.id}` : text);
    links.push({ reference, type: typeNamed(reference, parts), group });
  });
  return links;
}

/** Looks at all references of all resources once. */
export function readAnswer(resources: readonly FhirResource[], bsn: string): Answer {
  const groups = groupsOf(resources, bsn);
  const targets = new Map<FhirResource, ReadonlySet<FhirResource>>();
  const belonging = new Map<FhirResource, Belonging>();
  const pointedAt = new Map<FhirResource, FhirResource[]>();
  for (const resource of resources) {
    const links = linksOf(resource, groups, bsn);
    const its = new Set(links.flatMap(({ group }) => group?.members ?? []));
    targets.set(resource, its);
    for (const target of its) add(pointedAt, target, resource);
    belonging.set(resource, belongingBy(resource, links, bsn));
  }
  const targetsOf = (resource: FhirResource) => targets.get(resource) ?? none;
  return {
    targetsOf,
    neighboursOf: (resource) => [...targetsOf(resource), ...(pointedAt.get(resource) ?? [])],
    belongingOf: (resource) => belonging.get(resource) ?? 'unproven',
  };
}

const none: ReadonlySet<FhirResource> = new Set();

/** A Patient is judged by its own numbers alone: what it points at, such as a record it was merged from, is not its own. */
const belongingBy = (resource: FhirResource, links: readonly Link[], bsn: string): Belonging =>
  resource.resourceType === 'Patient'
    ? patientBelonging(resource, bsn)
    : gravest(links.map((link) => linkBelonging(link, bsn)));
