// Does a stop stop what it names, from when it says, also when it was written otherwise than the standard has it?
import { describe, expect, it } from 'vitest';
import { at, block, key, overviewOf, rulesOf, told } from './fixtures.ts';

const ma = block('MA', 'MA', { at: '2023-06-01', from: '2023-06-01' });
const ta = block('TA', 'TA', { at: '2023-06-01', from: '2023-06-01', of: 'MA' });
const stops = { at: '2023-12-20', stop: 'stopped', prior: 'MA' } as const;
const february = { from: '2024-02-01', to: '2024-02-01' };

describe('a stop with a later start than what it stops', () => {
  it('takes the start of that, so that the medicine stays current until its end', () => {
    for (const to of ['2024-02-01', '2024-02-01T23:59:59+01:00', '2024-02-01T00:00:00+01:00']) {
      const overview = overviewOf([ma, block('MA', 'stop', { ...stops, from: '2024-02-01', to })]);
      expect(told(overview)).toEqual(['current: stop']);
      expect(overview.current[0]?.period).toEqual({ start: '2023-06-01', end: to });
      expect(rulesOf(overview)).toEqual(['stop-starts-later']);
    }
    const blocks = [ma, block('MA', 'stop', { ...stops, ...february })];
    expect(told(overviewOf(blocks, { at: at('2024-02-02') }))).toEqual(['ended: stop']);
  });

  it('and no end stops at its start, also when it interrupts', () => {
    for (const stop of ['stopped', 'interrupted'] as const) {
      const blocks = [ma, block('MA', 'stop', { ...stops, from: '2024-02-01', stop })];
      expect(told(overviewOf(blocks))).toEqual(['current: stop']);
      expect(rulesOf(overviewOf(blocks))).toContain('stop-starts-later');
      const after = stop === 'stopped' ? 'ended: stop' : 'paused: stop';
      expect(told(overviewOf(blocks, { at: at('2024-02-02') }))).toEqual([after]);
    }
  });

  it('may be of the pharmacy, or stop another stop', () => {
    const stop = block('TA', 'stop', { ...stops, ...february, prior: 'TA', of: 'MA' });
    expect(told(overviewOf([ma, ta, stop]))).toEqual(['current: MA + stop']);
    const first = block('MA', 'first', { ...stops, ...february });
    const sooner = { at: '2023-12-30', from: '2024-01-10', to: '2024-01-10' };
    const second = block('MA', 'second', { ...stops, ...sooner, prior: 'first' });
    const overview = overviewOf([ma, first, second]);
    expect(told(overview)).toEqual(['current: second']);
    expect(overview.current[0]?.period.start).toBe('2023-06-01');
  });

  it('undoes what begins no earlier', () => {
    const later = block('MA', 'later', { at: '2023-12-01', from: '2024-02-01' });
    const written = [{ ...february }, { from: '2024-02-01' }];
    for (const one of written)
      expect(told(overviewOf([later, block('MA', 'stop', { ...stops, ...one, prior: 'later' })]))).toEqual(
        [],
      );
  });

  it('on the same day is no finding', () => {
    const start = { at: '2024-01-01T08:00:00+01:00', from: '2024-01-01T08:00:00+01:00' };
    const today = '2024-01-01T16:00:00+01:00';
    const stop = block('MA', 'stop', { ...stops, at: start.at, from: today, to: today });
    const overview = overviewOf([block('MA', 'MA', start), stop]);
    expect(told(overview)).toEqual(['current: stop']);
    expect(rulesOf(overview)).toEqual([]);
  });
});

describe('a stop without instructions', () => {
  it('carries on those of what it stops, as long as that is used', () => {
    const { dosage: _, ...stop } = block('MA', 'stop', { ...stops, from: '2023-06-01', to: '2024-01-20' });
    const overview = overviewOf([ma, stop]);
    expect(overview.current[0]).toMatchObject({ dosage: 'MA', blocks: [{ dosage: 'MA' }] });
    expect(rulesOf(overview)).toEqual(['stop-without-dosing']);
    expect(rulesOf(overviewOf([ma, stop], { at: at('2024-01-21') }))).toEqual([]);
  });
});

describe('of several stops of one agreement', () => {
  const planned = block('MA', 'planned', {
    ...stops,
    at: '2023-12-10',
    from: '2023-06-01',
    to: '2024-01-20',
  });
  const now = { at: '2023-12-30', from: '2023-06-01', to: '2023-12-30', stop: 'stopped' } as const;

  it('the one registered last counts, brought forward or put off', () => {
    const forward = overviewOf([ma, planned, block('MA', 'forward', { ...now, prior: 'MA' })]);
    expect(told(forward)).toEqual(['ended: forward']);
    expect(forward.history.map(({ dosage, rule, by }) => [dosage, rule, by])).toContainEqual([
      'planned',
      'rival',
      [key('forward')],
    ]);
    const soon = block('MA', 'soon', { ...stops, at: '2023-12-10', from: '2023-06-01', to: '2023-12-12' });
    const off = block('MA', 'off', { ...now, prior: 'MA', to: '2024-01-20' });
    expect(told(overviewOf([ma, soon, off]))).toEqual(['current: off']);
  });

  it('the same goes for those of the pharmacy, and for those without a usable reference', () => {
    const later = block('TA', 'later', { ...now, prior: 'TA', of: 'MA', to: '2024-01-10' });
    const first = { ...stops, at: '2023-12-10', from: '2023-06-01', to: '2024-01-20', prior: 'TA', of: 'MA' };
    expect(told(overviewOf([ma, ta, block('TA', 'first', first), later]))).toEqual(['current: MA + later']);
    const blind = block('MA', 'blind', { ...now, prior: 'nowhere' });
    expect(told(overviewOf([ma, planned, blind]))).toEqual(['ended: blind']);
    const { prior: _, ...alsoBlind } = planned;
    expect(told(overviewOf([ma, alsoBlind, blind]))).toEqual(['ended: blind']);
  });

  it('a definitive stop ends what was interrupted earlier on its day', () => {
    const day = { from: '2023-06-01', prior: 'MA' };
    const pause = block('MA', 'pause', { ...day, at: '2023-12-10', to: '2023-12-10', stop: 'interrupted' });
    const hour = '2023-12-10T16:00:00+01:00';
    const end = block('MA', 'end', { ...day, at: hour, to: hour, stop: 'stopped' });
    expect(told(overviewOf([ma, pause, end]))).toEqual(['ended: end']);
  });

  it('one that was taken back leaves the earlier one', () => {
    const forward = { ...now, prior: 'MA' };
    const undo = { at: '2023-12-31', from: '2023-06-01', to: '2023-06-01', stop: 'cancelled' } as const;
    const cancelled = [block('MA', 'forward', forward), block('MA', 'undo', { ...undo, prior: 'forward' })];
    expect(told(overviewOf([ma, planned, ...cancelled]))).toEqual(['current: planned']);
    const mistaken = block('MA', 'forward', { ...forward, nullified: true });
    expect(told(overviewOf([ma, planned, mistaken]))).toEqual(['current: planned']);
  });

  it('what is cancelled before it begins takes its planned stop along; what runs is not cancelled', () => {
    const written = { at: '2023-12-10', from: '2024-02-01' };
    const stop = block('MA', 'stop', { ...written, to: '2024-02-10', stop: 'stopped', prior: 'MA' });
    const cancel = { at: '2023-12-20', from: '2024-02-01', to: '2024-02-01', stop: 'cancelled' } as const;
    const future = [block('MA', 'MA', written), stop, block('MA', 'cancel', { ...cancel, prior: 'MA' })];
    expect(told(overviewOf(future))).toEqual([]);
    expect(told(overviewOf(future, { at: at('2024-02-05') }))).toEqual([]);
    const late = { ...cancel, from: '2023-06-01', to: '2023-06-01', prior: 'MA' };
    expect(told(overviewOf([ma, planned, block('MA', 'cancel', late)]))).toEqual(['current: planned']);
  });
});
