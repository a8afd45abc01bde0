import { describe, expect, it } from 'vitest';
import { compareQuantities, isUnit } from './ucum.ts';

const ucum = 'http://unitsofmeasure.org';

describe('a unit', () => {
  it.each(['Kg', 'mmHg', 'm/', '/', 'foo', '', 'mg/', '(m', 'm)', 'x'.repeat(1_000_000), '('.repeat(300)])(
    'is refused: %.12s',
    (code) => expect(isUnit(code)).toBe(false),
  );
  it.each([
    'mm[Hg]',
    'kg/m2',
    '{beats}/min',
    '/min',
    '10*9/L',
    'Cel',
    '%',
    '1',
    'g/(24.h)',
    '[iU]',
    'ug/kg/h',
    '{tablet}',
  ])('is known: %s', (code) => expect(isUnit(code)).toBe(true));
});

describe('quantities', () => {
  it('are compared across units of one dimension', () => {
    expect(
      compareQuantities({ value: 10000, system: ucum, code: 'm' }, { value: 5, system: ucum, code: 'km' }),
    ).toBeGreaterThan(0);
  });
  it('are not compared across dimensions, nor where the scale is not linear', () => {
    expect(compareQuantities({ value: 1, code: 'm' }, { value: 1, code: 'kg' })).toBeUndefined();
    expect(compareQuantities({ value: 1, code: 'Cel' }, { value: 1, code: '[degF]' })).toBeUndefined();
  });
});
