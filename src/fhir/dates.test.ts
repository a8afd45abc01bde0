import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareDates, type FhirDate, isDate, isTime, isWithin, parseDate } from './dates.ts';

const iso = (moment: number | undefined): string => new Date(moment ?? Number.NaN).toISOString();
const known = (text: string): FhirDate => {
  const date = parseDate(text);
  if (!date) throw new Error(`not a date: ${text}`);
  return date;
};

describe('parseDate refuses', () => {
  it.each([
    '0000',
    '2024-00',
    '2024-13',
    '2024-02-30',
    '2023-02-29',
    '1900-02-29',
    '2024-01-00',
    '2024-1-1',
    '24-01-01',
    '2024-01-01T24:00:00Z',
    '2024-01-01T00:60:00Z',
    '2024-01-01T00:00:61Z',
    '2024-01-01T00:00:00',
    '2024-01-01T00:00Z',
    '2024-01-01T00:00:00+14:01',
    '2024-01-01T00:00:00.Z',
    ' 2024',
    '2024 ',
    '-2024',
    '',
    'today',
  ])('%j', (text) => expect(parseDate(text)).toBeUndefined());
});

describe('parseDate gives the stretch of time', () => {
  it.each([
    ['2024', 'year', '2023-12-31T23:00:00.000Z', '2024-12-31T23:00:00.000Z'],
    ['2024-07', 'month', '2024-06-30T22:00:00.000Z', '2024-07-31T22:00:00.000Z'],
    ['2024-03-31', 'day', '2024-03-30T23:00:00.000Z', '2024-03-31T22:00:00.000Z'],
    ['2024-10-27', 'day', '2024-10-26T22:00:00.000Z', '2024-10-27T23:00:00.000Z'],
    ['2024-02-29T23:30:00+02:00', 'second', '2024-02-29T21:30:00.000Z', '2024-02-29T21:30:01.000Z'],
    ['2024-01-01T00:00:00-12:00', 'second', '2024-01-01T12:00:00.000Z', '2024-01-01T12:00:01.000Z'],
    ['2024-01-01T00:00:00.250Z', 'fraction', '2024-01-01T00:00:00.250Z', '2024-01-01T00:00:00.251Z'],
    ['2016-12-31T23:59:60Z', 'second', '2017-01-01T00:00:00.000Z', '2017-01-01T00:00:01.000Z'],
    ['9999-12-31', 'day', '9999-12-30T23:00:00.000Z', '9999-12-31T23:00:00.000Z'],
  ])('of %s, days in the Netherlands', (text, ...expected) => {
    const date = known(text);
    expect([date.precision, iso(date.start), iso(date.end)]).toEqual(expected);
  });

  it('of forty fraction digits without refusing them', () => {
    expect(known(`2024-01-01T00:00:00.${'1'.repeat(40)}Z`).precision).toBe('fraction');
  });

  it('so that days follow each other without a gap, back to the year 1', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0101-01-02'), max: new Date('9998-01-01'), noInvalidDate: true }),
        (day) => {
          const next = new Date(day.getTime() + 86_400_000);
          expect(known(day.toISOString().slice(0, 10)).end).toBe(
            known(next.toISOString().slice(0, 10)).start,
          );
        },
      ),
    );
  });

  it('so that every instant reads as itself in any zone', () => {
    const date = fc.date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true });
    fc.assert(
      fc.property(date, fc.integer({ min: -840, max: 840 }), (moment, zone) => {
        const local = new Date(moment.getTime() + zone * 60_000).toISOString().slice(0, 23);
        const sign = zone < 0 ? '-' : '+';
        const part = (n: number): string => String(n).padStart(2, '0');
        const text = `${local}${sign}${part(Math.floor(Math.abs(zone) / 60))}:${part(Math.abs(zone) % 60)}`;
        fc.pre(/^(?!0000)\d{4}-/.test(text));
        expect(Math.abs(known(text).start - moment.getTime())).toBeLessThan(0.5);
      }),
    );
  });
});

describe('types of dates', () => {
  it('tell date, dateTime, instant and time apart', () => {
    expect(isDate('date', '2024-01')).toBe(true);
    expect(isDate('date', '2024-01-01T00:00:00Z')).toBe(false);
    expect(isDate('instant', '2024-01-01')).toBe(false);
    expect(isDate('dateTime', '2024')).toBe(true);
    expect(['23:59:59', '00:00:00.123'].map(isTime)).toEqual([true, true]);
    expect(['24:00:00', '12:00', '12:00:00Z'].map(isTime)).toEqual([false, false, false]);
  });
});

describe('order', () => {
  it('is undecided where one stretch lies in the other', () => {
    expect(compareDates(known('2024'), known('2024-05'))).toBeUndefined();
    expect(compareDates(known('2023'), known('2024-05'))).toBeLessThan(0);
    expect(compareDates(known('2025'), known('2024-05'))).toBeGreaterThan(0);
    expect(compareDates(known('2024-05'), known('2024-05'))).toBe(0);
  });

  it('lets a period hold through its last day', () => {
    const period = { start: '2024-01-01', end: '2024-01-31' };
    expect(isWithin(period, new Date('2024-01-31T22:59:59Z'))).toBe(true);
    expect(isWithin(period, new Date('2024-01-31T23:00:00Z'))).toBe(false);
    expect(isWithin(period, new Date('2023-12-31T22:59:59Z'))).toBe(false);
    expect(isWithin(undefined, new Date())).toBe(true);
  });
});
