// Do searches find what the standard says, at the edges of periods and dates?
import { describe, expect, it } from 'vitest';
import { block, key } from './fixtures.ts';
import { readStretch } from './moments.ts';
import { type SearchParameters, search } from './search.ts';

const ma = (name: string, written: Parameters<typeof block>[2]) => block('MA', name, written);
const blocks = [
  ma('closed', { from: '2023-12-01', to: '2023-12-11' }),
  ma('counted', { from: '2023-12-01', days: 11 }),
  ma('open', { from: '2023-12-11' }),
  ma('endOnly', { to: '2023-12-11' }),
];
const found = (...parameters: SearchParameters) =>
  search(blocks, 'MedicationRequest', parameters).map(({ record }) => record.split('|')[1]);

describe('period-of-use', () => {
  it('ge asks for an end on or after the day, worked out from start and duration, or open', () => {
    expect(found(['period-of-use', 'ge2023-12-11'])).toEqual(['closed', 'counted', 'open', 'endOnly']);
    expect(found(['period-of-use', 'ge2023-12-12'])).toEqual(['open']);
    expect(found(['period-of-use', 'gt2023-12-11'])).toEqual(['open']);
  });

  it('le asks for a start on or before the day, lt before it; an absent start is open', () => {
    expect(found(['period-of-use', 'le2023-12-11'])).toEqual(['closed', 'counted', 'open', 'endOnly']);
    expect(found(['period-of-use', 'lt2023-12-11'])).toEqual(['closed', 'counted', 'endOnly']);
    expect(found(['period-of-use', 'le2023-12-10'])).toEqual(['closed', 'counted', 'endOnly']);
  });

  it('eq asks for overlap with the day, and so does a day without a prefix', () => {
    for (const eq of ['eq', '']) {
      expect(found(['period-of-use', `${eq}2023-11-30`])).toEqual(['endOnly']);
      expect(found(['period-of-use', `${eq}2023-12-01`])).toEqual(['closed', 'counted', 'endOnly']);
      expect(found(['period-of-use', `${eq}2023-12-11`])).toEqual(['closed', 'counted', 'open', 'endOnly']);
      expect(found(['period-of-use', `${eq}2023-12-12`])).toEqual(['open']);
    }
  });

  it('both bounds ask for overlap', () => {
    expect(found(['period-of-use', 'ge2023-12-12'], ['period-of-use', 'le2023-12-20'])).toEqual(['open']);
  });

  it('is refused with a value that is no date, or another prefix', () => {
    expect(() => found(['period-of-use', 'geSoon'])).toThrow('no date');
    expect(() => found(['period-of-use', 'sa2023-12-11'])).toThrow('knows');
  });
});

describe('other parameters', () => {
  it('tell building blocks of one resource type apart by category', () => {
    expect(found(['category', 'http://snomed.info/sct|33633005'])).toHaveLength(4);
    expect(found(['category', 'http://snomed.info/sct|395067002'])).toEqual([]);
  });

  it('match identifier, treatment and product code whole', () => {
    expect(found(['identifier', key('open')])).toEqual(['open']);
    expect(found(['identifier', key('ope')])).toEqual([]);
    expect(found(['pharmaceutical-treatment-identifier', key('T')])).toHaveLength(4);
    expect(found(['medication.code', 'urn:oid:2.16.840.1.113883.2.4.4.10|1'])).toHaveLength(4);
    expect(found(['medication.code', 'urn:oid:2.16.840.1.113883.2.4.4.10|11'])).toEqual([]);
  });

  it.each([
    ['eq', [0, 0, 1, 0, 0]],
    ['ne', [1, 1, 0, 1, 1]],
    ['gt', [0, 0, 0, 1, 1]],
    ['ge', [0, 1, 1, 1, 1]],
    ['lt', [1, 1, 0, 0, 0]],
    ['le', [1, 1, 1, 1, 0]],
    ['sa', [0, 0, 0, 0, 1]],
    ['eb', [1, 0, 0, 0, 0]],
    ['ap', [0, 1, 1, 1, 0]],
  ])(
    '%s finds what lasted before, into, within, out of and after the day as FHIR has it',
    (prefix, times) => {
      const [before, day, after] = ['2023-12-10', '2023-12-11', '2023-12-12'].map((one) => readStretch(one)!);
      const stretches = [
        before!,
        { start: before!.start, end: day!.end - 1 },
        day!,
        { start: day!.start + 1, end: after!.end },
        after!,
      ];
      const hits = stretches.map((stretch) => {
        const given = { ...block('MTD', 'given', {}), done: { text: '', ...stretch } };
        return search([given], 'MedicationAdministration', [['effective-time', `${prefix}2023-12-11`]])
          .length;
      });
      expect(hits).toEqual(times);
    },
  );

  it('compare moments with days by the Dutch clock', () => {
    const text = '2023-12-10T23:30:00Z';
    const given = { ...block('MTD', 'given', {}), done: { text, ...readStretch(text)! } };
    const on = (value: string) =>
      search([given], 'MedicationAdministration', [['effective-time', value]]).length;
    expect([on('eq2023-12-11'), on('ge2023-12-11'), on('le2023-12-10'), on('lt2023-12-11')]).toEqual([
      1, 1, 0, 0,
    ]);
  });

  it('that are not known are refused', () => {
    expect(() => found(['colour', 'red'])).toThrow('colour');
  });
});

describe('is-latest-stop', () => {
  const start = ma('start', { from: '2023-12-01' });
  const stop = ma('stop', {
    at: '2023-12-20',
    from: '2023-12-01',
    to: '2023-12-20',
    stop: 'stopped',
    prior: 'start',
  });
  const search2 = (...more: SearchParameters) =>
    search([start, stop], 'MedicationRequest', [['period-of-use', 'ge2023-12-25'], ...more]).length;

  it('brings the stop that the period leaves out, so that the start does not stand alone', () => {
    expect(search2()).toBe(1);
    expect(search2(['is-latest-stop', 'true'])).toBe(2);
  });
});
