import { describe, expect, it } from 'vitest';
import { compileMap } from './compileMap.ts';
import { runMap } from './runMap.ts';

/** The fate of each leaf of a source with several given names. */
const fates = (rule: string): Record<string, string> => {
  const text = `map "http://example.org/m" = m
group main(source src, target tgt) { ${rule} }
group sub(source value, target tgt) { value -> tgt.x = value; }`;
  const map = compileMap({ name: 'm', maps: [{ file: 'm.map', text }] });
  const source = { given: ['A', 'B'], day: '2026-01-31', days: ['2026-01-30', '2026-01-31'] };
  const { coverage } = runMap(map, source, { at: new Date(0), seed: 's', coverage: true });
  return Object.fromEntries((coverage?.leaves ?? []).map(({ path, fate }) => [path, fate]));
};

describe('of several values where one is used', () => {
  it.each([
    ["src -> tgt.x = (src.given & '!');"],
    ["src -> tgt.x = ('!' & src.given);"],
    ['src -> tgt.x = truncate(src.given, 1);'],
    ["src -> tgt.x = escape(src.given, 'html');"],
    ['src -> tgt.x = cast(src.given, string);'],
    ['src -> tgt.x = cc(src.given);'],
    ["src -> tgt.x = translate(src.given, '#c');"],
    ["src -> tgt.x = ('AB'.startsWith(src.given));"],
    ['src -> tgt then sub(src.given, tgt);'],
  ])('the others count as dropped: %s', (rule) => {
    const table = `conceptmap "#c" { prefix s = "" prefix t = "" s:A == t:a }`;
    const found = fates(rule.includes('#c') ? `${rule} } ${table} group more(source a, target b) {` : rule);
    expect(found['given[0]']).toMatch(/mapped|translated/);
    expect(found['given[1]']).toBe('dropped');
  });
  it('all count as mapped where all are used', () => {
    expect(fates('src -> tgt.x = append(src.given);')).toMatchObject({
      'given[0]': 'mapped',
      'given[1]': 'mapped',
    });
  });
  it('the others count as dropped where a primitive is set', () => {
    const found = fates("src -> tgt.p = create('Patient') as p, p.birthDate as b, b = src.days;");
    expect(found).toMatchObject({ 'days[0]': 'mapped', 'days[1]': 'dropped' });
  });
});

describe('a value that an expression makes for a group', () => {
  it('counts as mapped where the group writes it', () => {
    expect(fates("src -> tgt then sub((src.day & '!'), tgt);").day).toBe('mapped');
  });
});

describe('single()', () => {
  it('refuses several values', () => {
    expect(() => fates('src -> tgt.x = (src.given.single());')).toThrow(
      'single() takes one value, 2 were given',
    );
  });
});
