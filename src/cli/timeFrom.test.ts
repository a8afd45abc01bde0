// Is a date that can be read in two ways refused, and does a day begin where the Dutch, or a map, begin it?
import { describe, expect, it } from 'vitest';
import { terminalTo } from '../../tests/world/terminal.ts';
import { runCommandLine } from './run.ts';
import { clockFrom, timeFrom } from './timeFrom.ts';

describe('a time on the command line', () => {
  it.each(['11-12-2026', '1/2/2026', '2026-02-31', '2026-01-31T12:00', 'now', ''])('is not "%s"', (text) => {
    expect(() => timeFrom(text)).toThrow('year-month-day');
    expect(() => clockFrom(text)).toThrow('year-month-day');
  });

  it('is a Dutch day, and for a map a day in UTC; a moment is itself', () => {
    expect(timeFrom('2026-01-31')).toEqual(new Date('2026-01-30T23:00:00Z'));
    expect(clockFrom('2026-01-31')).toEqual(new Date('2026-01-31T00:00:00Z'));
    for (const read of [timeFrom, clockFrom])
      expect(read('2026-01-31T12:00:00+01:00')).toEqual(new Date('2026-01-31T11:00:00Z'));
  });

  it('is refused as the clock of a map', async () => {
    const notes: string[] = [];
    const terminal = terminalTo(notes);
    const words = ['node', 'sluis', 'map', 'run', 'r4-to-stu3', 'none.json', '--at', '01-02-2026'];
    expect(await runCommandLine(words, {}, terminal)).toBe(2);
    expect(notes.join()).toContain('year-month-day');
  });
});
