// Is an amount said only where its unit and its code mean the same?
import { describe, expect, it } from 'vitest';
import { quantityPhrase } from './amounts.ts';

describe('an amount', () => {
  it.each([
    ['milligram', 'mg', '10 milligram'],
    ['ml', 'mL', '10 ml'],
    ['\u00b5g', 'ug', '10 \u00b5g'],
    ['\u03bcg', 'ug', '10 \u03bcg'],
    ['stuk', '1', '10 stuk'],
    ['tablet', 'mg', '10 tablet'],
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
  ])('in %s with code %s may be a thousandfold of what is meant, and is not said', (unit, code) => {
    expect(quantityPhrase({ value: 10, unit, code })).toBe(undefined);
  });
});
