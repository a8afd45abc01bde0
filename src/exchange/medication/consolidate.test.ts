// Does consolidation follow the rules of MP9, and tell what it could not make out?
import { describe, expect, it } from 'vitest';
import { block, key, overviewOf, rulesOf, told } from './fixtures.ts';

const ma = block('MA', 'MA', { from: '2023-12-01' });
const ta = block('TA', 'TA', { at: '2023-12-02', from: '2023-12-01', of: 'MA' });

describe('a stop', () => {
  it('takes the medicine off the current ones, also when both were registered in the same minute', () => {
    const stop = block('MA', 'stop', { from: '2023-12-01', to: '2023-12-30', stop: 'stopped', prior: 'MA' });
    const overview = overviewOf([ma, block('TA', 'TA', { from: '2023-12-01', of: 'MA' }), stop]);
    expect(told(overview)).toEqual(['ended: stop']);
    expect(overview.ended[0]?.stop).toEqual({ type: 'stopped', at: '2023-12-30' });
    expect(overview.history.map(({ record, rule }) => [record, rule])).toContainEqual([
      key('TA'),
      'owner-not-valid',
    ]);
  });

  it('without an end ends at its registration', () => {
    const stop = block('MA', 'stop', { at: '2023-12-20', from: '2023-12-01', stop: 'stopped', prior: 'MA' });
    expect(told(overviewOf([ma, stop]))).toEqual(['ended: stop']);
  });

  it('without a usable reference meets only what has the same start and is no younger', () => {
    const other = block('MA', 'other', { at: '2023-12-20', from: '2023-12-20' });
    const written = { at: '2023-12-19', to: '2023-12-19', stop: 'stopped', prior: 'nowhere' } as const;
    const same = overviewOf([ma, other, block('MA', 'stop', { ...written, from: '2023-12-01' })]);
    expect(told(same)).toEqual(['current: other']);
    expect(rulesOf(same)).toEqual(expect.arrayContaining(['dangling-relation', 'stop-by-start']));
    const none = overviewOf([ma, block('MA', 'stop', { ...written, from: '2023-12-05' })]);
    expect(told(none)).toEqual(['current: MA']);
    expect(rulesOf(none)).toContain('stop-unresolved');
  });

  it('that names an agreement of another treatment says so, and leaves that one as it is', () => {
    const other = block('MA', 'other', { from: '2023-12-20', treatment: 'T2' });
    const stop = block('MA', 'stop', {
      from: '2023-12-05',
      to: '2023-12-19',
      stop: 'stopped',
      prior: 'other',
    });
    const found = overviewOf([ma, other, stop]);
    expect(told(found)).toContain('current: other');
    expect(rulesOf(found)).toContain('relation-elsewhere');
    expect(rulesOf(found)).not.toContain('dangling-relation');
  });

  it('whose reference has blanks or points at itself still works, and is told', () => {
    const ta1 = block('TA', 'T A1', { from: '2023-12-01', of: 'MA' });
    const stop = block('TA', 'stop', {
      from: '2023-12-01',
      to: '2023-12-10',
      stop: 'stopped',
      prior: 'TA1',
      of: 'MA',
    });
    const repaired = overviewOf([ma, ta1, stop]);
    expect(told(repaired)).toEqual(['current: MA']);
    expect(rulesOf(repaired)).toContain('relation-repaired');
    const self = overviewOf([
      ma,
      block('MA', 'stop', { from: '2023-12-01', to: '2023-12-30', stop: 'stopped', prior: 'stop' }),
    ]);
    expect(told(self)).toEqual(['ended: stop']);
    expect(rulesOf(self)).toContain('self-relation');
  });

  it('of an interruption pauses, and the medicine stays on the overview however long ago', () => {
    const stop = { from: '2023-01-01', to: '2023-03-01', stop: 'interrupted', prior: 'MA' } as const;
    const start = block('MA', 'MA', { from: '2023-01-01' });
    expect(told(overviewOf([start, block('MA', 'stop', stop)]))).toEqual(['paused: stop']);
    const old = overviewOf([start, block('MA', 'stop', { ...stop, old: true })]);
    expect(told(old)).toEqual([]);
    expect(rulesOf(old)).toContain('interrupted-long-ago');
  });

  it('that was itself cancelled stops nothing', () => {
    const stop = block('MA', 'stop', {
      at: '2023-12-10',
      from: '2023-12-01',
      to: '2023-12-30',
      stop: 'stopped',
      prior: 'MA',
    });
    const undo = block('MA', 'undo', {
      at: '2023-12-11',
      from: '2023-12-01',
      to: '2023-12-01',
      stop: 'cancelled',
      prior: 'stop',
    });
    expect(told(overviewOf([ma, stop, undo]))).toEqual(['current: MA']);
  });
});

describe('a stop at the edge', () => {
  it('with a circle of relations still stops', () => {
    const start = block('MA', 'MA', { from: '2023-12-01', prior: 'stop' });
    const stop = block('MA', 'stop', { from: '2023-12-03', to: '2023-12-20', stop: 'stopped', prior: 'MA' });
    expect(told(overviewOf([start, stop]))).toEqual(['ended: stop']);
  });

  it('on the day on which the medicine began leaves nothing in force', () => {
    const start = block('MA', 'MA', { from: '2024-01-01' });
    const stop = block('MA', 'stop', { from: '2024-01-01', to: '2024-01-01', stop: 'stopped', prior: 'MA' });
    expect(told(overviewOf([start, stop]))).toEqual(['ended: stop']);
  });

  it('that meets nothing never wins from a running agreement, however late', () => {
    const written = { at: '2023-12-30', from: '2023-12-05', to: '2024-02-01', stop: 'stopped' } as const;
    expect(told(overviewOf([ma, block('MA', 'stop', written)]))).toEqual(['current: MA']);
  });

  it('without a usable reference spares the change of the same minute and day', () => {
    const start = block('MA', 'start', { at: '2023-12-20T08:00:00+01:00', from: '2023-12-20' });
    const minute = { at: '2023-12-20T10:00:00+01:00', from: '2023-12-20' };
    const stop = block('MA', 'stop', { ...minute, to: '2023-12-20', stop: 'stopped', prior: 'nowhere' });
    const change = block('MA', 'change', minute);
    expect(told(overviewOf([start, stop, change]))).toEqual(['current: change']);
  });

  it('counts from the moment of its end', () => {
    const to = '2023-12-31T23:59:59+01:00';
    const stop = block('MA', 'stop', { from: '2023-12-01', to, stop: 'stopped', prior: 'MA' });
    const midnight = Date.parse('2024-01-01T00:00:00+01:00');
    expect(told(overviewOf([ma, stop], { at: midnight - 1 }))).toEqual(['current: stop']);
    expect(told(overviewOf([ma, stop], { at: midnight }))).toEqual(['ended: stop']);
  });

  it('meets administration agreements from before it whose own agreement is not known', () => {
    const orphan = block('TA', 'orphan', { at: '2023-12-01', from: '2023-12-01', of: 'elsewhere' });
    const stop = block('MA', 'stop', {
      at: '2023-12-20',
      from: '2023-12-01',
      to: '2023-12-20',
      stop: 'stopped',
    });
    expect(told(overviewOf([orphan, stop]))).toEqual(['ended: stop']);
  });

  it('gives the same reasons in any order of input, also of two that were registered together', () => {
    const later = { at: '2023-12-20', from: '2023-12-01', to: '2023-12-20', stop: 'stopped' } as const;
    const orphan = block('TA', 'orphan', { at: '2023-12-01', from: '2023-12-01' });
    const [one, two] = [block('MA', 'one', later), block('MA', 'two', later)];
    expect(overviewOf([two, orphan, one])).toEqual(overviewOf([one, two, orphan]));
  });
});

describe('a change', () => {
  const stop = { at: '2023-12-20', from: '2023-12-01', stop: 'stopped', prior: 'MA' } as const;

  it('to come leaves today’s dosing in force, carried by the technical stop', () => {
    const technical = block('MA', 'technical', { ...stop, to: '2024-01-02' });
    const change = block('MA', 'change', { at: '2023-12-20', from: '2024-01-03', prior: 'MA' });
    const overview = overviewOf([change, ma, technical]);
    expect(told(overview)).toEqual(['current: technical', 'future: change']);
    expect(told(overviewOf([change, ma, technical], { at: Date.UTC(2024, 0, 3, 12) }))).toEqual([
      'current: change',
    ]);
  });

  it('to come without a stop leaves the running agreement, with a warning', () => {
    const change = block('MA', 'change', { at: '2023-12-20', from: '2024-01-03', prior: 'MA' });
    const overview = overviewOf([ma, change]);
    expect(told(overview)).toEqual(['current: MA', 'future: change']);
    expect(rulesOf(overview)).toContain('change-without-stop');
  });

  it('to come leaves what ended by itself before it as what was used last', () => {
    const paused = block('MA', 'paused', {
      at: '2023-12-05',
      from: '2023-12-01',
      to: '2023-12-05',
      stop: 'interrupted',
      prior: 'MA',
    });
    const course = block('MA', 'course', {
      at: '2023-12-10',
      from: '2023-12-10',
      to: '2023-12-20',
      prior: 'MA',
    });
    const next = block('MA', 'next', { at: '2023-12-28', from: '2024-01-10', prior: 'course' });
    expect(told(overviewOf([ma, paused, course, next]))).toEqual(['future: next', 'ended: course']);
    const stopped = block('MA', 'stopped', { ...stop, to: '2023-12-20' });
    const anew = block('MA', 'anew', { at: '2023-12-28', from: '2024-01-10', prior: 'stopped' });
    expect(told(overviewOf([ma, stopped, anew]))).toEqual(['future: anew', 'ended: stopped']);
  });

  it('in force hides the technical stop, also when both end and begin on one day', () => {
    const technical = block('MA', 'technical', { ...stop, to: '2023-12-20' });
    const change = block('MA', 'change', { at: '2023-12-20', from: '2023-12-20', prior: 'MA' });
    expect(told(overviewOf([ma, technical, change]))).toEqual(['current: change']);
  });

  it('that is cancelled before it begins neither comes nor takes anything away', () => {
    const change = block('MA', 'change', { at: '2023-12-20', from: '2023-12-30', prior: 'MA' });
    const cancel = block('MA', 'cancel', {
      at: '2023-12-21',
      from: '2023-12-30',
      to: '2023-12-30',
      stop: 'cancelled',
      prior: 'change',
    });
    expect(told(overviewOf([ma, change, cancel]))).toEqual(['current: MA']);
  });

  it('of relations in a circle loses nothing and is told', () => {
    const a = block('MA', 'a', { at: '2023-12-02', from: '2023-12-01', prior: 'b' });
    const b = block('MA', 'b', { at: '2023-12-01', from: '2023-12-01', prior: 'a' });
    const overview = overviewOf([a, b]);
    expect(told(overview)).toEqual(['current: a']);
    expect(rulesOf(overview)).toEqual(expect.arrayContaining(['relation-cycle', 'several-in-force']));
  });
});

describe('what belongs to an agreement', () => {
  it('ends with it', () => {
    const schedule = block('WDS', 'WDS', { from: '2023-12-01', to: '2024-02-01', of: 'MA' });
    expect(told(overviewOf([ma, ta, schedule]))).toEqual(['current: MA + TA + WDS']);
    const stop = block('MA', 'stop', {
      at: '2023-12-20',
      from: '2023-12-01',
      to: '2023-12-30',
      stop: 'stopped',
      prior: 'MA',
    });
    expect(told(overviewOf([ma, ta, schedule, stop]))).toEqual(['ended: stop']);
  });

  it('is not taken over by a change that it was registered before', () => {
    const change = block('MA', 'change', { at: '2023-12-20', from: '2023-12-20', prior: 'MA' });
    expect(told(overviewOf([ma, ta, change]))).toEqual(['current: change']);
    const late = block('TA', 'late', { at: '2023-12-21', from: '2023-12-20', of: 'MA' });
    const overview = overviewOf([ma, change, late]);
    expect(told(overview)).toEqual(['current: change + late']);
    expect(rulesOf(overview)).toContain('names-replaced');
  });

  it('and begins later is left alone by a new agreement for now, not by a cancellation of its day', () => {
    const later = block('TA', 'later', { at: '2023-12-02', from: '2024-02-01', of: 'elsewhere' });
    const change = block('MA', 'change', { at: '2023-12-20', from: '2023-12-20', prior: 'MA' });
    expect(told(overviewOf([ma, change, later]))).toEqual(['current: change', 'future: later']);
    const day = { at: '2023-12-20', from: '2024-02-01', to: '2024-02-01' };
    const cancel = block('MA', 'cancel', { ...day, stop: 'cancelled' });
    expect(told(overviewOf([ma, later, cancel]))).toEqual(['current: MA']);
  });

  it('begins with a coming agreement of its day, also beside what holds now and without naming it', () => {
    const next = block('MA', 'next', { at: '2023-12-20', from: '2024-02-01', prior: 'MA' });
    const pharmacy = block('TA', 'pharmacy', { at: '2023-12-21', from: '2024-02-01' });
    expect(told(overviewOf([ma, next, pharmacy]))).toEqual(['current: MA', 'future: next + pharmacy']);
  });

  it('whose agreement was cancelled never comes to hold, also without naming it', () => {
    const plan = block('MA', 'plan', { at: '2023-12-10', from: '2023-12-25' });
    const pharmacy = block('TA', 'pharmacy', { at: '2023-12-11', from: '2023-12-25' });
    const day = { from: '2023-12-25', to: '2023-12-25', prior: 'plan' };
    const cancel = block('MA', 'cancel', { at: '2023-12-20', ...day, stop: 'cancelled' });
    expect(told(overviewOf([plan, pharmacy, cancel]))).toEqual([]);
    expect(told(overviewOf([ma, plan, pharmacy, cancel]))).toEqual(['current: MA']);
    const other = block('MA', 'other', { at: '2023-12-10', from: '2023-12-25' });
    expect(told(overviewOf([other, plan, pharmacy, cancel]))).toEqual(['current: other + pharmacy']);
    const renewed = block('TA', 'renewed', { at: '2023-12-21', from: '2023-12-25' });
    expect(told(overviewOf([plan, cancel, renewed]))).toEqual(['current: renewed']);
  });

  it('and begins later is a future line of its own', () => {
    const now = block('WDS', 'now', { from: '2023-12-20', to: '2024-01-03', of: 'MA' });
    const next = block('WDS', 'next', { at: '2023-12-30', from: '2024-01-04', of: 'MA', prior: 'now' });
    const overview = overviewOf([ma, now, next]);
    expect(told(overview)).toEqual(['current: MA + now', 'future: next']);
    expect(rulesOf(overview)).toEqual([]);
  });

  it('warns when a schedule has run out and none follows', () => {
    const out = block('WDS', 'out', { from: '2023-12-01', to: '2023-12-20', of: 'MA' });
    expect(rulesOf(overviewOf([ma, out]))).toContain('schedule-missing');
  });

  it('of the same minute as its agreement belongs to it, also without a relation', () => {
    const same = block('TA', 'same', { from: '2023-12-01' });
    expect(told(overviewOf([block('MA', 'MA', { from: '2023-12-01' }), same]))).toEqual([
      'current: MA + same',
    ]);
  });

  it('leads when no medication agreement is known, also beside an older one that ended', () => {
    const alone = block('TA', 'alone', { at: '2023-12-20', from: '2023-12-20', of: 'elsewhere' });
    expect(told(overviewOf([alone]))).toEqual(['current: alone']);
    const ended = block('MA', 'ended', { from: '2023-11-01', to: '2023-12-10' });
    const overview = overviewOf([ended, alone]);
    expect(told(overview)).toEqual(['current: alone']);
    expect(rulesOf(overview)).toContain('agreement-unknown');
  });
});

describe('use', () => {
  it('counts when it was told after the last agreement, and only the newest', () => {
    const before = block('MGB', 'before', { at: '2023-12-01', from: '2023-12-01' });
    const after = block('MGB', 'after', { at: '2023-12-03', from: '2023-12-01' });
    expect(told(overviewOf([ma, ta, before]))).toEqual(['current: MA + TA']);
    expect(told(overviewOf([ma, ta, before, after]))).toEqual(['current: MA + TA + after']);
  });

  it('alone is shown for thirteen months', () => {
    expect(told(overviewOf([block('MGB', 'use', { at: '2022-12-02', from: '2022-12-01' })]))).toEqual([
      'useOnly: use',
    ]);
    const old = overviewOf([block('MGB', 'use', { at: '2022-11-30', from: '2022-11-01' })]);
    expect(told(old)).toEqual([]);
    expect(rulesOf(old)).toContain('use-too-old');
  });

  it('of what was stopped stands apart, with a warning', () => {
    const stop = block('MA', 'stop', {
      at: '2023-12-20',
      from: '2023-12-01',
      to: '2023-12-20',
      stop: 'stopped',
      prior: 'MA',
    });
    const overview = overviewOf([ma, stop, block('MGB', 'use', { at: '2023-12-28', from: '2023-12-28' })]);
    expect(told(overview)).toEqual(['ended: stop', 'useOnly: use']);
    expect(rulesOf(overview)).toContain('use-after-end');
  });

  it('other than agreed is told', () => {
    const use = block('MGB', 'use', { at: '2023-12-28', from: '2023-12-28', used: false });
    expect(rulesOf(overviewOf([ma, use]))).toContain('use-differs');
  });
});

describe('several holders', () => {
  it('an original counts over a copy, however new, and the difference is told', () => {
    const copy = block('MA', 'MA', {
      from: '2023-12-01',
      dosage: 'other',
      copy: true,
      updated: 9,
      holder: 'two',
    });
    const overview = overviewOf([copy, ma]);
    expect(overview.current[0]?.dosage).toBe('MA');
    expect(overview.current[0]?.blocks[0]?.holders).toEqual(['one', 'two']);
    expect(rulesOf(overview)).toEqual(['copy-differs']);
  });

  it('of two originals the later version counts; one entered in error is dropped and kept in the history', () => {
    const newer = block('MA', 'MA', { from: '2023-12-01', dosage: 'newer', updated: 2, holder: 'two' });
    expect(overviewOf([newer, ma]).current[0]?.dosage).toBe('newer');
    const overview = overviewOf([
      ma,
      block('MA', 'MA', { from: '2023-12-01', nullified: true, holder: 'two' }),
    ]);
    expect(told(overview)).toEqual([]);
    expect(overview.history[0]?.rule).toBe('entered-in-error');
  });

  it('the same treatment under a generic identifier is suggested, never merged', () => {
    const generic = {
      ...block('TA', 'legacy', { from: '2023-12-01' }),
      treatment: 'urn:oid:2.16.840.1.113883.2.4.3.11.61.2|1',
    };
    const overview = overviewOf([ma, generic]);
    expect(overview.current).toHaveLength(2);
    expect(overview.findings.find(({ rule }) => rule === 'same-treatment')?.detail).toBe(key('T'));
  });
});

describe('the window', () => {
  it('keeps what ended for two calendar months, or as many as are set', () => {
    const ended = block('MA', 'ended', { from: '2023-10-01', to: '2023-11-02' });
    expect(told(overviewOf([ended]))).toEqual(['ended: ended']);
    expect(told(overviewOf([ended], { endedMonths: 1 }))).toEqual([]);
  });

  it('shows administrations and dispenses in the history only', () => {
    const overview = overviewOf([
      block('MTD', 'given', { at: '2023-12-28' }),
      block('MVE', 'supplied', { at: '2023-12-28' }),
    ]);
    expect(told(overview)).toEqual([]);
    expect(overview.history.map(({ rule }) => rule).sort()).toEqual(['administration', 'supply']);
  });
});
