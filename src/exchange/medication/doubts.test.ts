// Is it told when what stands on the overview is not certain? What is in use stays on it, with a warning.
import { describe, expect, it } from 'vitest';
import { at, block, overviewOf, rulesOf, told } from './fixtures.ts';

const since = { at: '2023-06-01', from: '2023-06-01' };
const ma = block('MA', 'MA', since);

describe('an agreement that holds again', () => {
  const course = { at: '2023-12-01', from: '2023-12-01', to: '2023-12-08' };

  it('after a later one ran out or was stopped is shown with a warning', () => {
    const overview = overviewOf([ma, block('MA', 'course', course)]);
    expect(told(overview)).toEqual(['current: MA']);
    expect(rulesOf(overview)).toEqual(['earlier-again']);
    const { to: _, ...open } = course;
    const stop = block('MA', 'stop', { ...course, at: '2023-12-08', stop: 'stopped', prior: 'course' });
    const stopped = overviewOf([ma, block('MA', 'course', open), stop]);
    expect(told(stopped)).toEqual(['current: MA']);
    expect(rulesOf(stopped)).toEqual(['earlier-again']);
  });

  it('may be the pharmacy’s', () => {
    const written = [block('TA', 'six', since), block('TA', 'two', course)];
    const overview = overviewOf(written);
    expect(told(overview)).toEqual(['current: six']);
    expect(rulesOf(overview)).toEqual(['earlier-again']);
  });

  it('is not one that was made for afterwards, nor one beside which an older one ended', () => {
    const next = block('MA', 'next', { at: '2023-11-01', from: '2023-12-09' });
    expect(rulesOf(overviewOf([next, block('MA', 'course', course)]))).toEqual([]);
    const older = { at: '2023-05-01', from: '2023-05-01', to: '2023-12-30' };
    expect(rulesOf(overviewOf([ma, block('MA', 'older', older)]))).toEqual([]);
    expect(rulesOf(overviewOf([ma], { at: at('2023-12-05') }))).toEqual([]);
  });
});

describe('a stop that does not end the line', () => {
  const stop = { at: '2023-12-20', from: '2023-06-01', to: '2023-12-20', prior: 'TA' } as const;
  const ta = block('TA', 'TA', { ...since, of: 'MA' });

  it('by the pharmacy under a running agreement is told', () => {
    for (const type of ['stopped', 'interrupted'] as const) {
      const overview = overviewOf([ma, ta, block('TA', 'stop', { ...stop, stop: type, of: 'MA' })]);
      expect(told(overview)).toEqual(['current: MA']);
      expect(rulesOf(overview)).toEqual(['stopped-at-pharmacy']);
    }
    const again = block('TA', 'again', { at: '2023-12-20', from: '2023-12-21', prior: 'TA', of: 'MA' });
    const technical = block('TA', 'stop', { ...stop, stop: 'stopped', of: 'MA' });
    expect(rulesOf(overviewOf([ma, ta, technical, again]))).toEqual([]);
  });

  it('but names what a change had taken the place of, is told', () => {
    const change = block('MA', 'change', { at: '2023-09-01', from: '2023-09-01', prior: 'MA' });
    const late = block('MA', 'stop', { ...stop, prior: 'MA', stop: 'stopped' });
    const overview = overviewOf([ma, change, late]);
    expect(told(overview)).toEqual(['current: change']);
    expect(rulesOf(overview)).toEqual(['stop-of-replaced']);
    const technical = block('MA', 'stop', {
      ...stop,
      at: '2023-09-02',
      to: '2023-09-01',
      prior: 'MA',
      stop: 'stopped',
    });
    expect(rulesOf(overviewOf([ma, change, technical]))).toEqual([]);
    const own = block('MA', 'own', { ...stop, from: '2023-09-01', prior: 'change', stop: 'stopped' });
    expect(rulesOf(overviewOf([ma, change, late, own]))).toEqual([]);
  });
});

describe('steps that are all still to come', () => {
  const fifty = block('MA', 'fifty', { at: '2023-12-20', from: '2024-01-10', to: '2024-01-19' });
  const hundred = { at: '2023-12-20', from: '2024-01-20', prior: 'fifty' };

  it('are each a future line, though the second names the first', () => {
    const overview = overviewOf([fifty, block('MA', 'hundred', hundred)]);
    expect(told(overview)).toEqual(['future: hundred', 'future: fifty']);
    expect(rulesOf(overview)).toEqual([]);
    const open = block('MA', 'fifty', { at: '2023-12-20', from: '2024-01-10' });
    expect(rulesOf(overviewOf([open, block('MA', 'hundred', hundred)]))).toEqual(['change-without-stop']);
  });

  it('but a change to the same day or sooner takes the place of the first', () => {
    for (const from of ['2024-01-10', '2024-01-05'])
      expect(told(overviewOf([fifty, block('MA', 'hundred', { ...hundred, from })]))).toEqual([
        'future: hundred',
      ]);
  });

  it('also those of the pharmacy under one agreement', () => {
    const later = block('MA', 'MA', { at: '2023-12-20', from: '2024-01-10' });
    const one = block('TA', 'one', { at: '2023-12-21', from: '2024-01-10', to: '2024-01-19', of: 'MA' });
    const two = block('TA', 'two', { at: '2023-12-21', from: '2024-01-20', of: 'MA', prior: 'one' });
    expect(told(overviewOf([later, one, two]))).toEqual(['future: two', 'future: MA + one']);
    const corrected = block('TA', 'two', { at: '2023-12-22', from: '2024-01-10', of: 'MA' });
    expect(told(overviewOf([later, one, corrected]))).toEqual(['future: MA + two']);
  });
});

describe('what was registered at the same moment and holds at the same time', () => {
  const moment = { at: '2023-12-01T10:15:00+01:00', from: '2023-12-01' };
  const tray = { ...moment, of: 'MA', dosage: "1 stuk 's ochtends" };
  const needed = { ...moment, of: 'MA', dosage: "bij pijn 1 stuk 's avonds" };
  const [daily, atNeed] = [block('TA', 'daily', tray), block('TA', 'need', needed)];

  it('is all on the line of its agreement: neither took the place of the other', () => {
    const overview = overviewOf([ma, daily, atNeed]);
    expect(told(overview)).toEqual(['current: MA + daily + need']);
    expect(rulesOf(overview)).toEqual(['several-in-force']);
    expect(overview.current[0]?.why.map(({ rule }) => rule)).toContain('same-moment');
  });

  it('is all on the line that it leads', () => {
    expect(told(overviewOf([daily, atNeed]))).toEqual(['current: daily + need']);
    const other = block('MA', 'other', { ...moment, dosage: 'other' });
    const both = [block('MA', 'one', moment), other, block('TA', 'own', { ...moment, of: 'one' })];
    expect(told(overviewOf(both))).toEqual(['current: one + other + own']);
  });

  it('is shown with what has ended, and one later than the other takes its place as ever', () => {
    const ended = block('MA', 'MA', { ...since, to: '2023-12-20' });
    expect(told(overviewOf([ended, daily, atNeed]))).toEqual(['ended: MA + daily + need']);
    const later = block('TA', 'later', { ...needed, at: '2023-12-01T10:16:00+01:00' });
    const overview = overviewOf([ma, daily, later]);
    expect(told(overview)).toEqual(['current: MA + later']);
    expect(overview.history.map(({ rule }) => rule)).toEqual(['rival']);
  });
});
