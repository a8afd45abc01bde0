// Are changes between two overviews told, the gravest first?
import { describe, expect, it } from 'vitest';
import type { Block } from './block.ts';
import { diff } from './diff.ts';
import { at, block, overviewOf } from './fixtures.ts';

const before = at('2023-12-20');
const changes = (blocks: readonly Block[]) =>
  diff(overviewOf(blocks, { at: before, knownAt: before }), overviewOf(blocks)).map(({ kind }) => kind);

const ma = (name: string, treatment: string, written: Parameters<typeof block>[2] = {}) =>
  block('MA', name, { from: '2023-12-01', treatment, ...written });

describe('diff', () => {
  it('is empty when nothing changed', () => {
    expect(changes([ma('a', 'A')])).toEqual([]);
  });

  it('tells stopped before interrupted before a changed dose before what is new or planned', () => {
    const stop = { at: '2023-12-28', to: '2023-12-28', prior: '' };
    expect(
      changes([
        ma('n', 'N', { at: '2023-12-30', from: '2023-12-30' }),
        ma('p', 'P', { at: '2023-12-30', from: '2024-02-01' }),
        ma('d', 'D'),
        ma('d2', 'D', { at: '2023-12-29', from: '2023-12-29', prior: 'd', dosage: 'more' }),
        ma('i', 'I'),
        ma('i2', 'I', { ...stop, stop: 'interrupted', prior: 'i' }),
        ma('s', 'S'),
        ma('s2', 'S', { ...stop, stop: 'stopped', prior: 's' }),
      ]),
    ).toEqual(['stopped', 'interrupted', 'changed-dose', 'new', 'planned']);
  });

  it('takes what ended by itself for stopped, and what started again for resumed', () => {
    expect(changes([ma('e', 'E', { to: '2023-12-25' })])).toEqual(['stopped']);
    const paused = ma('i2', 'I', { at: '2023-12-10', to: '2023-12-10', stop: 'interrupted', prior: 'i' });
    const again = ma('i3', 'I', { at: '2023-12-30', from: '2023-12-30', dosage: 'i' });
    expect(changes([ma('i', 'I'), paused, again])).toEqual(['resumed']);
  });

  it('tells apart a treatment that no holder reports any more', () => {
    expect(diff(overviewOf([ma('g', 'G')]), overviewOf([])).map(({ kind }) => kind)).toEqual(['gone']);
  });

  it('puts a change under a variable schedule before others of its kind', () => {
    const schedule = block('WDS', 'w', { from: '2023-12-01', to: '2023-12-25', of: 'z', treatment: 'Z' });
    const next = block('WDS', 'w2', {
      at: '2023-12-26',
      from: '2023-12-26',
      of: 'z',
      treatment: 'Z',
      prior: 'w',
    });
    const found = diff(
      overviewOf([ma('a', 'A'), ma('z', 'Z'), schedule], { at: before }),
      overviewOf([ma('a', 'A', { dosage: 'more' }), ma('z', 'Z'), schedule, next]),
    );
    expect(found.map(({ treatment, rank }) => [treatment.slice(-1), rank])).toEqual([
      ['Z', 1],
      ['A', 2],
    ]);
  });
});
