// What does one holder's answer hold, once its Bundles are unpacked, and what do its references mean?
import { containedIn, isResource } from '../../fhir/bundles.ts';
import { identifiersOf } from '../../fhir/identifiers.ts';
import { nextIn } from '../../fhir/nextPage.ts';
import { outcomeFault } from '../../fhir/outcomeFault.ts';
import { referenceParts, serverOf } from '../../fhir/references.ts';
import type { FhirResource } from '../../model.ts';
import type { HolderAnswer } from './records.ts';
import { extensionsOf, findTrees, isTree, type Tree, textOf, textsAt, treesAt, valueIn } from './tree.ts';

export type HolderView = {
  answer: HolderAnswer;
  name: string;
  resources: readonly FhirResource[];
  /** It said that there is more, or that something went wrong on its side. */
  partial: boolean;
  resolve(reference: unknown, from: FhirResource): FhirResource | undefined;
  /** What people are called, once it was asked: nearly every resource names the same few. */
  people: Map<FhirResource, string | undefined>;
};

type Unpacked = { resource: FhirResource; fullUrl?: string };

/** In what do resources lie that travel together? Bundles, and what operations answer. */
const partsOf: Readonly<Record<string, (outer: FhirResource) => readonly Tree[]>> = {
  Bundle: (outer) => treesAt(outer, 'entry'),
  Parameters: (outer) => findTrees(outer.parameter, (one) => 'resource' in one && 'name' in one),
};

const recorded: ReadonlySet<string> = new Set(['Consent', 'Goal', 'Observation', 'QuestionnaireResponse']);

/** Wishes that lie in a record, as a statement in the directive that rests on it: of its patient where they name none. */
function wishesInside(outer: FhirResource): FhirResource[] {
  const { contained, patient = outer.subject } = outer;
  const found = treesAt(outer, 'contained')
    .filter(isResource)
    .filter(({ resourceType }) => recorded.has(resourceType));
  return found.map((inner) => ({
    ...inner,
    ...(inner.patient === undefined && inner.subject === undefined ? { patient } : {}),
    // what is within an error is no record of its own
    ...(outer.status === 'entered-in-error' ? { status: outer.status } : {}),
    id: `${outer.id ?? '?'}#${inner.id ?? '?'}`,
    contained,
  }));
}

function unpack(resource: FhirResource, fullUrl?: string): Unpacked[] {
  const parts = partsOf[resource.resourceType]?.(resource);
  if (parts === undefined)
    return [resource, ...wishesInside(resource)].map((one) =>
      fullUrl === undefined ? { resource: one } : { resource: one, fullUrl },
    );
  return parts.flatMap((part) =>
    isResource(part.resource) ? unpack(part.resource, textOf(part.fullUrl)) : [],
  );
}

function bundlesIn(resource: FhirResource): FhirResource[] {
  const parts = partsOf[resource.resourceType]?.(resource);
  if (parts === undefined) return [];
  const inner = parts.map((part) => part.resource).filter(isResource);
  return [resource, ...inner.flatMap(bundlesIn)];
}

const saysFailure = (resource: FhirResource): boolean =>
  resource.resourceType === 'OperationOutcome' && outcomeFault(resource) !== undefined;

/** A part of a batch that failed: what it would have brought is not here. */
const hasFailed = (bundle: FhirResource): boolean =>
  treesAt(bundle, 'entry', 'response').some(
    ({ status, outcome }) =>
      /^[45]/.test(textOf(status) ?? '') || (isResource(outcome) && saysFailure(outcome)),
  );

const hasMore = (bundle: FhirResource): boolean => nextIn(bundle) !== undefined;

/** Who can be referred to by number alone. */
const people = new Set(['Patient', 'RelatedPerson', 'Practitioner', 'PractitionerRole']);

/** All by which others may refer to a resource. */
function referredAs({ resource, fullUrl }: Unpacked): (string | undefined)[] {
  const { resourceType, id } = resource;
  const parts = fullUrl === undefined ? undefined : referenceParts(fullUrl);
  return [
    fullUrl,
    parts && `${parts.type}/${parts.id}`,
    ...(id === undefined ? [] : [`${resourceType}/${id}`, `urn:uuid:${id}`]),
    ...(people.has(resourceType) ? identifiersIn(resource) : []),
  ];
}

/** Two Patients of other numbers that two systems of one holder gave one id. */
function areOthers(a: FhirResource, b: FhirResource): boolean {
  if (a.resourceType !== 'Patient' || b.resourceType !== 'Patient') return false;
  const [one, other] = [identifiersIn(a), identifiersIn(b)];
  return one.length > 0 && other.length > 0 && !one.some((each) => other.includes(each));
}

/** What each name means; a name that means two persons means nobody. */
function indexOf(unpacked: readonly Unpacked[]): Map<string, FhirResource | undefined> {
  const index = new Map<string, FhirResource | undefined>();
  for (const one of unpacked)
    for (const name of referredAs(one)) {
      if (name === undefined) continue;
      const known = index.get(name);
      if (!index.has(name)) index.set(name, one.resource);
      else if (known !== undefined && areOthers(known, one.resource)) index.set(name, undefined);
    }
  return index;
}

/** Where each resource stands: what it refers to without an address stands there too. */
const basesOf = (unpacked: readonly Unpacked[]): Map<FhirResource, string> =>
  new Map(
    unpacked.flatMap(({ resource, fullUrl }): [FhirResource, string][] => {
      const base = referenceParts(fullUrl ?? '')?.base;
      return base === undefined ? [] : [[resource, base]];
    }),
  );

/** Reads a holder's answer; Bundles may lie in Bundles. */
export function viewOf(answer: HolderAnswer): HolderView {
  const unpacked = answer.resources.flatMap((resource) => unpack(resource));
  const [index, bases] = [indexOf(unpacked), basesOf(unpacked)];
  const resources = unpacked.map(({ resource }) => resource);
  const partial =
    resources.some(saysFailure) ||
    answer.resources.flatMap(bundlesIn).some((one) => hasMore(one) || hasFailed(one));
  const byNumber = (reference: Tree): FhirResource | undefined =>
    identifiersIn(reference)
      .map((identifier) => index.get(identifier))
      .find(Boolean);
  // one of the same id at another server is somebody else
  const byAddress = (text: string): FhirResource | undefined => {
    const parts = referenceParts(text);
    const found = parts && index.get(`${parts.type}/${parts.id}`);
    const known = found && bases.get(found);
    const isElsewhere = parts?.base && known !== undefined && serverOf(known) !== serverOf(parts.base);
    return isElsewhere ? undefined : found;
  };
  const resolve = (reference: unknown, from: FhirResource): FhirResource | undefined => {
    if (!isTree(reference)) return undefined;
    const text = textOf(reference.reference);
    if (text === undefined) return byNumber(reference);
    if (text.startsWith('#')) return containedIn(from, text);
    const exact = index.get(`${bases.get(from) ?? ''}/${text}`) ?? index.get(text);
    if (exact) return exact;
    return byAddress(text);
  };
  return { answer, name: answer.holder.name, resources, partial, resolve, people: new Map() };
}

export const placeOf = (resource: FhirResource): string => `${resource.resourceType}/${resource.id ?? '?'}`;

export const identifiersIn = (resource: Tree): string[] =>
  identifiersOf(resource).map(({ system, value }) => `${system}|${value}`);

const nameQualifier = 'http://hl7.org/fhir/StructureDefinition/iso21090-EN-qualifier';

/** First names as people say them: the call name, else the others without initials, each once. */
function givenIn(name: Tree): string[] {
  const kinds = Array.isArray(name._given) ? name._given.map((one) => extensionsOf(one, nameQualifier)) : [];
  const given = textsAt(name, 'given');
  const isKind = (code: string) => (_: string, index: number) =>
    (kinds[index] ?? []).some((one) => valueIn(one) === code);
  const called = given.filter(isKind('CL'));
  const full = given.filter((one, index) => !isKind('IN')(one, index));
  const [best = given] = [called, full].filter((some) => some.length > 0);
  return [...new Set(best)];
}

/** A person's name as written, else put together from its parts. */
export function nameIn(resource: Tree): string | undefined {
  const names = treesAt(resource, 'name');
  const name = names.find((one) => one.use === 'official') ?? names[0];
  if (name === undefined) return textOf(resource.name);
  const parts = [...givenIn(name), textOf(name.family)].filter((part) => part !== undefined);
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
  return (target && nameOf(target, view)) ?? textOf(reference.display);
}

function nameOf(person: FhirResource, { people }: HolderView): string | undefined {
  if (!people.has(person)) people.set(person, nameIn(person));
  return people.get(person);
}
