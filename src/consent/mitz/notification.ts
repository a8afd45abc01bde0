// What does a notification tell, of which patient at which holder? The whole Bundle is read before any of it is kept.
import { bsnSystem, eightDigits, identifiersOf, isBsn, uraSystem } from '../../fhir/identifiers.ts';
import type { FhirResource } from '../../model.ts';
import type { CopyLine } from './copy.ts';
import { type Alarm, limitLines, readConsent } from './notificationConsent.ts';
import {
  type Notification,
  type NotifiedConsent,
  type NotifiedEntry,
  readForm,
  refuseNotification,
} from './notificationForm.ts';

export type Notified = {
  bsn: string;
  /** Eight digits. */
  holderUra: string;
  lines: CopyLine[];
  alarms: Alarm[];
};

type Kind = NotifiedEntry['resource']['resourceType'];

function linked<K extends Kind>(
  { entry }: Notification,
  link: { url: string; kind: K; path: string },
): Extract<NotifiedEntry['resource'], { resourceType: K }> {
  const found = entry.find((one) => one.fullUrl === link.url)?.resource;
  const isKind = (one: typeof found): one is Extract<NotifiedEntry['resource'], { resourceType: K }> =>
    one?.resourceType === link.kind;
  if (isKind(found)) return found;
  return refuseNotification('notification-link', link.path, {
    nl: 'De verwijzing leidt naar niets in deze notificatie',
    en: 'The reference leads to nothing in this notification',
  });
}

function bsnOf(notification: Notification, consent: NotifiedConsent, path: string): string {
  const at = `${path}.patient.reference`;
  const patient = linked(notification, { url: consent.patient.reference, kind: 'Patient', path: at });
  const [bsn, another] = identifiersOf(patient).filter((one) => one.system === bsnSystem);
  if (bsn && !another && isBsn(bsn.value)) return bsn.value;
  return refuseNotification('notification-patient', at, {
    nl: 'De patiënt heeft niet één geldig BSN',
    en: 'The patient does not have one valid BSN',
  });
}

const isCustodian = (one: NotifiedConsent['provision']['actor'][number]): boolean =>
  one.role.coding.some((coding) => coding.code === 'CST');

function holderOf(notification: Notification, consent: NotifiedConsent, path: string): string {
  const at = `${path}.provision.actor`;
  const [custodian, another] = consent.provision.actor.filter(isCustodian);
  const none = {
    nl: 'Er is niet één bronhouder met één URA',
    en: 'There is not one data holder with one URA',
  };
  if (!custodian || another) return refuseNotification('notification-holder', at, none);
  const url = custodian.reference.reference;
  const organization = linked(notification, { url, kind: 'Organization', path: at });
  const [ura, second] = identifiersOf(organization).filter((one) => one.system === uraSystem);
  if (!ura || second || !/^\d{1,8}$/.test(ura.value))
    return refuseNotification('notification-holder', at, none);
  return eightDigits(ura.value);
}

/**
 * What the Bundle says, by patient and holder. Throws `unprocessable`, naming the place, when any part of it cannot be
 * read: then nothing of it may be kept.
 */
export function readNotification(resource: FhirResource, now: Date): Notified[] {
  const notification = readForm(resource);
  const found = new Map<string, Notified>();
  for (const [at, { resource: consent }] of notification.entry.entries()) {
    if (consent.resourceType !== 'Consent') continue;
    const path = `Bundle.entry[${at}].resource`;
    const bsn = bsnOf(notification, consent, path);
    const holderUra = holderOf(notification, consent, path);
    const { lines, alarms } = readConsent(consent, { path, now });
    const key = `${bsn} ${holderUra}`;
    const known = found.get(key) ?? { bsn, holderUra, lines: [], alarms: [] };
    known.lines.push(...lines);
    limitLines(known.lines.length, path);
    known.alarms.push(...alarms);
    found.set(key, known);
  }
  if (found.size === 0) {
    refuseNotification('notification-empty', 'Bundle.entry', {
      nl: 'Er is geen toestemming in deze notificatie',
      en: 'There is no consent in this notification',
    });
  }
  return [...found.values()];
}
