// Is a Consent taken for exactly what it says, and refused where it says what is not understood?
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../errors.ts';
import type { FhirResource } from '../model.ts';
import { readConsent as readWith } from './readConsent.ts';
import { consentSettings } from './settings.ts';

const readConsent = (resource: FhirResource) => readWith(resource, consentSettings.parse({}));

const actor = (role: string, reference: object) => ({
  role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: role }] },
  reference,
});
const byUra = (value: string) => ({
  identifier: { system: 'http://fhir.nl/fhir/NamingSystem/ura', value },
});
const category = (code: string) => ({
  coding: [{ system: 'http://fhir.nl/otv/CodeSystem/gegevenscategorie', code }],
});
const base = {
  resourceType: 'Consent',
  identifier: [{ system: 'urn:x', value: '1' }],
  status: 'active',
  scope: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
  },
  category: [category('GGC002')],
  patient: { identifier: { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '999911120' } },
  provision: {
    type: 'deny',
    period: { start: '2026-01-01' },
    actor: [actor('CST', byUra('90000001')), actor('IRCP', byUra('90000002'))],
  },
};
const nictiz = 'http://nictiz.nl/fhir/NamingSystem/organization-type';
const rpzac = 'http://fhir.nl/otv/CodeSystem/raadplegende-zorgaanbiedercategorie';
const consultingOf = (coding: object) => ({
  url: 'http://fhir.nl/StructureDefinition/OTV-ProviderCategory',
  valueCodeableConcept: { coding: [coding] },
});
const withProvision = (more: object): FhirResource => ({
  ...base,
  provision: { ...base.provision, ...more },
});

describe('a Consent', () => {
  test('says who may not see what of whom, and from when', () => {
    expect(readConsent(base)).toEqual({
      patientBsn: '999911120',
      identifier: 'urn:x|1',
      resource: base,
      consent: {
        permits: false,
        status: 'active',
        holder: { kind: 'individual', uras: ['90000001'] },
        requester: { kind: 'individual', uras: ['90000002'] },
        categories: ['GGC002'],
        purposes: [],
        period: { start: '2026-01-01' },
      },
    });
  });

  test('may name kinds of organisations on either side, as Mitz does', () => {
    const { consent } = readConsent({
      ...base,
      contained: [
        { resourceType: 'Organization', id: 'gp', type: [{ coding: [{ system: nictiz, code: 'Z3' }] }] },
      ],
      extension: [consultingOf({ system: rpzac, code: 'RPZAC104' })],
      provision: { type: 'permit', actor: [actor('CST', { reference: '#gp' })] },
    });
    expect(consent).toMatchObject({
      permits: true,
      holder: { kind: 'category', codes: ['Z3'] },
      requester: { kind: 'category', codes: ['RPZAC104'] },
    });
  });

  test('names its patient by the Patient inside that it refers to, and by no other', () => {
    const inside = (id: string) => ({ resourceType: 'Patient', id, identifier: [base.patient.identifier] });
    const about = (reference: string) => ({ ...base, patient: { reference }, contained: [inside('p')] });
    expect(readConsent(about('#p')).patientBsn).toBe('999911120');
    expect(() => readConsent(about('#q'))).toThrow(GatewayError);
    expect(() => readConsent(about('Patient/p'))).toThrow(GatewayError);
  });

  test('may say in extensions what limits nothing', () => {
    const extension = [
      { url: 'urn:x', valueString: 'spoken' },
      { url: 'urn:y', valueCoding: { code: 'x' } },
    ];
    expect(readConsent({ ...base, extension }).consent).toEqual(readConsent(base).consent);
  });

  test('without actors it is about everybody', () => {
    const { consent } = readConsent({ ...base, provision: { type: 'permit' } });
    expect(consent).toMatchObject({ holder: { kind: 'any' }, requester: { kind: 'any' } });
  });

  test('may use the codes that the region adds', () => {
    const settings = consentSettings.parse({
      organisationTypes: { QQ9: 'RPZAC500' },
      dataCategories: ['GGC002', 'GGC900'],
    });
    const resource = {
      ...base,
      category: [category('GGC900')],
      extension: [consultingOf({ system: rpzac, code: 'RPZAC500' })],
      provision: { type: 'deny' },
    };
    expect(readWith(resource, settings).consent).toMatchObject({
      categories: ['GGC900'],
      requester: { codes: ['RPZAC500'] },
    });
    expect(() => readConsent(resource)).toThrow(GatewayError);
  });

  test('that is classified otherwise, too, is about all data', () => {
    const other = { coding: [{ system: 'http://loinc.org', code: '59284-0' }] };
    expect(readConsent({ ...base, category: [other] }).consent.categories).toEqual([]);
    expect(readConsent({ ...base, category: [other, category('GGC002')] }).consent.categories).toEqual([
      'GGC002',
    ]);
  });

  test.each<[string, FhirResource, string]>([
    ['no BSN', { ...base, patient: { reference: 'Patient/1' } }, 'Consent.patient'],
    ['a treatment directive', { ...base, scope: { coding: [{ code: 'treatment' }] } }, 'Consent.scope'],
    ['no decision', withProvision({ type: undefined }), 'Consent.provision.type'],
    [
      'an exception inside',
      withProvision({ provision: [{ type: 'permit' }] }),
      'Consent.provision.provision',
    ],
    ['a part of the data', withProvision({ data: [{ meaning: 'instance' }] }), 'Consent.provision.data'],
    ['a data period', withProvision({ dataPeriod: { end: '2020' } }), 'Consent.provision.dataPeriod'],
    ['a modifier', { ...base, modifierExtension: [{ url: 'x' }] }, 'Consent.modifierExtension'],
    [
      'a modifier of an actor',
      withProvision({ actor: [{ ...actor('CST', byUra('90000001')), modifierExtension: [{ url: 'x' }] }] }),
      'Consent.provision.actor[0].modifierExtension',
    ],
    ['rules that are not known', { ...base, implicitRules: 'urn:x' }, 'Consent.implicitRules'],
    [
      'two patients',
      {
        ...base,
        patient: { ...base.patient, reference: '#p' },
        contained: [
          {
            resourceType: 'Patient',
            id: 'p',
            identifier: [{ ...base.patient.identifier, value: '999990019' }],
          },
        ],
      },
      'Consent.patient',
    ],
    [
      'two numbers of its own, of which a later version may name either first',
      { ...base, identifier: [...base.identifier, { system: 'urn:y', value: '1' }] },
      'Consent.identifier',
    ],
    [
      'a number of its own by which no later version would find it',
      { ...base, identifier: [{ value: '1' }] },
      'Consent.identifier',
    ],
    [
      'a consulting category at another address',
      { ...base, extension: [{ ...consultingOf({ system: rpzac, code: 'RPZAC104' }), url: 'urn:x' }] },
      'Consent.extension[0]',
    ],
    [
      'a data category in an extension',
      withProvision({ extension: [{ url: 'urn:x', valueCode: 'GGC013' }] }),
      'Consent.provision.extension[0]',
    ],
    [
      'another class',
      withProvision({ class: [{ system: 'x', code: 'Patient' }] }),
      'Consent.provision.class',
    ],
    [
      'another purpose',
      withProvision({ purpose: [{ system: 'x', code: 'TREAT' }] }),
      'Consent.provision.purpose',
    ],
    [
      'an actor in another role',
      withProvision({ actor: [actor('GRANTEE', byUra('90000001'))] }),
      'Consent.provision.actor[0]',
    ],
    [
      'an actor that is nobody',
      withProvision({ actor: [actor('CST', { display: 'the GP' })] }),
      'Consent.provision.actor[0]',
    ],
  ])('with %s is refused at its place', (_name, resource, place) => {
    let thrown: unknown;
    try {
      readConsent(resource);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(GatewayError);
    expect(thrown).toMatchObject({ kind: 'unprocessable', reason: 'consent-not-understood' });
    expect((thrown as GatewayError).issues.map((issue) => issue.expression)).toEqual([[place]]);
  });
});
