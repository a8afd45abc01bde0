// Does an odd answer beside the wishes leave the wishes of a PZP form readable, and on the right day?
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { type LoadedMap, loadMaps } from './loadMaps.ts';
import { runMap } from './runMap.ts';

const folder = resolve(import.meta.dirname, '../../mappings');
const newer = readFileSync(`${folder}/pzp-form-to-r4/tests/r4-rc3.source.json`, 'utf8');
const older = readFileSync(`${folder}/pzp-form-to-r4/tests/stu3-full.source.json`, 'utf8');
let map: LoadedMap;

beforeAll(() => {
  const found = loadMaps(folder).get('pzp-form-to-r4');
  if (!found) throw new Error('no map');
  map = found;
});

type Item = { linkId: string; item?: Item[]; answer?: object[] };

const answered = (items: Item[], linkId: string, answer: object): Item[] =>
  items.map((one) => ({
    ...one,
    ...(one.item ? { item: answered(one.item, linkId, answer) } : {}),
    ...(one.linkId === linkId ? { answer: [answer] } : {}),
  }));

const given = (form: string, linkId: string, answer: object): Record<string, unknown>[] => {
  const source = JSON.parse(form);
  const changed = JSON.stringify({ ...source, item: answered(source.item, linkId, answer) });
  expect(changed).toContain(JSON.stringify(answer));
  const { target } = runMap(map, map.read(Buffer.from(changed)), {
    at: new Date('2026-01-15T12:00:00Z'),
    seed: 's',
  });
  return (target.entry as { resource: Record<string, unknown> }[]).map(({ resource }) => resource);
};

const kind = (answer: object): unknown =>
  given(newer, '977', answer).flatMap(({ telecom }) => telecom ?? [])[0];
const specified = 'http://nictiz.nl/fhir/StructureDefinition/ext-CodeSpecification';

it('keeps a kind of phone that it does not know, in a code or in words', () => {
  const coding = { code: 'VOIP', display: 'Via internet' };
  const value = '0611111111';
  expect(kind({ valueCoding: coding })).toMatchObject({
    value,
    _system: { extension: [{ url: specified, valueCodeableConcept: { coding: [coding] } }] },
  });
  expect(kind({ valueString: 'bij de buren' })).toMatchObject({
    value,
    _system: { extension: [{ url: specified, valueCodeableConcept: { text: 'bij de buren' } }] },
  });
  expect(kind({ valueCoding: { code: 'LL', display: 'Vast' } })).toMatchObject({ value, system: 'phone' });
});

it('reads a form whose answer of a given name has no value', () => {
  const absent = { extension: [{ url: 'http://example.org/absent', valueCode: 'masked' }] };
  const types = ['386', '392', '395'].map((linkId) =>
    given(older, linkId, absent).map(({ resourceType }) => resourceType),
  );
  expect(types.every((one) => one.includes('Consent') && one.includes('RelatedPerson'))).toBe(true);
});

it.each([
  ['2026-01-14T22:30:00.000Z', '2026-01-14'],
  ['2026-01-14T23:30:00.000Z', '2026-01-15'],
  ['2026-07-14T22:30:00Z', '2026-07-15'],
  ['2026-01-14T23:30:00+01:00', '2026-01-14'],
  ['2026-01-14', '2026-01-14'],
])('a goal of a form of %s is of the Dutch day %s', (moment, day) => {
  const goal = given(older, '385', { valueDateTime: moment }).find((one) => one.resourceType === 'Goal');
  expect(goal).toMatchObject({ startDate: day, statusDate: day });
});
