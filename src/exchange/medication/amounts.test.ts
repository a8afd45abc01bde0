// Is an amount said only where its unit and its code mean the same?
import { describe, expect, it } from 'vitest';
import { durationPhrase, quantityPhrase } from './amounts.ts';

describe('an amount', () => {
  it.each([
    ['milligram', 'mg', '10 milligram'],
    ['ml', 'mL', '10 ml'],
    ['\u00b5g', 'ug', '10 \u00b5g'],
    ['\u03bcg', 'ug', '10 \u03bcg'],
    ['stuk', '1', '10 stuk'],
    ['tablet', 'mg', '10 tablet'],
    ['ml/uur', 'mL/h', '10 ml/uur'],
    ['ml/h', 'ml/h', '10 ml per uur'],
    ['mg/24.h', 'mg/d', '10 mg/24.h'],
    [undefined, 'mg', '10 mg'],
  ])('in %s with code %s is said', (unit, code, said) => {
    expect(quantityPhrase({ value: 10, unit, code })).toBe(said);
  });

  it.each([
    ['mg', 'ug'],
    ['MCG', 'mg'],
    ['\u00b5g', 'mg'],
    ['gram', 'mg'],
    ['ml', 'L'],
    ['mg/h', 'ml/h'],
    ['ml/min', 'ml/h'],
    ['ml/uur', 'ml/min'],
    ['ml', 'ml/h'],
    ['ml/h', 'ml'],
  ])('in %s with code %s may be another amount than is meant, and is not said', (unit, code) => {
    expect(quantityPhrase({ value: 10, unit, code })).toBe(undefined);
  });

  it('of time whose unit and code are of another length is not said', () => {
    expect(durationPhrase({ value: 2, unit: 'dagen', code: 'd' })).toBe('2 dagen');
    expect(durationPhrase({ value: 2, unit: 'dosis', code: 'd' })).toBe('2 dagen');
    expect(durationPhrase({ value: 2, unit: 'uur', code: 'd' })).toBe(undefined);
  });
});
