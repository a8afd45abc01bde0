// Whose is each resource of a holder's answer? Its references must lead to a Patient with this BSN, and to no other one.
import { isResource } from '../../fhir/bundles.ts';
import { bsnSystem, identifiersOf } from '../../fhir/identifiers.ts';
import { type ReferenceElement, referenceParts, visitReferences } from '../../fhir/references.ts';
import type { FhirResource } from '../../model.ts';

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

const numberKeys = (identifier: unknown): string[] =>
  identifiersOf({ identifier }).map(({ system, value }) => `${system}|${value}`);

/** A Patient is also known by its numbers at this holder. */
const keysOf = ({ resourceType, id, identifier }: FhirResource): string[] => [
  ...(id === undefined ? [] : [`${resourceType}/${id}`, `urn:uuid:${id}`]),
  ...(resourceType === 'Patient' ? numberKeys(identifier) : []),
];

function put<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): Value {
  map.set(key, value);
  return value;
}

function groupsOf(resources: readonly FhirResource[], bsn: string, keys = keysOf): Groups {
  const groups = new Map<string, Group>();
  for (const resource of resources) {
    for (const key of keys(resource)) {
      const group = groups.get(key) ?? put(groups, key, { members: [] });
      if (group.members.length < mostMembers) group.members.push(resource);
      if (resource.resourceType !== 'Patient') continue;
      group.patient = graver(patientBelonging(resource, bsn), group.patient);
    }
  }
  return groups;
}

const noGroups: Groups = new Map();

const containedGroups = ({ contained }: FhirResource, bsn: string): Groups =>
  Array.isArray(contained)
    ? groupsOf(contained.filter(isResource), bsn, ({ id }) => (id === undefined ? [] : [`#${id}`]))
    : noGroups;

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

const graveness: Readonly<Record<Belonging, number>> = { other: 3, unproven: 2, own: 1, bare: 0 };
const graver = (one: Belonging, other: Belonging = 'bare'): Belonging =>
  graveness[one] >= graveness[other] ? one : other;

function linkBelonging({ reference, type, group }: Link, bsn: string): Belonging {
  let verdict = group?.patient;
  const mayBePatient = type === undefined || type === 'Patient';
  if (mayBePatient && reference.identifier !== undefined)
    for (const { system, value } of identifiersOf({ identifier: reference.identifier }))
      if (system === bsnSystem) verdict = graver(value === bsn ? 'own' : 'other', verdict);
  return verdict ?? (type === 'Patient' ? 'unproven' : 'bare');
}

const textIn = (element: unknown): string => (typeof element === 'string' ? element : '');

function typeSaid(reference: ReferenceElement): string | undefined {
  const { type } = reference as { type?: unknown };
  return typeof type === 'string' ? type : undefined;
}

/** What a text leads to. Within one answer the same few are written again and again. */
type Lead = { type: string | undefined; group: Group | undefined };

function leadsIn(groups: Groups): (text: string) => Lead {
  const known = new Map<string, Lead>();
  return (text) => {
    const lead = known.get(text);
    if (lead) return lead;
    const parts = referenceParts(text);
    // what still has a whole address lies at another server, where an id of this answer is somebody else's
    const group = parts?.base ? undefined : groups.get(parts ? `${parts.type}/${parts.id}` : text);
    return put(known, text, { type: parts?.type, group });
  };
}

function linksOf(resource: FhirResource, leadOf: (text: string) => Lead, inside: Groups): Link[] {
  const links: Link[] = [];
  visitReferences(resource, (reference) => {
    const text = textIn(reference.reference);
    const lead = leadOf(text);
    const numbered = text === '' ? numberKeys(reference.identifier).map((key) => leadOf(key).group) : [];
    const group = text.startsWith('#') ? inside.get(text) : (lead.group ?? numbered.find(Boolean));
    links.push({ reference, type: lead.type ?? typeSaid(reference), group });
  });
  return links;
}

function targetsOf(links: readonly Link[]): ReadonlySet<FhirResource> {
  const targets = new Set<FhirResource>();
  for (const { group } of links) if (group) for (const member of group.members) targets.add(member);
  return targets;
}

/** Looks at all references of all resources once. */
export function readAnswer(resources: readonly FhirResource[], bsn: string): Answer {
  const leadOf = leadsIn(groupsOf(resources, bsn));
  const targets = new Map<FhirResource, ReadonlySet<FhirResource>>();
  const belonging = new Map<FhirResource, Belonging>();
  const pointedAt = new Map<FhirResource, FhirResource[]>();
  for (const resource of resources) {
    const links = linksOf(resource, leadOf, containedGroups(resource, bsn));
    const its = targetsOf(links);
    targets.set(resource, its);
    for (const target of its) add(pointedAt, target, resource);
    belonging.set(resource, hasStranger(resource, bsn) ? 'other' : belongingBy(resource, links, bsn));
  }
  const from = (resource: FhirResource) => targets.get(resource) ?? none;
  return {
    targetsOf: from,
    neighboursOf: (resource) => [...from(resource), ...(pointedAt.get(resource) ?? [])],
    belongingOf: (resource) => belonging.get(resource) ?? 'unproven',
  };
}

const none: ReadonlySet<FhirResource> = new Set();

/** A contained Patient leaves with what contains it, whether or not something points at it. */
const hasStranger = ({ contained }: FhirResource, bsn: string): boolean =>
  Array.isArray(contained) &&
  contained
    .filter(isResource)
    .some((one) => one.resourceType === 'Patient' && patientBelonging(one, bsn) === 'other');

/** A Patient is judged by its own numbers alone: what it points at, such as a record it was merged from, is not its own. */
function belongingBy(resource: FhirResource, links: readonly Link[], bsn: string): Belonging {
  if (resource.resourceType === 'Patient') return patientBelonging(resource, bsn);
  let belonging: Belonging = 'bare';
  for (const link of links) belonging = graver(linkBelonging(link, bsn), belonging);
  // it says whose it is, in a way that leads to nobody in this answer
  const saysWhose = resource.patient !== undefined || resource.subject !== undefined;
  return belonging === 'bare' && saysWhose ? 'unproven' : belonging;
}
