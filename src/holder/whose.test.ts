// Whose is a resource, as far as it says itself?
import { describe, expect, test } from 'vitest';
import { bsnSystem } from '../fhir/identifiers.ts';
import type { FhirResource } from '../model.ts';
import { idsOf, isOther, leadsOn } from './whose.ts';

const bsn = '999911120';
const patient = (id: string | undefined, ...numbers: (readonly [string, string])[]): FhirResource => ({
  resourceType: 'Patient',
  ...(id === undefined ? {} : { id }),
  identifier: numbers.map(([system, value]) => ({ system, value })),
});

describe('the Patients that are asked for', () => {
  test('carry the BSN, in any spelling of its system, and have an id that can be asked for', () => {
    const found = [
      patient('a', [bsnSystem, bsn]),
      patient('b', ['urn:oid:2.16.840.1.113883.2.4.6.3', ` ${bsn} `]),
      patient('a', [bsnSystem, bsn]),
      patient('c', [bsnSystem, '999998298']),
      patient('d', ['http://elsewhere.example', bsn]),
      patient('e/../f', [bsnSystem, bsn]),
      patient(undefined, [bsnSystem, bsn]),
      { resourceType: 'RelatedPerson', id: 'g', identifier: [{ system: bsnSystem, value: bsn }] },
    ];
    expect(idsOf(found, bsn)).toEqual(['a', 'b']);
  });
});

describe('a Patient that leads on to another one', () => {
  const linked = (type: string, other: object) => ({
    ...patient('a', [bsnSystem, bsn]),
    link: [{ type, other }],
  });
  const to = (id: string) => ({ reference: `Patient/${id}` });
  test.each<[string, object, boolean]>([
    ['replaced-by', to('b'), true],
    ['refer', { reference: 'https://elsewhere.example/Patient/b' }, true],
    ['replaced-by', { display: 'somewhere' }, true],
    ['replaced-by', to('c'), false],
    ['refer', { reference: 'https://a.example/fhir/Patient/c/_history/2' }, false],
    ['replaces', to('b'), false],
    ['seealso', to('b'), false],
  ])('by %s to %j', (type, other, isLost) => {
    expect(leadsOn([linked(type, other)], new Set(['a', 'c']))).toBe(isLost);
  });

  test('counts when it is asked for, and has links', () => {
    expect(leadsOn([linked('replaced-by', to('b'))], new Set(['c']))).toBe(false);
    expect(leadsOn([patient('a', [bsnSystem, bsn])], new Set(['a']))).toBe(false);
  });
});

describe('another patient’s resource', () => {
  const asked = { bsn, ids: new Set(['a']) };
  const about = (element: unknown, name = 'subject'): FhirResource => ({
    resourceType: 'Observation',
    [name]: element,
  });

  test.each<[string, FhirResource, boolean]>([
    ['of the patient', about({ reference: 'Patient/a' }), false],
    ['of the patient, by address', about({ reference: 'https://h.example/fhir/Patient/a' }), false],
    ['of the patient, by version', about({ reference: 'Patient/a/_history/2' }), false],
    ['of nobody', about(undefined), false],
    ['of a group', about({ reference: 'Group/x' }), false],
    ['of somebody else', about({ reference: 'Patient/b' }), true],
    ['of somebody else, as patient', about({ reference: 'Patient/b' }, 'patient'), true],
    ['of another BSN', about({ identifier: { system: bsnSystem, value: '999998298' } }), true],
    ['of this BSN', about({ identifier: { system: bsnSystem, value: bsn } }), false],
    ['the patient', patient('a', [bsnSystem, bsn]), false],
    ['somebody else', patient('b', [bsnSystem, bsn]), true],
  ])('%s', (_, resource, other) => {
    expect(isOther(resource, asked)).toBe(other);
  });
});
