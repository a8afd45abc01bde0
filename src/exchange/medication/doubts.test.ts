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
