// Who speaks for the patient, and under which number? RelatedPerson, Patient.contact, and whom a directive names.
import { isResource } from '../../fhir/bundles.ts';
import type { FhirResource } from '../../model.ts';
import { consentDate, readDate } from './clinicalDate.ts';
import { extensionUrls, firstContactRole, mayBeSnomed, representativeRoles, roleSystem } from './codes.ts';
import { type HolderView, nameIn } from './holderView.ts';
import { modifierUnknown, strangersIn } from './modifiers.ts';
import { type ClinicalDate, type Contact, type Found, nothing } from './records.ts';
import {
  type Coding,
  codingsOf,
  extensionsOf,
  isTree,
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
    .filter((one) => one.use !== 'old' && isNow(one, at))
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

/** Neither over nor yet to begin. */
function isNow(one: Tree, at: Date): boolean {
  const [start] = textsAt(one, 'period', 'start').map(readDate);
  const [end] = textsAt(one, 'period', 'end').map(readDate);
  const hasBegun = start === undefined || at.getTime() >= start.when.start;
  return one.active !== false && hasBegun && (end === undefined || at.getTime() < end.when.end);
}

/** A RelatedPerson that speaks for the patient or is called first. */
export function readRelatedPerson(person: FhirResource, view: HolderView, at: Date): Found {
  const contacts = isNow(person, at) ? contactOf(person, { holder: view.name, at }) : [];
  const isStrange = contacts.length > 0 && strangersIn(person).length > 0;
  return { ...nothing(), contacts, findings: isStrange ? [modifierUnknown(person, view)] : [] };
}

/** Those inside a record: as old as what it says. */
export const readContained = (resource: FhirResource, view: HolderView, at: Date): Contact[] =>
  treesAt(resource, 'contained')
    .filter(isResource)
    .filter((inner) => inner.resourceType === 'RelatedPerson' && isNow(inner, at))
    .flatMap((inner) => contactOf(inner, { holder: view.name, at, date: consentDate(resource) }));

const representativeRole = '24';

/** Whom a directive names as the patient's representative (RESPRSN), whatever roles that person has elsewhere. */
export function readRepresentatives(consent: FhirResource, view: HolderView, at: Date): Contact[] {
  const actors = treesAt(consent, 'provision', 'actor').filter(({ role }) =>
    codingsOf(role).some(({ code }) => code === 'RESPRSN'),
  );
  return actors.flatMap(({ reference }) => {
    const told = { holder: view.name, at, date: consentDate(consent), roles: [representativeRole] };
    const person = view.resolve(reference, consent);
    const display = isTree(reference) ? textOf(reference.display) : undefined;
    if (person === undefined) return display === undefined ? [] : contactOf({ name: display }, told);
    return person.resourceType === 'RelatedPerson' && isNow(person, at) ? contactOf(person, told) : [];
  });
}

/** A contact on a Patient as the RelatedPerson that it points at, with what that one leaves out. */
function whole(contact: Tree, linked: readonly (FhirResource | undefined)[], at: Date): Tree {
  const person = linked.find((one) => one?.resourceType === 'RelatedPerson' && isNow(one, at));
  if (person === undefined) return contact;
  return { ...contact, name: person.name ?? contact.name, telecom: person.telecom ?? contact.telecom };
}

/** The contacts on a Patient. */
export const contactsOnPatient = (patient: FhirResource, view: HolderView, at: Date): Contact[] =>
  treesAt(patient, 'contact')
    .filter((one) => isNow(one, at))
    .flatMap((one) => {
      const references = extensionsOf(one, extensionUrls.relatedPerson).map(valueIn);
      const linked = references.map((reference) => view.resolve(reference, patient));
      return contactOf(whole(one, linked, at), { holder: view.name, at });
    });

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
