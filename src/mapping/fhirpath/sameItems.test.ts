// Which items are the same, and what do long lists cost?
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../errors.ts';
import { compileMap } from '../compileMap.ts';
import { runMap } from '../runMap.ts';
import type { Tree } from './values.ts';

const run = (expression: string, source: Tree, limits: { steps?: number; milliseconds?: number } = {}) => {
  const text = `map "http://x/m" = "m"\ngroup main(source src, target tgt) { src -> tgt.x = (${expression}); }`;
  const map = compileMap({ name: 'm', maps: [{ file: 'm.map', text }] });
  return runMap(map, source, { at: new Date(0), seed: 's', limits }).target.x;
};

const reasonOf = (work: () => unknown): string | undefined => {
  try {
    work();
  } catch (error) {
    if (error instanceof GatewayError) return error.reason;
  }
  return undefined;
};

const many = 20_000;
const texts = Array.from({ length: many }, (_, index) => `t${index}`);
const trees = texts.map((code) => ({ code }));
const moments = Array.from({ length: 3000 }, (_, index) => new Date(index * 60_000).toISOString());

describe('a long list', () => {
  it.each([
    ['(src.a | src.a).count()', many],
    ['src.a.distinct().count()', many],
    ['src.a.intersect(src.b).count()', many],
    ['src.a.exclude(src.b).count()', 0],
    ['src.a.subsetOf(src.b)', true],
    ['src.a.supersetOf(src.b)', true],
    ['(src.a | src.b.repeat($this.part)).count()', many],
  ])('is gone through once: %s', (expression, expected) => {
    const limits = { steps: 400_000 };
    expect(run(expression, { a: texts, b: texts }, limits)).toBe(expected);
    expect(run(expression, { a: trees, b: trees }, limits)).toBe(expected);
  });

  it.each([
    'src.a | src.a',
    'src.a.where($this in src.b)',
    'src.a.where(src.b contains $this)',
    'src.a ~ src.b',
    'src.a.where($this.isFirstOf(src.a, $this))',
  ])('counts as steps where each is compared with each: %s', (expression) => {
    const source = { a: moments, b: [...moments].reverse() };
    expect(reasonOf(() => run(`(${expression}).count()`, source, { steps: 100_000 }))).toBe('map-limit');
  });
});

describe('equal items', () => {
  it.each([
    [['2020-01-01T10:00:00Z', '2020-01-01T11:00:00+01:00'], 1],
    [['2020-01', '2020-01', '2020'], 2],
    [[1, true, '1', 'true'], 4],
    [
      [
        { a: 1, b: [1, 2] },
        { b: [1, 2], a: 1 },
        { a: 1, b: [2, 1] },
      ],
      2,
    ],
    [[{ a: { b: 1 } }, { a: { b: 2 } }], 2],
  ])('are one: %j', (items, expected) => {
    expect(run('src.a.distinct().count()', { a: items })).toBe(expected);
    expect(run('(src.a | src.a).count()', { a: items })).toBe(expected);
  });

  it('are an amount and an object of that amount', () => {
    const source = { a: { value: 5, unit: 'mg' } };
    expect(run("((5 'mg') | src.a).count()", source)).toBe(1);
    expect(run("(src.a | (5 'mg')).count()", source)).toBe(1);
  });
});
