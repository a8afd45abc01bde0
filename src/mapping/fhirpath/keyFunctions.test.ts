// Which objects count as the same, and which offset does a Dutch clock get?
import { describe, expect, it } from 'vitest';
import { compileMap } from '../compileMap.ts';
import { runMap } from '../runMap.ts';

const run = (rules: string, source: unknown): unknown => {
  const text = `map "http://x/m" = "m"\nlet all = item;\ngroup main(source src, target tgt) { ${rules} }`;
  const map = compileMap({ name: 'm', maps: [{ file: 'm.map', text }] });
  return runMap(map, source, { at: new Date(0), seed: 's', coverage: true }).target;
};

const at = (time: string, zone = 'Europe/Amsterdam'): unknown =>
  run(`src.t as t -> tgt.t = evaluate(t, $this.inZone('${zone}'));`, { t: time });

describe('fingerprint', () => {
  const print = "src.item as i -> tgt.p = evaluate(i, fingerprint('code', 'value'));";

  it('is the same for the same values, wherever and among whatever they stand', () => {
    const item = [
      { id: '1', code: 'a', part: { value: ' x  y ' } },
      { id: '2', note: 'n', part: { value: 'x y' }, code: 'a' },
    ];
    const { p } = run(print, { item }) as { p: string[] };
    expect(p[0]).toBe(p[1]);
  });

  it('tells the same text under another name apart', () => {
    const { p } = run(print, { item: [{ code: 'a' }, { value: 'a' }, { code: ['a', 'b'] }] }) as {
      p: string[];
    };
    expect(new Set(p).size).toBe(3);
  });
});

describe('isFirstOf', () => {
  it('leaves out what came before with the same key, also an equal object', () => {
    const rules = "src.item as i where isFirstOf(%all, fingerprint('code')) -> tgt.id = i.id;";
    const item = [
      { id: '1', code: 'a' },
      { id: '2', code: 'b' },
      { id: '3', code: 'a' },
      { id: '1', code: 'a' },
    ];
    expect(run(rules, { item })).toEqual({ id: ['1', '2'] });
  });
});

describe('dayIn', () => {
  const day = (time: string) =>
    run(`src.t as t -> tgt.t = evaluate(t, $this.dayIn('Europe/Amsterdam'));`, { t: time });

  it.each([
    ['2024-01-01T22:59:59Z', '2024-01-01'],
    ['2024-01-01T23:00:00Z', '2024-01-02'],
    ['2024-07-01T22:00:00.000Z', '2024-07-02'],
    ['2024-01-01T01:00:00+05:00', '2023-12-31'],
    ['2024-01-01T23:30:00', '2024-01-01'],
    ['2024-01-01', '2024-01-01'],
    ['2024-01', '2024-01'],
  ])('of %s is %s', (time, expected) => {
    expect(day(time)).toEqual({ t: expected });
  });
});

describe('inZone', () => {
  it.each([
    ['2024-01-01T08:00:00', '2024-01-01T08:00:00+01:00'],
    ['2024-07-01T08:00', '2024-07-01T08:00:00+02:00'],
    ['2024-03-31T01:59:59', '2024-03-31T01:59:59+01:00'],
    ['2024-03-31T03:00:00', '2024-03-31T03:00:00+02:00'],
    ['2024-10-27T02:30:00.5', '2024-10-27T02:30:00.5+02:00'],
    ['2024-10-27T03:00:00', '2024-10-27T03:00:00+01:00'],
    ['2024-01-01T08:00Z', '2024-01-01T08:00:00Z'],
    ['2024-01-01T08:00:00-05:00', '2024-01-01T08:00:00-05:00'],
    ['2024-01', '2024-01'],
    ['unknown', 'unknown'],
  ])('%s is %s', (time, expected) => {
    expect(at(time)).toEqual({ t: expected });
  });

  it('refuses a zone that does not exist', () => {
    expect(() => at('2024-01-01T08:00', 'Europe/Atlantis')).toThrow('Europe/Atlantis');
  });
});
