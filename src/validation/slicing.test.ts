import { describe, expect, it } from 'vitest';
import { type Element, errorsOf, profileOf } from './fixtures.ts';

const url = 'http://example.org/StructureDefinition/sliced';
const patient = (identifier: unknown[]): unknown => ({ resourceType: 'Patient', identifier });
const check = (elements: Element[], resource: unknown): string[] =>
  errorsOf(resource, {
    definitions: [profileOf(url, (elements[0]?.id ?? '').split('.')[0] ?? '', elements)],
    profiles: [url],
  });

const slicing = (type: string, path: string, how: 'open' | 'closed' | 'ordered' = 'open'): unknown => ({
  discriminator: [{ type, path }],
  rules: how === 'closed' ? how : 'open',
  ordered: how === 'ordered',
});
const bySystem: Element[] = [
  { id: 'Patient.identifier', slicing: slicing('value', 'system') },
  { id: 'Patient.identifier:a', min: 1, max: '1' },
  { id: 'Patient.identifier:a.system', min: 1, fixedUri: 'http://a' },
  { id: 'Patient.identifier:a.value', min: 1 },
  { id: 'Patient.identifier:b' },
  { id: 'Patient.identifier:b.system', min: 1, fixedUri: 'http://b' },
];
const a = { system: 'http://a', value: '1' };
const b = { system: 'http://b', value: '2' };

describe('an extension on a primitive value', () => {
  const type = [
    { code: 'Extension', profile: ['http://hl7.org/fhir/StructureDefinition/patient-birthTime'] },
  ];
  const timed: Element[] = [
    { id: 'Patient.birthDate.extension', slicing: slicing('value', 'url') },
    { id: 'Patient.birthDate.extension:time', min: 1, max: '1', type },
  ];
  const extension = [
    {
      url: 'http://hl7.org/fhir/StructureDefinition/patient-birthTime',
      valueDateTime: '1938-04-09T10:00:00Z',
    },
  ];
  const resourceType = 'Patient';
  const birthDate = '1938-04-09';
  const missing = ['slice-minimum Patient.birthDate.extension'];

  it('is asked for where it is required, also when nothing stands beside the value', () => {
    expect(check(timed, { resourceType, birthDate, _birthDate: { extension } })).toEqual([]);
    expect(check(timed, { resourceType, _birthDate: { extension } })).toEqual([]);
    expect(check(timed, { resourceType, birthDate, _birthDate: { id: 'a' } })).toEqual(missing);
    expect(check(timed, { resourceType, birthDate })).toEqual(missing);
    expect(check(timed, { resourceType })).toEqual([]);
  });
  it('is not where it may be there', () => {
    const may = timed.map((one) => ({ ...one, min: 0 }));
    expect(check(may, { resourceType, birthDate })).toEqual([]);
  });
});

describe('slicing by value', () => {
  it('asks for the required slice, also when the list is absent', () => {
    expect(check(bySystem, patient([b]))).toEqual(['slice-minimum Patient.identifier']);
    expect(check(bySystem, { resourceType: 'Patient' })).toEqual(['slice-minimum Patient.identifier']);
  });
  it('counts a slice and holds its members against it', () => {
    expect(check(bySystem, patient([a, a]))).toEqual(['slice-maximum Patient.identifier']);
    expect(check(bySystem, patient([b, { system: 'http://a' }]))).toEqual([
      'minimum Patient.identifier[1].value',
    ]);
  });
  it('lets others in when open, refuses them when closed', () => {
    const closed = [
      { ...bySystem[0], id: 'Patient.identifier', slicing: slicing('value', 'system', 'closed') },
      ...bySystem.slice(1),
    ];
    expect(check(bySystem, patient([a, { system: 'http://c' }]))).toEqual([]);
    expect(check(closed, patient([a, { system: 'http://c' }]))).toEqual([
      'slice-closed Patient.identifier[1]',
    ]);
  });
  it('keeps the order when ordered', () => {
    const ordered = [
      { id: 'Patient.identifier', slicing: slicing('value', 'system', 'ordered') },
      ...bySystem.slice(1),
    ];
    expect(check(ordered, patient([a, b]))).toEqual([]);
    expect(check(ordered, patient([b, a]))).toEqual(['slice-order Patient.identifier']);
  });
  it('puts an item in the slice of its value set, not in the first', () => {
    const list = (name: string, code: string): never =>
      ({
        resourceType: 'ValueSet',
        url: `http://vs/${name}`,
        compose: { include: [{ system: 'urn:oid:1.2', concept: [{ code }] }] },
      }) as never;
    const profile = profileOf(url, 'Condition', [
      { id: 'Condition.category', slicing: slicing('value', '$this') },
      { id: 'Condition.category:x', max: '1', binding: { strength: 'required', valueSet: 'http://vs/x' } },
      { id: 'Condition.category:y', max: '2', binding: { strength: 'required', valueSet: 'http://vs/y' } },
    ]);
    const coded = (code: string): unknown => ({ coding: [{ system: 'urn:oid:1.2', code }] });
    const world = { definitions: [profile, list('x', 'X'), list('y', 'Y')], profiles: [url] };
    const condition = (codes: string[]): unknown => ({
      resourceType: 'Condition',
      subject: { display: 'x' },
      clinicalStatus: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
      },
      category: codes.map(coded),
    });
    expect(errorsOf(condition(['Y', 'Y', 'X']), world)).toEqual([]);
    expect(errorsOf(condition(['X', 'X']), world)).toEqual(['slice-maximum Condition.category']);
  });
});

describe('slicing by other means', () => {
  it('exists', () => {
    const elements: Element[] = [
      { id: 'Patient.identifier', slicing: slicing('exists', 'period') },
      { id: 'Patient.identifier:dated', max: '1' },
      { id: 'Patient.identifier:dated.period', min: 1 },
      { id: 'Patient.identifier:open' },
      { id: 'Patient.identifier:open.period', max: '0' },
    ];
    const dated = { ...a, period: { start: '2024' } };
    expect(check(elements, patient([dated, a, a]))).toEqual([]);
    expect(check(elements, patient([dated, dated]))).toEqual(['slice-maximum Patient.identifier']);
  });
  it('type of a choice', () => {
    const elements: Element[] = [
      { id: 'Observation.value[x]', slicing: slicing('type', '$this', 'closed') },
      { id: 'Observation.value[x]:valueQuantity', type: [{ code: 'Quantity' }] },
      { id: 'Observation.value[x]:valueQuantity.unit', min: 1 },
    ];
    const observation = { resourceType: 'Observation', status: 'final', code: { text: 'x' } };
    expect(check(elements, { ...observation, valueQuantity: { value: 1 } })).toEqual([
      'minimum Observation.value.ofType(Quantity).unit',
    ]);
    expect(check(elements, { ...observation, valueString: 'x' })).toEqual([
      'slice-closed Observation.value.ofType(string)',
    ]);
  });
  it('profile of what a reference leads to, and undecided when it leads out of the message', () => {
    const target = profileOf('http://example.org/t', 'Patient', [{ id: 'Patient.active', min: 1 }]);
    const profile = profileOf(url, 'List', [
      { id: 'List.entry', slicing: slicing('profile', 'item.resolve()') },
      { id: 'List.entry:active', min: 1, max: '1' },
      {
        id: 'List.entry:active.item',
        type: [{ code: 'Reference', targetProfile: ['http://example.org/t'] }],
      },
    ]);
    const bundle = (active: boolean | undefined): unknown => ({
      resourceType: 'Bundle',
      type: 'collection',
      entry: [
        {
          fullUrl: 'http://x/List/l',
          resource: {
            resourceType: 'List',
            id: 'l',
            meta: { profile: [url] },
            status: 'current',
            mode: 'working',
            entry: [{ item: { reference: 'Patient/p' } }],
          },
        },
        {
          fullUrl: 'http://x/Patient/p',
          resource: { resourceType: 'Patient', id: 'p', ...(active === undefined ? {} : { active }) },
        },
      ],
    });
    const world = { definitions: [profile, target] };
    expect(errorsOf(bundle(true), world)).toEqual([]);
    expect(errorsOf(bundle(undefined), world)).toEqual(['slice-minimum Bundle.entry[0].resource.entry']);
    const alone = {
      resourceType: 'List',
      meta: { profile: [url] },
      status: 'current',
      mode: 'working',
      entry: [{ item: { reference: 'Patient/p' } }],
    };
    expect(errorsOf(alone, world)).toEqual([]);
  });
  it('slices of slices', () => {
    const elements: Element[] = [
      ...bySystem.slice(0, 3),
      { id: 'Patient.identifier:a', max: '*', slicing: slicing('value', 'use') },
      { id: 'Patient.identifier:a/official', sliceName: 'a/official', max: '1' },
      { id: 'Patient.identifier:a/official.use', min: 1, fixedCode: 'official' },
    ];
    const official = { ...a, use: 'official' };
    expect(check(elements, patient([official, a]))).toEqual([]);
    expect(check(elements, patient([official, official]))).toEqual(['slice-maximum Patient.identifier']);
  });
});

describe('large lists', () => {
  it('are sliced in linear time', () => {
    const time = (count: number): number => {
      const resource = patient(
        Array.from({ length: count }, (_, i) => ({
          system: i === 0 ? 'http://a' : `http://x/${i}`,
          value: 'v',
        })),
      );
      const start = performance.now();
      expect(check(bySystem, resource)).toEqual([]);
      return performance.now() - start;
    };
    time(500);
    expect(time(5000)).toBeLessThan(Math.max(400, 40 * time(500)));
  });
});
