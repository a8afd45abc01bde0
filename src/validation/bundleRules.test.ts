import { describe, expect, it } from 'vitest';
import { operationOutcome } from '../fhir/outcome.ts';
import { errorsOf, findingsOf } from './fixtures.ts';

const patient = (id: string): Record<string, unknown> => ({ resourceType: 'Patient', id });
const base = 'http://example.org/fhir';
const at = (type: string, id: string): string => `${base}/${type}/${id}`;
const bundle = (type: string, entry: unknown[], more: Record<string, unknown> = {}): unknown => ({
  resourceType: 'Bundle',
  type,
  entry,
  ...more,
});

const composition = (more: Record<string, unknown>): unknown => ({
  resourceType: 'Composition',
  id: 'c',
  status: 'final',
  type: { text: 'x' },
  date: '2024-01-01',
  author: [{ reference: 'Practitioner/d' }],
  title: 't',
  ...more,
});
const document = (entries: unknown[], more: Record<string, unknown> = {}): unknown =>
  bundle(
    'document',
    [
      { fullUrl: at('Composition', 'c'), resource: composition(more) },
      { fullUrl: at('Practitioner', 'd'), resource: { resourceType: 'Practitioner', id: 'd' } },
      ...entries,
    ],
    {
      identifier: { system: 'urn:oid:1.2', value: '1' },
      timestamp: '2024-01-01T00:00:00Z',
    },
  );

describe('addresses in a Bundle', () => {
  it('are absolute and end as the resource is called', () => {
    expect(errorsOf(bundle('collection', [{ fullUrl: 'Patient/1', resource: patient('1') }]))).toEqual([
      'bundle-fullurl Bundle.entry[0].fullUrl',
    ]);
    expect(errorsOf(bundle('collection', [{ fullUrl: at('Patient', '2'), resource: patient('1') }]))).toEqual(
      ['bundle-fullurl-id Bundle.entry[0].fullUrl'],
    );
    expect(errorsOf(bundle('collection', [{ fullUrl: at('Patient', '1'), resource: patient('1') }]))).toEqual(
      [],
    );
  });
});

describe('what a document or message begins with', () => {
  const told = (type: string, version: 'stu3' | 'r4', more: object = {}): string[] => {
    const identifier = { system: 'urn:oid:1.2', value: '1' };
    const timestamp = version === 'r4' ? { timestamp: '2024-01-01T00:00:00Z' } : {};
    return errorsOf({ resourceType: 'Bundle', type, identifier, ...timestamp, ...more }, { version });
  };
  const person = { entry: [{ fullUrl: at('Patient', '1'), resource: patient('1') }] };
  const first = ['bundle-first Bundle'];

  it.each(['document', 'message'])('is told when a %s has nothing to begin with', (type) => {
    expect(told(type, 'r4')).toEqual(first);
    expect(told(type, 'stu3')).toEqual(first);
  });
  it('is told in STU3, and in R4 once, by its invariant', () => {
    expect(told('document', 'stu3', person)).toEqual(first);
    expect(told('message', 'stu3', person)).toEqual(first);
    expect(told('document', 'r4', person)).toEqual(['bdl-11 Bundle']);
    expect(told('message', 'r4', person)).toEqual(['bdl-12 Bundle']);
  });
  it('is nothing that other Bundles have', () => {
    expect(told('collection', 'r4')).toEqual([]);
  });
});

describe('a document', () => {
  it('holds what its composition refers to', () => {
    expect(errorsOf(document([], { subject: { reference: 'Patient/1' } }))).toEqual([
      'bundle-reference Bundle.entry[0].resource.subject',
    ]);
    const entry = { fullUrl: at('Patient', '1'), resource: patient('1') };
    expect(errorsOf(document([entry], { subject: { reference: 'Patient/1' } }))).toEqual([]);
  });
  it('holds nothing that is not connected', () => {
    expect(errorsOf(document([{ fullUrl: at('Patient', '9'), resource: patient('9') }]))).toEqual([
      'bundle-unreachable Bundle.entry[2]',
    ]);
  });
  it('takes a relative reference against the address of where it stands, not by type and id alone', () => {
    const elsewhere = { fullUrl: 'http://other.org/Patient/1', resource: patient('1') };
    expect(errorsOf(document([elsewhere], { subject: { reference: 'Patient/1' } }))).toContain(
      'bundle-reference Bundle.entry[0].resource.subject',
    );
  });
});

describe('a search set', () => {
  it('says each link once and holds what was searched for', () => {
    const self = { relation: 'self', url: `${base}/Patient?name=x` };
    const entry = {
      fullUrl: at('Group', '1'),
      search: { mode: 'match' },
      resource: { resourceType: 'Group', id: '1', type: 'person', actual: false },
    };
    expect(errorsOf(bundle('searchset', [entry], { link: [self, self] }))).toEqual([
      'bundle-link Bundle.link[1]',
      'search-type Bundle.entry[0].resource',
    ]);
  });
});

describe('a large Bundle', () => {
  const entries = (count: number): unknown[] =>
    Array.from({ length: count }, (_, i) => ({
      fullUrl: at('Observation', `o${i}`),
      resource: {
        resourceType: 'Observation',
        id: `o${i}`,
        status: 'final',
        code: { text: 'x' },
        subject: { reference: `Patient/p${i}` },
        performer: [{ reference: 'Observation/o0' }],
      },
    }));
  it('is checked in linear time, and its thousands of equal findings make a small outcome', () => {
    const time = (count: number): number => {
      const start = performance.now();
      findingsOf(bundle('collection', entries(count)));
      return performance.now() - start;
    };
    time(500);
    const small = time(1000);
    expect(time(10_000)).toBeLessThan(Math.max(2000, 25 * small));
    const outcome = JSON.stringify(operationOutcome(findingsOf(bundle('collection', entries(2000))), 'nl'));
    expect(outcome.length).toBeLessThan(256 * 1024);
  });
});

describe('what grows in one resource', () => {
  const code = { text: 'x' };
  it('is checked in linear time: codings, contained resources, local references', () => {
    const many = <T>(make: (i: number) => T): T[] => Array.from({ length: 20_000 }, (_, i) => make(i));
    const resource = {
      resourceType: 'Observation',
      status: 'final',
      code: { coding: many((i) => ({ system: 'http://x', code: `c${i}` })) },
      valueString: 'x',
      component: [
        { code: { coding: many((i) => ({ system: 'http://y', code: `c${i}` })) }, valueString: 'x' },
      ],
      contained: many((i) => ({ resourceType: 'Observation', id: `o${i}`, status: 'final', code })),
      derivedFrom: many((i) => ({ reference: `#o${i}` })),
    };
    const start = performance.now();
    expect(errorsOf(resource)).toEqual([]);
    expect(performance.now() - start).toBeLessThan(8000);
  });
  it('must be tied together', () => {
    const inner = { resourceType: 'Patient', id: 'p' };
    const outer = { resourceType: 'Observation', status: 'final', code };
    expect(errorsOf({ ...outer, contained: [inner] })).toEqual(['dom-3 Observation.contained[0]']);
    expect(errorsOf({ ...outer, subject: { reference: '#p' } })).toEqual(['ref-1 Observation.subject']);
    expect(errorsOf({ ...outer, contained: [inner], subject: { reference: '#p' } })).toEqual([]);
  });
});
