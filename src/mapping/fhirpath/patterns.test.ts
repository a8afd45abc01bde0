// Does a search by a pattern end within what a run may take?
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../errors.ts';
import { compileMap } from '../compileMap.ts';
import { runMap } from '../runMap.ts';
import type { Tree } from './values.ts';

const run = (expression: string, source: Tree, milliseconds = 10_000) => {
  const text = `map "http://x/m" = "m"\ngroup main(source src, target tgt) { src -> tgt.x = (${expression}); }`;
  const map = compileMap({ name: 'm', maps: [{ file: 'm.map', text }] });
  return runMap(map, source, { at: new Date(0), seed: 's', limits: { milliseconds } }).target.x;
};

const reasonOf = (work: () => unknown): string | undefined => {
  try {
    work();
  } catch (error) {
    if (error instanceof GatewayError) return error.reason;
  }
  return undefined;
};

describe('a pattern', () => {
  it.each([
    ["src.a.matches('^(a+)+$')", `${'a'.repeat(41)}!`],
    ["src.a.matchesFull('(a|aa|a.)*')", `${'a'.repeat(60)}!!!`],
    ["src.a.replaceMatches('[ ]+$', '')", `${' '.repeat(300_000)}x`],
    ["src.a.matches('a?a?a?a?a*a*a*a*a*a*b')", 'a'.repeat(400)],
  ])('that searches too long ends with the run: %s', (expression, a) => {
    const begun = performance.now();
    const reason = reasonOf(() => run(expression, { a }, 200));
    expect(performance.now() - begun).toBeLessThan(5000);
    expect(reason).toBe('map-limit');
  });

  it('gives the same under guard', () => {
    const text = 'aaa bbb ccc ddd eee';
    expect(run("src.a.matches('^([a-e]+ ?)+$')", { a: text })).toBe(true);
    expect(run("src.a.replaceMatches('([a-c]+ ?)+', 'x ')", { a: text })).toBe('x ddd eee');
  });
});
