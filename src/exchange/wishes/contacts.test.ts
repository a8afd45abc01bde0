// Does the crew call the right person first, under the right number, and by a role that was really given?
import { describe, expect, it } from 'vitest';
import { answer, patient, r4Form, r4Statement, today } from '../../../tests/world/wishes.ts';
import type { FhirResource } from '../../model.ts';
import { buildCard } from './card.ts';
import type { Card } from './cardShape.ts';

const speakers = (...resources: readonly FhirResource[]): Card['representatives'] =>
  buildCard([answer('GP', ...resources)], { at: today }).representatives;
const roleSystem = 'urn:oid:2.16.840.1.113883.2.4.3.11.22.472';
const person = (name: string, telecom: readonly object[], role = { code: '24' }): FhirResource => ({
  resourceType: 'RelatedPerson',
  patient: { reference: 'Patient/p1' },
  name: [{ text: name }],
  relationship: [{ coding: [{ system: roleSystem, ...role }] }],
  telecom,
});
const phone = (value: string, more = {}): object => ({ system: 'phone', value, ...more });

describe('a phone number', () => {
  it('stands on the card with its extension', () => {
    const number = '+31 (0)20 - 123 45 67 toestel 8123';
    expect(speakers(person('Cor', [phone(number)]))).toMatchObject([{ phone: number }]);
  });

  it('is the first by rank, where ranks are given', () => {
    const numbers = [phone('0201111111', { rank: 3 }), phone('0202222222'), phone('0612345678', { rank: 1 })];
    expect(speakers(person('Cor', numbers))).toMatchObject([{ phone: '0612345678' }]);
  });
});

describe('a number that was given up', () => {
  it('is not called, whatever its rank', () => {
    const numbers = [phone('0611111111', { use: 'old', rank: 1 }), phone('0622222222')];
    expect(speakers(person('Cor', numbers))).toMatchObject([{ phone: '0622222222' }]);
  });
});

describe('a person or a number whose time has not come', () => {
  const later = { period: { start: '2027-01-01' } };

  it('is not called', () => {
    expect(speakers({ ...person('Cor', [phone('0611111111')]), ...later })).toEqual([]);
    const numbers = [phone('0611111111', later), phone('0622222222')];
    expect(speakers(person('Cor', numbers))).toMatchObject([{ phone: '0622222222' }]);
  });

  it('counts on the first day, as on the last', () => {
    const period = { start: '2026-01-15', end: '2026-01-15' };
    expect(speakers({ ...person('Cor', [phone('0611111111', { period })]), period })).toMatchObject([
      { phone: '0611111111' },
    ]);
  });
});

describe('a directive or a form that does not stand', () => {
  it('names nobody who speaks, and says nothing of whether the patient can decide', () => {
    const actor = [{ role: { coding: [{ code: 'RESPRSN' }] }, reference: { display: 'Mevrouw Bos' } }];
    const ended = r4Statement('VOL', '2025-01-01', { provision: { actor }, status: 'inactive' });
    const form = r4Form({}, '2025-01-01', { subject: { reference: 'Patient/p1' }, status: 'in-progress' });
    const items = [
      { linkId: '973', answer: [{ valueString: 'Cor' }] },
      { linkId: '1651', answer: [{ valueBoolean: false }] },
    ];
    const draft = { ...form, item: [...(form.item as object[]), ...items] };
    const card = buildCard([answer('GP', ended, draft)], { at: today });
    expect([card.representatives, card.capacity]).toEqual([[], null]);
    const stands = buildCard([answer('GP', { ...draft, status: 'completed' })], { at: today });
    expect([stands.representatives[0]?.name, stands.capacity?.capable]).toEqual(['Cor', false]);
  });
});

describe('who is named by a reference', () => {
  const url = 'http://hl7.org/fhir/StructureDefinition/patient-relatedPerson';
  const son = { ...person('Jan Proef', [phone('0611111111')]), id: 'son', relationship: [] };
  const pointing = (one: object): FhirResource => ({
    ...patient(),
    contact: [
      {
        extension: [{ url, valueReference: { reference: 'RelatedPerson/son' } }],
        relationship: [{ coding: [{ system: roleSystem, code: '24' }] }],
        ...one,
      },
    ],
  });
  const from = (...resources: readonly FhirResource[]) =>
    buildCard([{ holder: { name: 'GP' }, resources }], { at: today }).representatives;

  it('on the Patient has the name and number of that person', () => {
    expect(from(pointing({}), son)).toMatchObject([{ name: 'Jan Proef', phone: '0611111111' }]);
    expect(
      from(pointing({ name: { text: 'J. Proef' } }), person('Jan Proef', [phone('0611111111')]), son),
    ).toHaveLength(1);
    expect(from(pointing({ name: { text: 'J. Proef' } }), { ...son, active: false })).toMatchObject([
      { name: 'J. Proef', phone: null },
    ]);
  });

  it('in a directive is told also where the reference holds a name alone', () => {
    const actor = [{ role: { coding: [{ code: 'RESPRSN' }] }, reference: { display: 'Mevrouw Bos' } }];
    expect(speakers(r4Statement('VOL', '2025-01-01', { provision: { actor } }))).toEqual([
      { name: 'Mevrouw Bos', roles: ['24'], phone: null, holder: 'GP' },
    ]);
  });
});

describe('who speaks for the patient', () => {
  const form = (name: string, number: string, date: string): FhirResource => {
    const items = { 973: name, 976: number };
    const named = Object.entries(items).map(([linkId, valueString]) => ({
      linkId,
      answer: [{ valueString }],
    }));
    const dated = r4Form({}, date, { subject: { reference: 'Patient/p1' } });
    return { ...dated, item: [...(dated.item as object[]), ...named] };
  };
  const names = (...resources: readonly FhirResource[]) => speakers(...resources).map(({ name }) => name);

  it('is first who was named last; who stands as a person on record before both', () => {
    const [old, now] = [form('Anton', '0611111111', '2019-01-01'), form('Zoë', '0622222222', '2025-01-01')];
    expect(names(old, now)).toEqual(['Zoë', 'Anton']);
    expect(names(old, now, person('Mia', [phone('0633333333')]))).toEqual(['Mia', 'Zoë', 'Anton']);
    const contained = [{ ...person('Bep', [phone('0644444444')]), id: 'r' }];
    expect(names(old, now, r4Statement('VOL', '2022-01-01', { contained }))).toEqual(['Zoë', 'Bep', 'Anton']);
  });

  it('has a role of the list, not one that another system gives the same code', () => {
    const elsewhere = { code: '03', system: 'https://ehr.example/roles' };
    expect(speakers(person('Cora', [], elsewhere))).toEqual([]);
    expect(speakers(person('Cora', [], { code: '03' }))).toMatchObject([{ roles: ['03'] }]);
  });
});
