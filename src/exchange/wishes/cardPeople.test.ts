// Does the card name who speaks, whether the patient decides, the goal, and what else the patient declared?
import { describe, expect, it } from 'vitest';
import { cardOf } from '../../../tests/world/cards.ts';
import {
  answer,
  bsn,
  changed,
  codes,
  patient,
  r4Directive,
  r4Form,
  r4Statement,
  today,
} from '../../../tests/world/wishes.ts';
import type { FhirResource } from '../../model.ts';
import { buildCard } from './card.ts';
import type { Card } from './cardShape.ts';

const roleSystem = 'urn:oid:2.16.840.1.113883.2.4.3.11.22.472';
const person = (name: string, roles: readonly string[], phone?: string): FhirResource => ({
  resourceType: 'RelatedPerson',
  patient: { reference: 'Patient/p1' },
  name: [{ text: name }],
  relationship: roles.map((code) => ({ coding: [{ system: roleSystem, code }] })),
  ...(phone === undefined ? {} : { telecom: [{ system: 'phone', value: phone }] }),
});

describe('the people on the card', () => {
  it('are those who speak for the patient before the first contact, each once, with every role', () => {
    const card = buildCard(
      [
        answer('GP', person('Bep Proef', ['01'], '06-11111111'), person('Cor Proef', ['24'])),
        answer('ECD', person('cor  proef', ['01'], '06-22222222'), person('Dirk Proef', ['09'])),
      ],
      { at: today },
    );
    expect(card.representatives).toMatchObject([
      { roles: ['01', '24'], phone: '06-22222222' },
      { name: 'Bep Proef', roles: ['01'], phone: '06-11111111' },
    ]);
  });

  it('are not those whose role is over, nor two persons made one by their name', () => {
    const over = changed(person('Cor Proef', ['24'], '06-1'), { period: { end: '2025-01-01' } });
    const inactive = changed(person('Cor Proef', ['24'], '06-1'), { active: false });
    expect(cardOf(over, inactive).representatives).toEqual([]);
    const namesakes = cardOf(person('Jan', ['24'], '06-11111111'), person('Jan', ['24'], '06-22222222'));
    expect(namesakes.representatives).toHaveLength(2);
  });

  it('are read from the Patient and from STU3’s role extension and one-digit codes', () => {
    const url = 'http://fhir.nl/fhir/StructureDefinition/nl-core-relatedperson-role';
    const value = { coding: [{ system: roleSystem, code: '3' }] };
    const stu3 = {
      ...person('Els Proef', []),
      relationship: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'SIS' }],
      },
      extension: [{ url, valueCodeableConcept: value }],
    };
    expect(cardOf(stu3).representatives).toMatchObject([{ roles: ['03'], relation: 'SIS', phone: null }]);
    const contact = [{ name: { text: 'Fem' }, relationship: [{ coding: [{ code: '24' }] }] }];
    const onPatient = { holder: { name: 'A' }, resources: [{ ...patient(), contact }] };
    expect(buildCard([onPatient], { at: today }).representatives).toMatchObject([{ name: 'Fem' }]);
  });

  it('are read from the form, with the number that looks like one', () => {
    const items = ['973', '975', '976', '977'].map((linkId, index) => ({
      linkId,
      answer: [{ valueString: ['Gijs', 'Proef', 'mobiel', '0612345678'][index] }],
    }));
    const form = r4Form({}, '2025-01-01');
    const card = cardOf({ ...form, item: [...(form.item as object[]), ...items] });
    expect(card.representatives).toMatchObject([{ name: 'Gijs Proef', roles: ['24'], phone: '0612345678' }]);
  });
});

describe('whether the patient can decide', () => {
  const observed = (capable: boolean, on: string): FhirResource => ({
    resourceType: 'Observation',
    status: 'final',
    subject: { reference: 'Patient/p1' },
    code: { coding: [{ code: '665671000146101' }] },
    effectiveDateTime: on,
    valueBoolean: capable,
  });

  it('is what was last observed', () => {
    const card = cardOf(observed(false, '2020-01-01'), observed(true, '2025-01-01'));
    expect(card.capacity).toEqual({ capable: true, conflict: false, date: '2025-01-01', holder: 'GP' });
  });

  it('is not what another observation, a preliminary one or one of a day to come says', () => {
    const said = observed(false, '2025-01-01');
    for (const more of [
      { code: { coding: [{ code: '72170-4' }] } },
      { status: 'preliminary' },
      { valueBoolean: undefined },
      { effectiveDateTime: '2099-01-01' },
    ])
      expect(cardOf({ ...said, ...more }).capacity).toBeNull();
    expect(cardOf(said).capacity).toMatchObject({ capable: false });
  });

  it('is no, and that sources differ, where a Patient without a date says no', () => {
    const url =
      'https://api.iknl.nl/docs/pzp/r4/StructureDefinition/ext-Patient.LegallyCapableMedicalTreatmentDecisions';
    const extension = [
      {
        url,
        extension: [
          { url: 'legallyCapable', valueBoolean: false },
          { url: 'legallyCapableComment', valueString: 'wisselend' },
        ],
      },
    ];
    const given = {
      holder: { name: 'A' },
      resources: [{ ...patient(), extension }, observed(true, '2025-01-01')],
    };
    const { capacity } = buildCard([given], { at: today });
    expect(capacity).toMatchObject({ capable: false, conflict: true, date: null, comment: 'wisselend' });
  });
});

describe('the goal', () => {
  const goal = (code: string, date: object, status = 'active'): FhirResource => ({
    resourceType: 'Goal',
    lifecycleStatus: status,
    category: [{ coding: [{ code: '713603004' }] }],
    subject: { reference: 'Patient/p1' },
    description: { coding: [{ system: 'http://snomed.info/sct', code, display: `goal ${code}` }] },
    ...date,
  });

  it('is the newest that is decided and stands; another one is a conflict', () => {
    const card = cardOf(
      goal('1351964001', { statusDate: '2020-01-01' }),
      goal('713148004', { startDate: '2024-01-01' }),
      goal('UNK', { startDate: '2025-01-01' }),
      goal('385987000', { startDate: '2025-06-01' }, 'cancelled'),
      goal('385987000', { startDate: '2027-06-01' }),
    );
    expect(card.goal).toMatchObject({ key: 'symptom_relief', conflict: 'weak', date: '2024-01-01' });
    expect(card.goal?.history).toEqual([{ key: 'life_prolonging', date: '2020-01-01', holder: 'GP' }]);
  });

  it('accepts the older code of the form, and STU3’s status', () => {
    const stu3 = changed(goal('225353007', { statusDate: '2024' }), {
      lifecycleStatus: undefined,
      status: 'in-progress',
    });
    expect(cardOf(stu3).goal?.key).toBe('symptom_relief');
    expect(cardOf().goal).toBeNull();
  });
});

describe('other advance directives', () => {
  it('are listed in their words, and decide no line', () => {
    const card = cardOf(
      r4Statement('EU', '2024-01-01'),
      r4Statement('VOL', '2023-01-01', { status: 'draft' }),
    );
    expect(card.statements).toMatchObject([{ type: 'EU', date: '2024-01-01', holder: 'GP' }]);
    expect(card.lines.every(({ decision }) => decision === 'no_record')).toBe(true);
  });

  it('are a do-not-resuscitate statement where the comment says nothing else', () => {
    const url = 'http://nictiz.nl/fhir/StructureDefinition/Comment';
    const named = (valueString: string): Card =>
      cardOf(r4Statement('OTH', '2024-01-01', { extension: [{ url, valueString }] }));
    expect(named('Niet-reanimerenpenning').lines[0]).toMatchObject({
      decision: 'do_not',
      method: 'statement',
    });
    expect(named('Wil geen niet-reanimerenpenning').lines[0]).toMatchObject({ decision: 'no_record' });
  });

  it('are told from treatment directives by category, also where both are given', () => {
    const acd = { coding: [{ code: 'acd' }] };
    const treatment = { coding: [{ code: '129125009' }] };
    const both = changed(r4Directive(codes.cpr, 'permit', '2025-01-01'), { category: [acd, treatment] });
    expect(cardOf(both).lines[0]?.decision).toBe('do');
    const privacy = changed(r4Directive(codes.cpr, 'permit', '2025-01-01'), {
      scope: { coding: [{ code: 'patient-privacy' }] },
      category: [{ coding: [{ code: 'INFA' }] }],
    });
    expect(cardOf(privacy).lines[0]?.decision).toBe('no_record');
  });
});

describe('a record that names a patient whom the holder did not give', () => {
  it('is left out where the holder gave this patient, by another id', () => {
    const stranger = changed(r4Directive(codes.cpr, 'permit', '2025-01-01'), {
      patient: { reference: 'Patient/somebody-else' },
    });
    const card = buildCard([answer('GP', stranger)], { at: today, bsn });
    expect(card.lines[0]?.decision).toBe('no_record');
    expect(card.holders).toMatchObject([{ left_out: 1, records: 0 }]);
  });
});

describe('a record with the identifier of one that ended', () => {
  it('is not doubted when the ended one is of another day: that was an earlier version', () => {
    const identifier = [{ system: 'urn:x', value: '1' }];
    const now = changed(r4Directive(codes.cpr, 'deny', '2025-01-01'), { identifier });
    const before = changed(r4Directive(codes.cpr, 'deny', '2020-01-01'), { identifier, status: 'inactive' });
    expect(cardOf(now, before).lines[0]).toMatchObject({ conflict: 'none' });
  });
});
