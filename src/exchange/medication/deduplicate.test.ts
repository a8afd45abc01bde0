// Is it told what another version of the same building block says?
import { describe, expect, it } from 'vitest';
import { block, overviewOf } from './fixtures.ts';

const first = block('MA', 'MA', { from: '2023-12-01', updated: 2 });
const other = (written: object, text = 'Medicine', codes = first.medicine.codes) => ({
  ...block('MA', 'MA', { from: '2023-12-01', updated: 1, holder: 'two', ...written }),
  medicine: { text, codes },
});
const toldOf = (...blocks: Parameters<typeof overviewOf>[0]) =>
  overviewOf(blocks).findings.map(({ rule, detail }) => [rule, detail]);

describe('another version of the same building block', () => {
  it('is told in its own words, which stand nowhere else', () => {
    expect(toldOf(first, other({ dosage: 'MA' }))).toEqual([]);
    expect(toldOf(first, other({ dosage: '4 x per dag' }))).toEqual([['duplicate-differs', '4 x per dag']]);
    expect(toldOf(first, other({ dosage: '4 x per dag', copy: true }))).toEqual([
      ['copy-differs', '4 x per dag'],
    ]);
    expect(toldOf(first, other({ to: '2023-12-20' }))).toEqual([
      ['duplicate-differs', '2023-12-01 – 2023-12-20'],
    ]);
    expect(toldOf(first, other({}, 'Ander', []))).toEqual([['duplicate-differs', 'Ander']]);
  });

  it('differs by the name of its medicine where that has no code', () => {
    const weak = { ...first, medicine: { text: 'Morfinedrank 1 mg/ml', codes: [] } };
    expect(toldOf(weak, other({}, 'Morfinedrank  1 MG/ml', []))).toEqual([]);
    expect(toldOf(weak, other({}, 'Morfinedrank 5 mg/ml', []))).toEqual([
      ['duplicate-differs', 'Morfinedrank 5 mg/ml'],
    ]);
  });
});
