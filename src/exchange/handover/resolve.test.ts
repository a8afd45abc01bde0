// Does a reference find the entry that it means, and never another one?
import { expect, test } from 'vitest';
import type { Entry } from './parcel.ts';
import { indexEntries, typeAndIdOf } from './resolve.ts';

const entry = (key: string, fullUrl?: string): Entry => {
  const [resourceType = '', id = ''] = key.split('/');
  return { resource: { resourceType, id }, fullUrl, place: key };
};
const epd = 'https://epd.example/fhir/';
const patient = entry('Patient/1', `${epd}Patient/1`);
const bare = entry('Organization/7');
const named = entry('Practitioner/2', 'urn:uuid:2d2f');
const { resolve } = indexEntries([patient, bare, named]);

test.each([
  ['relative', 'Patient/1', patient],
  ['absolute', `${epd}Patient/1`, patient],
  ['with a version', `${epd}Patient/1/_history/3`, patient],
  ['relative with a version', 'Organization/7/_history/2', bare],
  ['absolute to the EPD, for an entry without an address', `${epd}Organization/7`, bare],
  ['by urn:uuid', 'urn:uuid:2d2f', named],
])('%s', (_, reference, expected) => {
  expect(resolve(reference, patient)).toBe(expected);
});

test.each([
  ['the same id at another server', 'https://other.example/fhir/Patient/1'],
  ['another type', 'Person/1'],
  ['a made-up scheme', 'file:///Patient/1'],
  ['nothing', ''],
])('%s is not there', (_, reference) => {
  expect(resolve(reference, patient)).toBeUndefined();
});

test('of two servers with the same type and id, a relative reference stays at its own', () => {
  const here = entry('Patient/1', 'https://a.example/fhir/Patient/1');
  const there = entry('Patient/1', 'https://b.example/fhir/Patient/1');
  const from = entry('Condition/1', 'https://b.example/fhir/Condition/1');
  const two = indexEntries([here, there, from]);
  expect(two.issues).toEqual([]);
  expect(two.resolve('Patient/1', from)).toBe(there);
  expect(two.resolve('Patient/1', entry('Flag/1'))).toBeUndefined();
});

test('a relative reference is not joined to an entry of another server', () => {
  const there = entry('Observation/1', 'https://lis.example/fhir/Observation/1');
  const nowhere = entry('Observation/2', 'urn:uuid:77aa');
  const mixed = indexEntries([patient, bare, there, nowhere]);
  expect(mixed.resolve('Patient/1', there)).toBeUndefined();
  expect(mixed.resolve('Organization/7', there)).toBe(bare);
  expect(mixed.resolve('Patient/1', nowhere)).toBe(patient);
});

test('a conditional reference of a transaction finds the one with that identifier', () => {
  const one: Entry = {
    resource: { resourceType: 'Patient', identifier: Array(2).fill({ system: 'urn:x', value: '5' }) },
    fullUrl: undefined,
    place: 'p',
  };
  const { resolve: find } = indexEntries([one]);
  expect(find('Patient?identifier=urn:x|5', one)).toBe(one);
  expect(find('Patient?identifier=urn%3Ax%7C5', one)).toBe(one);
  expect(find('Patient?identifier=urn:x|%E0', one)).toBeUndefined();
});

test('a conditional reference that two have finds neither', () => {
  const payer = (id: string): Entry => ({
    resource: { resourceType: 'Organization', id, identifier: [{ system: 'urn:x', value: '5' }] },
    fullUrl: undefined,
    place: id,
  });
  expect(
    indexEntries([payer('1'), payer('2')]).resolve('Organization?identifier=urn:x|5', bare),
  ).toBeUndefined();
});

test('a urn:uuid is the same in capitals', () => {
  const shouted = entry('Flag/9', 'urn:uuid:0A1B');
  expect(indexEntries([shouted]).resolve('urn:uuid:0a1b', bare)).toBe(shouted);
  expect(resolve('URN:UUID:2D2F', bare)).toBe(named);
});

test.each(['a/', 'A', 'A/', '/'])('a long hostile reference of %s costs no time', (part) => {
  const started = performance.now();
  expect(typeAndIdOf(`https://${part.repeat(200_000)}!`)).toBeUndefined();
  expect(performance.now() - started).toBeLessThan(2_000);
});
