// Does a form that refers to no patient decide for its own patient only, and is what it says of earlier agreements told?
import { describe, expect, it } from 'vitest';
import { answer, bsn, patient, r4Form, today } from '../../../tests/world/wishes.ts';
import type { FhirResource } from '../../model.ts';
import { buildCard } from './card.ts';

const formWith = (linkId: string, given: object, more = {}): FhirResource => {
  const form = r4Form({ 1386: { decision: '2' } }, '2025-01-01', more);
  return { ...form, item: [...(form.item as object[]), { linkId, answer: [given] }] };
};
const told = (...resources: readonly FhirResource[]) => {
  const card = buildCard([{ holder: { name: 'GP' }, resources }], { at: today, bsn });
  return [card.lines[0]?.decision, ...card.findings.map(({ code }) => code)];
};

describe('a form that refers to no patient', () => {
  it('is left out where it says another birth date', () => {
    expect(told(patient(), formWith('967', { valueDate: '1950-12-31' }))).toEqual([
      'no_record',
      'other-patient',
    ]);
    const { identifier: _number, ...unnumbered } = patient();
    expect(told(unnumbered, formWith('967', { valueDate: '1950-12-31' }))[0]).toBe('no_record');
  });

  it('is not proved to be of the patient where it says the same, a moment of it, or nothing that is a day', () => {
    for (const given of [
      { valueDate: '1940-02-29' },
      { valueDateTime: '1940-02-29T14:27:36Z' },
      { valueDate: '1950' },
    ])
      expect(told(patient(), formWith('967', given))).toEqual(['do_not', 'patient-unproven']);
    expect(told(formWith('967', { valueDate: '1950-12-31' }))).toEqual(['do_not', 'patient-unproven']);
  });

  it('is of whom it refers to, whatever birth date it says', () => {
    const subject = { reference: 'Patient/p1' };
    expect(told(patient(), formWith('967', { valueDate: '1950-12-31' }, { subject }))).toEqual(['do_not']);
  });
});

describe('a form that says that earlier agreements differ', () => {
  const subject = { reference: 'Patient/p1' };
  const yes = { valueCoding: { system: 'http://snomed.info/sct', code: '373066001' } };
  const no = { valueCoding: { system: 'http://snomed.info/sct', code: '373067005' } };

  it('has a finding, unless it does not count', () => {
    const found = (given: object, more = {}) => {
      const form = formWith('1199', given, { subject, ...more });
      return buildCard([answer('GP', form)], { at: today }).findings.map(({ code }) => code);
    };
    expect(found(yes)).toEqual(['earlier-agreements-differ']);
    expect([found(no), found(yes, { status: 'in-progress' })]).toEqual([[], []]);
  });
});
