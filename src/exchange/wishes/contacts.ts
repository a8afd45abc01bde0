// Who speaks for the patient, under which number, and can the patient decide? RelatedPerson, Patient.contact, Patient extensions.
import { isResource } from '../../fhir/bundles.ts';
import type { FhirResource } from '../../model.ts';
import { consentDate, readDate } from './clinicalDate.ts';
import {
  capacityExtension,
  capacityObservation,
  extensionUrls,
  firstContactRole,
  mayBeSnomed,
  representativeRoles,
  roleSystem,
} from './codes.ts';
import { type HolderView, nameIn } from './holderView.ts';
import { type Capacity, type ClinicalDate, type Contact, type Found, nothing } from './records.ts';
import {
  type Coding,
  codingsOf,
  extensionsOf,
  type Tree,
  textOf,
  textsAt,
  treesAt,
  valueIn,
} from './tree.ts';

/** A role of the list, or of SNOMED; a system's own `03` means something else. STU3 forms write `1` where R4 writes `01`. */
export function rolesIn(codings: readonly Coding[]): string[] {
  return codings
    .filter(({ system }) => mayBeSnomed(system) || roleSystem.test(system ?? ''))
    .map(({ code }) => (/^\d$/.test(code) ? `0${code}` : code));
}

const relationSystem = /RoleCode$|(^|:)2\.16\.840\.1\.113883\.5\.111$/;

export const speaks = (roles: readonly string[]): boolean =>
  roles.some((role) => representativeRoles.has(role));

export const isFirstContact = (roles: readonly string[]): boolean => roles.includes(firstContactRole);

const looksLikeNumber = /^\+?[\d\s()./-]{6,}$/;
const withoutScheme = (text: string): string => text.replace(/^(?:tel|sms):/i, '');

const rankOf = ({ rank }: Tree): number => {
  const given = typeof rank === 'string' ? Number.parseInt(rank, 10) : rank;
  return typeof given === 'number' && given > 0 ? given : Number.MAX_SAFE_INTEGER;
};

type Reached = { phone: string | undefined; email: string | undefined };

/** The first by rank. A number is one by its system, else by its looks: some systems leave the system out. */
function reach(person: Tree, at: Date): Reached {
  const valid = treesAt(person, 'telecom')
    .filter((one) => one.use !== 'old' && !hasEnded(one, at))
    .toSorted((a, b) => rankOf(a) - rankOf(b));
  const values = valid.flatMap((one) => {
    const value = textOf(one.value);
    return value === undefined ? [] : [{ system: textOf(one.system), value: withoutScheme(value) }];
  });
  const by = (...systems: (string | undefined)[]): string | undefined =>
    values.find(({ system }) => systems.includes(system))?.value;
  const unsaid = values.filter(({ system }) => !['phone', 'sms', 'email', 'fax'].includes(system ?? ''));
  return {
    phone: by('phone', 'sms') ?? unsaid.find(({ value }) => looksLikeNumber.test(value))?.value,
    email: by('email') ?? unsaid.find(({ value }) => value.includes('@'))?.value,
  };
}

type Told = { holder: string; at: Date; date?: ClinicalDate | undefined; roles?: readonly string[] };

function contactOf(person: Tree, { holder, at, date, roles: named = [] }: Told): Contact[] {
  const extra = extensionsOf(person, extensionUrls.contactRole).map(valueIn);
  const codings = [...treesAt(person, 'relationship'), ...extra].flatMap((one) => codingsOf(one));
  const isRelation = ({ system }: Coding): boolean => relationSystem.test(system ?? '');
  const roles = [...new Set([...named, ...rolesIn(codings)])];
  if (!speaks(roles) && !isFirstContact(roles)) return [];
  const relation = codings.find(isRelation);
  return [
    {
      name: nameIn(person) ?? '',
      roles,
      relation: relation?.display ?? relation?.code,
      ...reach(person, at),
      date,
      holder,
    },
  ];
}

function hasEnded(one: Tree, at: Date): boolean {
  const end = textsAt(one, 'period', 'end').map(readDate)[0];
  return end !== undefined && at.getTime() >= end.when.end;
}

const isOver = (person: Tree, at: Date): boolean => person.active === false || hasEnded(person, at);

/** A RelatedPerson that speaks for the patient or is called first. */
export function readRelatedPerson(person: FhirResource, view: HolderView, at: Date): Found {
  const contacts = isOver(person, at) ? [] : contactOf(person, { holder: view.name, at });
  return { ...nothing(), contacts };
}

/** Those inside a record: as old as what it says. */
export const readContained = (resource: FhirResource, view: HolderView, at: Date): Contact[] =>
  treesAt(resource, 'contained')
    .filter(isResource)
    .filter((inner) => inner.resourceType === 'RelatedPerson' && !isOver(inner, at))
    .flatMap((inner) => contactOf(inner, { holder: view.name, at, date: consentDate(resource) }));

const representativeRole = '24';

/** Whom a directive names as the patient's representative (RESPRSN), whatever roles that person has elsewhere. */
export function readRepresentatives(consent: FhirResource, view: HolderView, at: Date): Contact[] {
  const actors = treesAt(consent, 'provision', 'actor').filter(({ role }) =>
    codingsOf(role).some(({ code }) => code === 'RESPRSN'),
  );
  return actors.flatMap(({ reference }) => {
    const person = view.resolve(reference, consent);
    if (person?.resourceType !== 'RelatedPerson' || isOver(person, at)) return [];
    const told = { holder: view.name, at, date: consentDate(consent), roles: [representativeRole] };
    return contactOf(person, told);
  });
}

function capacitiesOf(patient: FhirResource, holder: string): Capacity[] {
  return treesAt(patient, 'extension')
    .filter((one) => capacityExtension.test(String(one.url)))
    .flatMap((one) => {
      const [capable] = extensionsOf(one, 'legallyCapable').map(valueIn);
      const [comment] = extensionsOf(one, 'legallyCapableComment').map((each) => textOf(valueIn(each)));
      return typeof capable === 'boolean' ? [{ capable, comment, date: undefined, holder }] : [];
    });
}

/** The contacts and the capacity on a Patient; the latter has no date there and can be stale. */
export function readPatient(patient: FhirResource, view: HolderView, at: Date): Found {
  const contacts = treesAt(patient, 'contact')
    .filter((one) => !isOver(one, at))
    .flatMap((one) => contactOf(one, { holder: view.name, at }));
  return { ...nothing(), contacts, capacities: capacitiesOf(patient, view.name) };
}

/** An Observation of legal capacity, as some R4 systems record it, with its date. */
export function readObservation(observation: FhirResource, view: HolderView, at: Date): Found {
  const codes = codingsOf(observation.code).map(({ code }) => code);
  const counts = ['final', 'amended', 'corrected'].includes(String(observation.status));
  const capable = observation.valueBoolean;
  if (!counts || !codes.includes(capacityObservation) || typeof capable !== 'boolean') return nothing();
  const date = readDate(observation.effectiveDateTime);
  if (date !== undefined && date.when.start > at.getTime()) return nothing();
  const [comment] = [...textsAt(observation, 'note', 'text'), ...textsAt(observation, 'comment')];
  return { ...nothing(), capacities: [{ capable, comment, date, holder: view.name }] };
}

const plainName = (name: string): string => name.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
const digits = (phone: string | undefined): string | undefined => phone?.replace(/\D/g, '').slice(-9);

const isSamePerson = (a: Contact, b: Contact): boolean => {
  if (plainName(a.name) !== plainName(b.name)) return false;
  return a.phone === undefined || b.phone === undefined || digits(a.phone) === digits(b.phone);
};

const merge = (a: Contact, b: Contact): Contact => ({
  ...a,
  roles: [...new Set([...a.roles, ...b.roles])].sort(),
  relation: a.relation ?? b.relation,
  phone: a.phone ?? b.phone,
  email: a.email ?? b.email,
  date: newerOf(a, b).date,
});

/** One without a date is of a register that is kept; what a record says is as old as the record. */
const since = ({ date }: Contact): number => date?.when.start ?? Number.MAX_SAFE_INTEGER;
const newerOf = (a: Contact, b: Contact): Contact => (since(b) > since(a) ? b : a);

const order = (a: Contact, b: Contact): number =>
  Number(speaks(b.roles)) - Number(speaks(a.roles)) ||
  Number(b.phone !== undefined) - Number(a.phone !== undefined) ||
  since(b) - since(a) ||
  [a.name, a.phone, a.holder, a.email, a.relation, ...a.roles]
    .join('\n')
    .localeCompare([b.name, b.phone, b.holder, b.email, b.relation, ...b.roles].join('\n'));

/** Each person once, those who speak for the patient first, reachable ones before others, then the newest. */
export function mergeContacts(contacts: readonly Contact[]): Contact[] {
  const merged: Contact[] = [];
  for (const contact of [...contacts].sort(order)) {
    const index = merged.findIndex((one) => isSamePerson(one, contact));
    const known = merged[index];
    if (known === undefined) merged.push(contact);
    else merged[index] = merge(known, contact);
  }
  return merged.sort(order);
}
