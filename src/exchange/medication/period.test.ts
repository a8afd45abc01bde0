import { describe, expect, it } from 'vitest';
import { durationIn, periodOf } from './period.ts';

describe('a period with a duration', () => {
  it('ends a second before the sum', () => {
    const { endText, unreadable } = periodOf({ start: '2023-12-01', duration: { value: 14, unit: 'd' } });
    expect([endText, unreadable]).toEqual(['2023-12-14T23:59:59+01:00', undefined]);
  });

  it.each([
    [1e308, 'd'],
    [99_980_308.1, 'd'],
    [1e15, 's'],
    [200_000, 'mo'],
    [9_999, 'a'],
  ] as const)('of %s %s leads to no date: that side stays open, and it is told', (value, unit) => {
    const later = periodOf({ start: '2023-12-01', duration: { value, unit } });
    expect([later.end, later.endText, later.unreadable]).toEqual([Infinity, undefined, [`${value} ${unit}`]]);
    const earlier = periodOf({ end: '2023-12-01', duration: { value, unit } });
    expect([earlier.start, earlier.unreadable]).toEqual([-Infinity, [`${value} ${unit}`]]);
  });
});

describe('a duration', () => {
  it('is read by the first unit that is understood', () => {
    expect(durationIn(2, 'weekjes', 'week')).toEqual({ duration: { value: 2, unit: 'wk' } });
    expect(durationIn(undefined, undefined)).toEqual({});
  });

  it.each([
    [2, '{week}', '2 {week}'],
    [2, 'constructor', '2 constructor'],
    [2, '__proto__', '2 __proto__'],
    [-2, 'd', '-2 d'],
    [0, 'd', '0 d'],
    ['veertien', 'dag', 'veertien dag'],
    [undefined, 'dag', 'dag'],
  ])('of %s %s is none, and told: without it a course would seem to have no end', (value, unit, told) => {
    expect(durationIn(value, unit)).toEqual({ unread: told });
    expect(periodOf({ start: '2023-12-01', ...durationIn(value, unit) }).unreadable).toEqual([told]);
  });

  it('that cannot be read changes nothing where start and end are known', () => {
    const { unreadable } = periodOf({ start: '2023-12-01', end: '2023-12-14', unread: '2 {week}' });
    expect(unreadable).toBe(undefined);
  });
});
