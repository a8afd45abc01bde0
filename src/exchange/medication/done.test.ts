// Is what was not given, or not handed over, told as such?
import { describe, expect, it } from 'vitest';
import { block, overviewOf, rulesOf } from './fixtures.ts';
import { readFhir } from './readFhir.ts';
import { search } from './search.ts';

const category = (code: string) => ({ coding: [{ system: 'http://snomed.info/sct', code }] });
const read = (code: string, resourceType: string, more: object) =>
  readFhir(
    [
      {
        resource: {
          resourceType,
          identifier: [{ system: 'urn:oid:2.999', value: 'x' }],
          category: category(code),
          ...more,
        },
      },
    ],
    'h',
  ).blocks;
const given = (more: object) => read('18629005', 'MedicationAdministration', more);
const handed = (more: object) => read('373784005', 'MedicationDispense', more);
const ruleIn = (blocks: Parameters<typeof overviewOf>[0]) =>
  overviewOf(blocks).history.map(({ rule }) => rule);

describe('an administration', () => {
  it('that was not given is no administration', () => {
    expect(ruleIn(given({ status: 'completed' }))).toEqual(['administration']);
    expect(ruleIn(given({ status: 'not-done' }))).toEqual(['not-given']);
    expect(ruleIn(given({ status: 'completed', notGiven: true }))).toEqual(['not-given']);
  });

  it('that lasts is found as long as it lasts', () => {
    const period = { start: '2023-12-31T08:00:00+01:00', end: '2024-01-01T12:00:00+01:00' };
    const found = (effectivePeriod: object, value: string): number =>
      search(given({ status: 'completed', effectivePeriod }), 'MedicationAdministration', [
        ['effective-time', value],
      ]).length;
    const blocks = given({ status: 'completed', effectivePeriod: period });
    expect(overviewOf(blocks).history[0]?.done).toBe(period.start);
    expect([found(period, 'ge2024-01-01'), found(period, 'ge2024-01-02')]).toEqual([1, 0]);
    expect([found(period, 'le2023-12-31'), found(period, 'le2023-12-30')]).toEqual([1, 0]);
    expect(found({ start: period.start }, 'ge2025-01-01')).toBe(1);
  });
});

describe('a dispense', () => {
  it('that was not handed over is no supply', () => {
    expect(ruleIn(handed({ status: 'completed' }))).toEqual(['supply']);
    for (const more of [
      { status: 'cancelled' },
      { status: 'declined' },
      { status: 'completed', notDone: true },
    ])
      expect(ruleIn(handed(more))).toEqual(['not-supplied']);
  });

  it('that was not handed over does not make a supply last', () => {
    const supply = { whenHandedOver: '2023-11-01', daysSupply: { value: 14, code: 'd' } };
    const later = { whenHandedOver: '2023-12-20', daysSupply: { value: 90, code: 'd' } };
    const blocks = [
      block('TA', 'TA', { at: '2023-11-01', from: '2023-11-01' }),
      ...handed({ status: 'completed', ...supply }),
      ...handed({ status: 'declined', ...later, identifier: [{ system: 'urn:oid:2.999', value: 'y' }] }),
    ].map((one) => ({ ...one, treatment: 'urn:oid:2.16.840.1.113883.2.4.3.11.61.2|1' }));
    expect(rulesOf(overviewOf(blocks))).toContain('supply-ended');
  });
});

describe('a report of use', () => {
  const usedIn = (more: object) => read('422979000', 'MedicationStatement', more)[0]?.use?.used;

  it('that is completed tells of no use today, unless its own end says until when', () => {
    expect(usedIn({ status: 'active' })).toBe(true);
    expect(usedIn({ status: 'completed', effectivePeriod: { start: '2023-12-01' } })).toBe(false);
    expect(usedIn({ status: 'completed', effectivePeriod: { end: '2024-02-01' } })).toBe(true);
  });
});
