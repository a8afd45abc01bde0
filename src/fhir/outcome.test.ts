import { describe, expect, it } from 'vitest';
import type { Issue } from '../model.ts';
import { groupIssues, operationOutcome } from './outcome.ts';

describe('operationOutcome', () => {
  const issue = (rule: string, place: string): Issue => ({
    severity: 'error',
    code: 'structure',
    text: { nl: `fout ${rule}`, en: `fault ${rule}` },
    expression: [place],
    rule,
  });
  const printed = (
    issues: Issue[],
  ): { severity: string; details: { text: string }; expression?: string[] }[] =>
    operationOutcome(issues, 'nl').issue as [];

  it('groups ten thousand equal findings and says how many there were', () => {
    const outcome = printed(Array.from({ length: 10_000 }, (_, i) => issue('a', `Bundle.entry[${i}]`)));
    expect(outcome).toHaveLength(1);
    expect(outcome[0]?.details.text).toBe('fout a (10000 keer)');
    expect(outcome[0]?.expression).toHaveLength(10);
  });

  it('stays under 256 KB with ten thousand different findings, and counts what it leaves out', () => {
    const long = 'x'.repeat(390);
    const issues = Array.from({ length: 10_000 }, (_, i) =>
      Array.from({ length: 3 }, (_, k) => issue(`r${i}`, `${long}[${k}]`)),
    );
    const outcome = operationOutcome(issues.flat(), 'en');
    expect(Buffer.byteLength(JSON.stringify(outcome))).toBeLessThan(256 * 1024);
    expect(JSON.stringify(outcome)).toContain('more kinds of findings were left out');
  });

  it('tells the gravest first', () => {
    const outcome = printed([
      { ...issue('w', 'A'), severity: 'warning' },
      { ...issue('f', 'B'), severity: 'fatal' },
      issue('e', 'C'),
    ]);
    expect(outcome.map((i) => i.severity)).toEqual(['fatal', 'error', 'warning']);
    expect(groupIssues([issue('a', 'A'), issue('b', 'B')], 1)).toMatchObject({ leftOut: 1 });
  });

  it('is valid even when there is nothing to tell', () => expect(printed([])).toHaveLength(1));
});
