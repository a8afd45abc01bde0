// Is it told when one medicine stands in several treatments?
import { describe, expect, it } from 'vitest';
import type { Block } from './block.ts';
import { block, key, overviewOf, type Written } from './fixtures.ts';

const made = (kind: Block['kind'], name: string, written: Written) =>
  block(kind, name, { from: '2023-12-01', treatment: name, ...written });
const told = (...blocks: Block[]) =>
  overviewOf(blocks)
    .findings.filter(({ rule }) => rule === 'same-medicine')
    .map(({ records, detail }) => [...records, detail?.split('|')[1]]);
const ma = made('MA', 'ma', { code: '7' });
const both = [key('ma'), key('other'), '7'];

describe('the same medicine in two treatments', () => {
  it('is told where both are in use', () => {
    expect(told(ma, made('MA', 'other', { code: '7' }))).toEqual([both]);
    expect(told(ma, made('MA', 'other', { code: '8' }))).toEqual([]);
  });

  it('is told where one holder paused it, plans it, or the patient says not to use it', () => {
    const start = made('MA', 'start', { code: '7', treatment: 'other' });
    const stop = { code: '7', treatment: 'other', to: '2023-12-20', at: '2023-12-20', prior: 'start' };
    expect(told(ma, start, made('MA', 'other', { ...stop, stop: 'interrupted' }))).toEqual([both]);
    expect(told(ma, start, made('MA', 'other', { ...stop, stop: 'stopped' }))).toEqual([]);
    expect(told(ma, made('MA', 'other', { code: '7', from: '2024-02-01' }))).toEqual([both]);
    expect(told(ma, made('MGB', 'other', { code: '7', used: false }))).toEqual([both]);
  });

  it('is told by the product of the pharmacy, and once', () => {
    const hpk = [{ system: 'urn:oid:2.16.840.1.113883.2.4.4.7', code: '55' }];
    const trade = (one: Block): Block => ({
      ...one,
      medicine: { text: 'Pil', codes: [...hpk, ...one.medicine.codes] },
    });
    const ta = {
      ...made('TA', 'ta', { code: '7', treatment: 'ma', of: 'ma' }),
      medicine: { text: 'Pil', codes: hpk },
    };
    const other = { ...made('MA', 'other', {}), medicine: { text: 'Pil', codes: hpk } };
    expect(told(ma, ta, other)).toEqual([[key('ma'), key('other'), '55']]);
    expect(told(trade(ma), trade(made('MA', 'other', { code: '7' })))).toEqual([both]);
  });

  it('is no news within one treatment', () => {
    const later = made('MA', 'later', { code: '7', treatment: 'ma', from: '2024-02-01' });
    expect(told(ma, later)).toEqual([]);
  });
});
