// Whose form is it, whom does it name to speak for the patient, and can the patient still decide?
import { readDate, shownDate } from './clinicalDate.ts';
import { firstContactRole } from './codes.ts';
import { rolesIn } from './contacts.ts';
import { answersTo, type FormItem, itemsOf, wordsTo, yesOrNo } from './formItems.ts';
import { isKnownForm, layout, type PersonItems } from './formLayouts.ts';
import type { Capacity, ClinicalDate, Contact } from './records.ts';
import { codingsOf, type Tree } from './tree.ts';

const isPhone = (text: string): boolean => text.replace(/\D/g, '').length >= 6;

type Asked = { person: PersonItems; role: string };

type Said = { date: ClinicalDate | undefined; holder: string };

function contactOf(items: readonly FormItem[], { person, role }: Asked, said: Said): Contact | undefined {
  const name = wordsTo(items, person.name).join(' ');
  const phone = wordsTo(items, person.phones).find(isPhone);
  const email = wordsTo(items, person.emails)[0];
  if (name === '' && phone === undefined) return undefined;
  const given = answersTo(items, person.role).flatMap((one) => rolesIn(codingsOf(one)));
  const roles = [...new Set([role, ...given])];
  return { name, roles, relation: wordsTo(items, person.relation)[0], phone, email, ...said };
}

/** The legal representative, present or future, and the first contact. */
export function readFormContacts(items: readonly FormItem[], { date, holder }: Said): Contact[] {
  const said = { date, holder };
  const isFirst = answersTo(items, layout.representativeIsFirst).some((one) => yesOrNo(one) === true);
  const representative = contactOf(items, { person: layout.representative, role: '24' }, said);
  const first = contactOf(items, { person: layout.firstContact, role: firstContactRole }, said);
  const speaker = representative && {
    ...representative,
    roles: isFirst ? [...representative.roles, firstContactRole] : representative.roles,
  };
  return [speaker, first].filter((one) => one !== undefined);
}

export function readFormCapacity(items: readonly FormItem[], { date, holder }: Said): Capacity[] {
  const capable = answersTo(items, layout.capable)
    .map(yesOrNo)
    .find((one) => one !== undefined);
  if (capable === undefined) return [];
  return [{ capable, comment: wordsTo(items, layout.capableComment)[0], date, holder }];
}

/** On which day a form says that its patient was born; a moment is taken in Dutch time. */
export function birthDateIn(form: Tree): string | undefined {
  const items = itemsOf(form);
  if (!isKnownForm(form, items)) return undefined;
  const given = answersTo(items, layout.born)
    .map(readDate)
    .find((one) => one !== undefined);
  const day = given && shownDate(given);
  return day !== undefined && /^\d{4}-\d\d-\d\d$/.test(day) ? day : undefined;
}
