// Is a record this patient's when it names the patient by a number of the holder's own, or by name alone?
import { describe, expect, it } from 'vitest';
import {
  bsn,
  changed,
  codes,
  otherBsn,
  patient,
  r4Directive,
  r4Form,
  today,
} from '../../../tests/world/wishes.ts';
import type { FhirResource } from '../../model.ts';
import { buildCard } from './card.ts';

const system = 'https://epd.example/patients';
const withNumber = (one: FhirResource, value: string): FhirResource =>
  changed(one, { identifier: [...(one.identifier as object[]), { system, value }] });
const ours = withNumber(patient(), '77');
const theirs = withNumber(patient(otherBsn, 'p2'), '88');

function told(named: object): unknown[] {
  const directive = changed(r4Directive(codes.cpr, 'deny', '2025-01-01'), { patient: named });
  const holder = { holder: { name: 'GP' }, resources: [ours, theirs, directive] };
  const card = buildCard([holder], { at: today, bsn });
  return [card.lines[0]?.decision, ...card.findings.map(({ code, count }) => `${code} ${count}`)];
}

describe('a record that names its patient', () => {
  it('by a number that the holder’s Patient has is that Patient’s', () => {
    expect(told({ identifier: { system, value: '77' } })).toEqual(['do_not', 'other-patient 1']);
    expect(told({ identifier: { system, value: '88' } })).toEqual(['no_record', 'other-patient 2']);
  });

  it('by a number of nobody whom the holder gave is somebody else’s', () => {
    expect(told({ identifier: { system, value: '99' } })[0]).toBe('no_record');
  });

  it('in words alone is on the card, and not proved', () => {
    expect(told({ display: 'Aagje Proef' })).toEqual(['do_not', 'other-patient 1', 'patient-unproven 1']);
  });
});

describe('two Patients under one id', () => {
  const cardOf = (...resources: FhirResource[]) =>
    buildCard([{ holder: { name: 'GP' }, resources }], { at: today, bsn });
  const directive = changed(r4Directive(codes.cpr, 'deny', '2025-01-01'), { id: 'c' });
  const at = (server: string, resource: FhirResource) => ({
    fullUrl: `https://${server}.example/fhir/${resource.resourceType}/${resource.id}`,
    resource,
  });
  const bundle = (...entry: object[]): FhirResource => ({
    resourceType: 'Bundle',
    type: 'collection',
    entry,
  });

  it('are each the patient of what stands at their own server', () => {
    for (const [server, decision] of [
      ['one', 'do_not'],
      ['two', 'no_record'],
    ] as const) {
      const entries = [at('one', patient()), at('two', patient(otherBsn)), at(server, directive)];
      for (const order of [entries, entries.toReversed()])
        expect(cardOf(bundle(...order)).lines[0]?.decision).toBe(decision);
    }
  });

  it('are nobody where no server is named: the record is left out, in either order', () => {
    for (const patients of [
      [patient(), patient(otherBsn)],
      [patient(otherBsn), patient()],
    ]) {
      const card = cardOf(...patients, directive);
      expect(card.lines[0]?.decision).toBe('no_record');
      expect(card.holders).toMatchObject([{ left_out: 1 }]);
    }
  });
});

it('names the patient who lies inside a record', () => {
  const inside = changed(r4Directive(codes.cpr, 'deny', '2025'), {
    patient: { reference: '#p1' },
    contained: [patient()],
  });
  const { patient: person } = buildCard([{ holder: { name: 'GP' }, resources: [inside] }], {
    at: today,
    bsn,
  });
  expect(person).toMatchObject({ name: 'Aagje Proef', birthDate: '1940-02-29' });
});

describe('a Patient without a number', () => {
  const nameless = (birthDate: string): FhirResource => ({
    resourceType: 'Patient',
    id: 'n',
    name: [{ text: 'A. Proef' }],
    birthDate,
  });
  const decisionFor = (birthDate: string): string | undefined => {
    const directive = changed(r4Directive(codes.cpr, 'deny', '2025-01-01'), {
      patient: { reference: 'Patient/n' },
    });
    const resources = [ours, nameless(birthDate), directive];
    return buildCard([{ holder: { name: 'GP' }, resources }], { at: today, bsn }).lines[0]?.decision;
  };

  it('of another birthday than ours is somebody else, of the same may be ours', () => {
    expect([decisionFor('1972-05-05'), decisionFor('1940-02-29')]).toEqual(['no_record', 'do_not']);
  });
});

describe('a form', () => {
  it('that a practitioner filled in is not taken for one about that practitioner', () => {
    const form = r4Form({ 1386: { decision: '2' } }, '2025-01-01', {
      source: { reference: 'Practitioner/9' },
    });
    const card = buildCard([{ holder: { name: 'GP' }, resources: [ours, form] }], { at: today, bsn });
    expect(card.lines[0]?.decision).toBe('do_not');
  });
});
