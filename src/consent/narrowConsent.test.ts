// Is a Consent that says less than it seems, or nothing that could ever be matched, refused instead of widened or forgotten?
import { expect, test } from 'vitest';
import { GatewayError } from '../errors.ts';
import { readConsent } from './readConsent.ts';
import { consentSettings } from './settings.ts';

const ggc = 'http://fhir.nl/otv/CodeSystem/gegevenscategorie';
const nictiz = 'http://nictiz.nl/fhir/NamingSystem/organization-type';
const rpzac = 'http://fhir.nl/otv/CodeSystem/raadplegende-zorgaanbiedercategorie';
const agb = { system: 'http://fhir.nl/fhir/NamingSystem/agb-z', value: '06012345' };
const crew = { system: 'http://fhir.nl/fhir/NamingSystem/ura', value: '90000002' };
const reason = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';

const whole = {
  resourceType: 'Consent',
  status: 'active',
  scope: { coding: [{ code: 'patient-privacy' }] },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { identifier: { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '999911120' } },
};
const provision = (more: object) => ({ provision: { type: 'permit', ...more } });
const consulting = (value: object) => ({
  url: 'http://fhir.nl/StructureDefinition/OTV-ProviderCategory',
  ...value,
});
const forWhom = (coding: object) => ({
  extension: [consulting({ valueCodeableConcept: { coding: [coding] } })],
});
const about = (coding: object) => ({ category: [{ coding: [coding] }] });
const actor = (reference: object) =>
  provision({ actor: [{ role: { coding: [{ code: 'IRCP' }] }, reference }] });
const kind = { resourceType: 'Organization', id: 'o', type: [{ coding: [{ system: nictiz, code: 'AMB' }] }] };
const contained = (more: object) => ({ contained: [{ ...kind, ...more }], ...actor({ reference: '#o' }) });

const read = (more: object) =>
  readConsent({ ...whole, ...provision({}), ...more }, consentSettings.parse({}));
const placesIn = (more: object): unknown => {
  try {
    return read(more).consent;
  } catch (error) {
    return error instanceof GatewayError ? error.issues.flatMap((issue) => issue.expression) : error;
  }
};

test('whole, it is taken', () => {
  expect(placesIn(contained({}))).toMatchObject({ requester: { kind: 'category', codes: ['AMB'] } });
  expect(placesIn(forWhom({ system: rpzac, code: 'RPZAC001' }))).toMatchObject({
    requester: { codes: ['RPZAC001'] },
  });
  expect(placesIn(about({ system: ggc, code: 'GGC013' }))).toMatchObject({ categories: ['GGC013'] });
  const medication = { system: ggc, code: 'GGC013' };
  expect(placesIn({ ...about(medication), ...provision({ class: [medication] }) })).toMatchObject({
    categories: ['GGC013'],
  });
  const named = { type: 'Organization', reference: 'Organization/7', identifier: crew };
  expect(placesIn(actor(named))).toMatchObject({ requester: { uras: ['90000002'] } });
  expect(placesIn(provision({ purpose: [{ system: reason, code: 'BTG' }] }))).toMatchObject({
    purposes: ['BTG'],
  });
});

test.each<[string, object, string]>([
  ['a consulting category without a system', forWhom({ code: 'RPZAC001' }), 'Consent.extension[0]'],
  ['one without a code', forWhom({ system: rpzac, display: 'Huisartsen' }), 'Consent.extension[0]'],
  ['one that does not exist', forWhom({ system: rpzac, code: 'RPZAC999' }), 'Consent.extension[0]'],
  [
    'one in another form',
    { extension: [consulting({ valueCoding: { system: rpzac, code: 'RPZAC001' } })] },
    'Consent.extension[0]',
  ],
  [
    'one at another place',
    provision({
      extension: [consulting({ valueCodeableConcept: { coding: [{ system: rpzac, code: 'RPZAC001' }] } })],
    }),
    'Consent.provision.extension[0]',
  ],
  ['a data category without a system', about({ code: 'GGC013' }), 'Consent.category[0]'],
  [
    'one with the bare OID',
    about({ system: '2.16.840.1.113883.2.4.3.111.5.10.1', code: 'GGC013' }),
    'Consent.category[0]',
  ],
  ['one that does not exist', about({ system: ggc, code: 'GGC099' }), 'Consent.category[0]'],
  ['a category in words', { category: [{ text: 'Medicatie' }] }, 'Consent.category[0]'],
  [
    'a class without a code',
    provision({ class: [{ system: ggc, display: 'Medicatie' }] }),
    'Consent.provision.class',
  ],
  [
    'a class that does not exist',
    provision({ class: [{ system: ggc, code: 'GGC099' }] }),
    'Consent.provision.class',
  ],
  [
    'a purpose in small letters',
    provision({ purpose: [{ system: reason, code: 'treat' }] }),
    'Consent.provision.purpose',
  ],
  ['an organisation by AGB, with its type', contained({ identifier: [agb] }), 'Consent.provision.actor[0]'],
  ['an organisation by name, with its type', contained({ name: 'RAV' }), 'Consent.provision.actor[0]'],
  [
    'an organisation by AGB beside its type',
    { ...contained({}), ...actor({ reference: '#o', identifier: agb }) },
    'Consent.provision.actor[0]',
  ],
  [
    'a type that does not exist',
    contained({ type: [{ coding: [{ system: nictiz, code: 'ambulance' }] }] }),
    'Consent.provision.actor[0]',
  ],
  [
    'a second type that cannot be read',
    contained({ type: [...kind.type, { text: 'op zee' }] }),
    'Consent.provision.actor[0]',
  ],
  [
    'a URA that is none',
    actor({ identifier: { system: 'http://fhir.nl/fhir/NamingSystem/ura', value: '123456789' } }),
    'Consent.provision.actor[0]',
  ],
  [
    'a URA of where one practitioner works',
    contained({ resourceType: 'PractitionerRole', identifier: [crew] }),
    'Consent.provision.actor[0]',
  ],
  [
    'a kind of what is no organisation',
    contained({ resourceType: 'Location' }),
    'Consent.provision.actor[0]',
  ],
  [
    'a practitioner named by the URA of an organisation',
    actor({ type: 'Practitioner', identifier: crew }),
    'Consent.provision.actor[0]',
  ],
  [
    'a reference to a practitioner beside a URA',
    actor({ reference: 'Practitioner/7', identifier: crew }),
    'Consent.provision.actor[0]',
  ],
  [
    'a reference to a version of a practitioner beside a URA',
    actor({ reference: 'https://his.example/fhir/Practitioner/7/_history/2', identifier: crew }),
    'Consent.provision.actor[0]',
  ],
  [
    'a class within its category',
    {
      category: [{ coding: [{ system: ggc, code: 'GGC002' }] }],
      ...provision({ class: [{ system: ggc, code: 'GGC013' }] }),
    },
    'Consent.provision.class',
  ],
  ['a period that ends at a time unknown', provision({ period: { _end: {} } }), 'Consent.provision.period'],
  [
    'a period that begins, and ends at a time unknown',
    provision({ period: { start: '2026', _end: {} } }),
    'Consent.provision.period',
  ],
  ['a period that ends on no day', provision({ period: { end: '2026-02-30' } }), 'Consent.provision.period'],
  [
    'a period that ends before it begins',
    provision({ period: { start: '2026-03', end: '2026-02-28' } }),
    'Consent.provision.period',
  ],
  ['a status that does not exist', { status: 'Active' }, 'Consent.status'],
  ['no status', { status: undefined }, 'Consent.status'],
])('with %s it is refused at its place', (_name, more, place) => {
  expect(placesIn(more)).toEqual([place]);
});
