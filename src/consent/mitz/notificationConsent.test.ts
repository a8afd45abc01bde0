// Is a notified Consent refused whole when a part of what it is about cannot be read?
import { expect, it } from 'vitest';
import { readConsent } from './notificationConsent.ts';
import type { NotifiedConsent } from './notificationForm.ts';

const ggc = 'http://fhir.nl/otv/CodeSystem/gegevenscategorie';
const rpzac = 'http://fhir.nl/otv/CodeSystem/raadplegende-zorgaanbiedercategorie';
const version = '3960100';
type Coding = { system?: string; code?: string; version?: string };

const refusal = (consulting: readonly Coding[], categories: readonly Coding[]): NotifiedConsent => ({
  resourceType: 'Consent',
  status: 'inactive',
  scope: { coding: [{ code: 'patient-privacy' }] },
  extension: consulting.map((coding) => ({
    url: 'http://fhir.nl/StructureDefinition/OTV-ProviderCategory',
    valueCodeableConcept: { coding: [coding] },
  })),
  category: categories.map((coding) => ({ coding: [coding] })),
  patient: { reference: 'urn:uuid:p' },
  dateTime: '2026-03-02T09:00:00Z',
  provision: {
    actor: [{ role: { coding: [{ code: 'CST' }] }, reference: { reference: 'urn:uuid:o' } }],
    purpose: [],
  },
});
const place = { path: 'p', now: new Date('2026-03-02T10:00:00Z') };
const gp = { system: rpzac, code: 'RPZAC001', version };
const treatment = { system: ggc, code: 'GGC002', version };

it('is kept whole where all of it can be read, whatever else classifies it', () => {
  const other = { system: 'http://loinc.org', code: '59284-0' };
  const { lines, alarms } = readConsent(
    refusal([gp, { ...gp, code: 'RPZAC104' }], [treatment, other]),
    place,
  );
  expect(lines.map(({ category, consulting }) => `${category} ${consulting}`)).toEqual([
    'GGC002 RPZAC001',
    'GGC002 RPZAC104',
  ]);
  expect(alarms).toEqual([]);
});

it.each<[string, NotifiedConsent, string]>([
  [
    'a consulting category of another system',
    refusal([gp, { ...gp, system: `${rpzac}-v4`, code: 'RPZAC104' }], [treatment]),
    'notification-provider-category',
  ],
  [
    'a consulting category without a code',
    refusal([gp, { system: rpzac }], [treatment]),
    'notification-provider-category',
  ],
  [
    'a data category without a system',
    refusal([gp], [treatment, { code: 'GGC013' }]),
    'notification-category',
  ],
  ['a data category without a code', refusal([gp], [treatment, { system: ggc }]), 'notification-category'],
  [
    'a data category in small letters',
    refusal([gp], [{ ...treatment, code: 'ggc002' }]),
    'notification-category',
  ],
  [
    'a consulting category with a blank',
    refusal([{ ...gp, code: 'RPZAC104 ' }], [treatment]),
    'notification-provider-category',
  ],
])('with %s it is refused', (_name, consent, reason) => {
  expect(() => readConsent(consent, place)).toThrow(expect.objectContaining({ reason }));
});
