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

  it('tells of what was marked as entered in error since, and of what it had stopped', () => {
    const since = { updated: at('2023-12-28'), nullified: true };
    expect(changes([ma('e', 'E', since)])).toEqual(['entered-in-error']);
    const earlier = ma('e1', 'E', { from: '2023-11-01', to: '2023-11-30', at: '2023-11-01' });
    expect(changes([earlier, ma('e', 'E', since)])).toEqual(['entered-in-error']);
    const stop = { at: '2023-12-10', to: '2023-12-10', stop: 'stopped', prior: 's', ...since } as const;
    expect(changes([ma('s', 'S'), ma('s2', 'S', stop)])).toEqual(['new']);
    expect(changes([ma('e', 'E', { ...since, updated: at('2023-12-10') })])).toEqual([]);
    expect(changes([ma('e', 'E', { nullified: true })])).toEqual([]);
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

  it('is told of a stop or pause that is still ahead, and of a stop taken back', () => {
    const stop = { at: '2023-12-28', to: '2024-01-10', prior: 's', dosage: 's' };
    const blocks = [ma('s', 'S'), ma('s2', 'S', { ...stop, stop: 'stopped' })];
    const written = diff(overviewOf([ma('s', 'S')]), overviewOf(blocks));
    expect(written).toMatchObject([{ kind: 'stop-planned', after: '2024-01-10' }]);
    expect(changes([ma('s', 'S'), ma('s2', 'S', { ...stop, stop: 'interrupted' })])).toEqual([
      'pause-planned',
    ]);
    const back = diff(overviewOf(blocks), overviewOf([ma('s', 'S')]));
    expect(back).toMatchObject([{ kind: 'changed-end', before: '2024-01-10' }]);
  });

  it('is told of another dosing by the pharmacy alone', () => {
    const ta = (name: string, day: string, dosage: string) =>
      block('TA', name, { at: day, from: day, of: 'a', treatment: 'A', dosage });
    const twice = ta('twice', '2023-12-01', '2x');
    const both = [ma('a', 'A'), twice, { ...ta('once', '2023-12-28', '1x'), prior: twice.record }];
    expect(diff(overviewOf(both.slice(0, 2)), overviewOf(both))).toMatchObject([
      { kind: 'changed-dose', before: '2x', after: '1x' },
    ]);
    expect(changes([ma('a', 'A'), ta('first', '2023-12-28', '1x')])).toEqual([]);
  });

  it('is told of use that was reported: none, or another than agreed', () => {
    const use = { at: '2023-12-28', from: '2023-12-01', treatment: 'A' };
    expect(changes([ma('a', 'A'), block('MGB', 'u', { ...use, used: false })])).toEqual(['not-used']);
    expect(changes([ma('a', 'A'), block('MGB', 'u', { ...use, asAgreed: false })])).toEqual([
      'used-differently',
    ]);
    expect(changes([ma('a', 'A'), block('MGB', 'u', use)])).toEqual([]);
    const own = block('MGB', 'o', { ...use, at: '2023-12-02' });
    expect(changes([own, block('MGB', 'u', { ...use, used: false })])).toEqual(['not-used']);
  });

  it('is told of another medicine: by its name where it has no code, and by the pharmacy alone', () => {
    const named = (one: Block, text: string): Block => ({ ...one, medicine: { text, codes: [] } });
    const weak = named(ma('a', 'A', { dosage: '5 ml' }), 'Morfinedrank 1 mg/ml');
    const next = { at: '2023-12-28', from: '2023-12-28', prior: 'a', dosage: '5 ml' };
    const strong = named(ma('b', 'A', next), 'Morfinedrank 5 mg/ml');
    expect(changes([weak, strong])).toEqual(['changed-medicine']);
    expect(changes([weak, named(ma('b', 'A', next), 'Morfinedrank  1 MG/ml')])).toEqual([]);
    const ta = { at: '2023-12-02', from: '2023-12-02', of: 'a', treatment: 'A', dosage: '1 tablet' };
    const [eighty, forty] = [
      named(block('TA', 'eighty', ta), 'Furosemide 80 mg'),
      named(
        block('TA', 'forty', { ...ta, ...next, prior: 'eighty', dosage: '1 tablet' }),
        'Furosemide 40 mg',
      ),
    ] as const;
    expect(diff(overviewOf([ma('a', 'A'), eighty]), overviewOf([ma('a', 'A'), eighty, forty]))).toMatchObject(
      [{ kind: 'changed-medicine', before: 'Furosemide 80 mg', after: 'Furosemide 40 mg' }],
    );
  });

  it('is told of what is known by its use alone', () => {
    const use = { at: '2023-12-28', from: '2023-12-28', treatment: 'U' };
    expect(changes([block('MGB', 'u', use)])).toEqual(['new']);
    expect(changes([block('MGB', 'u', { ...use, used: false })])).toEqual([]);
    expect(changes([block('MGB', 'u', { ...use, at: '2023-12-02' })])).toEqual([]);
    const ended = ma('e', 'U', { to: '2023-12-10' });
    expect(changes([ended, block('MGB', 'u', use)])).toEqual(['new']);
  });

  it('is told of what was planned and was cancelled, stopped or lost', () => {
    const plan = ma('p', 'P', { from: '2024-02-01', at: '2023-12-01' });
    const undo = { at: '2023-12-28', from: '2024-02-01', to: '2024-02-01', prior: 'p' };
    expect(changes([plan, ma('x', 'P', { ...undo, stop: 'cancelled' })])).toEqual(['cancelled']);
    expect(changes([plan, ma('x', 'P', { ...undo, stop: 'stopped' })])).toEqual(['cancelled']);
    const shorter = { ...undo, to: '2024-02-10', stop: 'stopped' } as const;
    expect(changes([plan, ma('x', 'P', shorter)])).toEqual(['stop-planned']);
    expect(changes([ma('n', 'P', { ...undo, prior: '' }), ma('x', 'P', { ...shorter, prior: 'n' })])).toEqual(
      ['planned'],
    );
    expect(diff(overviewOf([plan]), overviewOf([])).map(({ kind }) => kind)).toEqual(['gone']);
  });

  it('is told of what was paused and is stopped now, not of a pause that grew old', () => {
    const pause = { at: '2023-12-10', to: '2023-12-10', stop: 'interrupted', prior: 'i' } as const;
    const stop = { at: '2023-12-28', to: '2023-12-28', stop: 'stopped', prior: 'i' } as const;
    const blocks = [ma('i', 'I'), ma('i2', 'I', pause), ma('i3', 'I', stop)];
    expect(changes(blocks)).toEqual(['stopped']);
    expect(changes(blocks.slice(0, 2))).toEqual([]);
    const old = { ...pause, at: '2023-10-25', to: '2023-10-25', from: '2023-10-01', old: true };
    expect(changes([ma('o', 'O', { from: '2023-10-01' }), ma('o2', 'O', { ...old, prior: 'o' })])).toEqual(
      [],
    );
  });
});
