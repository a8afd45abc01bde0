import { describe, expect, it } from 'vitest';
import { periodOf } from './period.ts';

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
