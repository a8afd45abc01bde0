import { describe, expect, it } from 'vitest';
import { compileMap } from './compileMap.ts';
import type { CoverageLeaf } from './coverage.ts';
import { type MapResult, runMap } from './runMap.ts';

const record = (body: string, source: unknown): MapResult => {
  const text = `map "http://example.org/m" = m
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as target
conceptmap "#g" { prefix s = "" prefix t = "http://t" s:M == t:male unmapped for s = fixed t:unknown }
conceptmap "#n" { prefix s = "" prefix t = "http://t" s:M == t:male }
${body}`;
  const map = compileMap({ name: 'm', maps: [{ file: 'm.map', text }] });
  return runMap(map, source, { at: new Date(0), seed: 's', trace: true, coverage: true });
};

const rules = (text: string, source: unknown): MapResult =>
  record(`group g(source src, target tgt : Patient) {\n${text}\n}`, source);

const fates = ({ coverage }: MapResult): Record<string, string> =>
  Object.fromEntries((coverage?.leaves ?? []).map((leaf: CoverageLeaf) => [leaf.path, leaf.fate]));

describe('coverage', () => {
  it('tells mapped, translated, defaulted, dropped on purpose and dropped apart', () => {
    const result = rules(
      `src.a as a -> tgt.id = a;
src.m as m -> tgt.gender = translate(m, '#g', 'code');
src.x as x -> tgt.language = translate(x, '#g', 'code');
src.p "drop: of no use";`,
      { a: '1', m: 'M', x: 'Q', p: { q: [1, 2] }, rest: 'lost' },
    );
    expect(fates(result)).toEqual({
      a: 'mapped',
      m: 'translated',
      x: 'defaulted',
      'p.q[0]': 'dropped-on-purpose',
      'p.q[1]': 'dropped-on-purpose',
      rest: 'dropped',
    });
    expect(result.coverage?.totals).toEqual({
      mapped: 1,
      translated: 1,
      defaulted: 1,
      'dropped-on-purpose': 2,
      dropped: 1,
    });
    expect(result.coverage?.leaves.find((leaf) => leaf.path === 'p.q[0]')?.reason).toBe('of no use');
  });

  it('does not count what an expression reads and leaves aside', () => {
    const source = {
      t: [
        { s: 'phone', v: '1' },
        { s: 'email', v: '2' },
        { s: 'phone', v: '3' },
      ],
    };
    expect(fates(rules("src -> tgt.id = (src.t.where(s = 'phone').v.first());", source))).toMatchObject({
      't[0].s': 'mapped',
      't[0].v': 'mapped',
      't[1].s': 'dropped',
      't[1].v': 'dropped',
      't[2].v': 'dropped',
    });
  });

  it('does not count what was overwritten', () => {
    expect(fates(rules('src.a as a -> tgt.id = a; src.b as b -> tgt.id = b;', { a: '1', b: '2' }))).toEqual({
      a: 'dropped',
      b: 'mapped',
    });
  });

  it('counts the condition of a rule that fired, not of one that did not', () => {
    const text =
      "src.a as a where t = 'x' -> tgt.active = true; src.b as b where t = 'x' -> tgt.active = true;";
    expect(fates(rules(text, { a: { t: 'x' }, b: { t: 'y' } }))).toEqual({
      'a.t': 'mapped',
      'b.t': 'dropped',
    });
  });

  it('names codes without a translation, and their source as dropped', () => {
    const result = rules("src.a as a -> tgt.gender = translate(a, '#n', 'code');", { a: 'Q' });
    expect(fates(result)).toEqual({ a: 'dropped' });
    expect(result.coverage?.untranslated).toEqual(
      [{ map: 'n', code: 'Q', rule: 'm.map:6:25' }].map((one) => ({
        ...one,
        rule: expect.stringContaining('m.map:6'),
      })),
    );
  });

  it('takes drops from directives, at any depth and with everything below', () => {
    const text = `//! drop **.conceptId: template
//! drop meta: about the form
//! drop a.*.note: notes
group g(source src, target tgt : Patient) { src.id as i -> tgt.id = i; }`;
    const source = {
      id: '1',
      conceptId: 'c',
      meta: { x: [{ y: 1 }] },
      a: { b: [{ note: 'n', conceptId: 'd', z: 1 }] },
    };
    expect(fates(record(text, source))).toEqual({
      id: 'mapped',
      conceptId: 'dropped-on-purpose',
      'meta.x[0].y': 'dropped-on-purpose',
      'a.b[0].note': 'dropped-on-purpose',
      'a.b[0].conceptId': 'dropped-on-purpose',
      'a.b[0].z': 'dropped',
    });
  });

  it('follows copies of whole objects, and the extensions of primitives', () => {
    const text = `group g(source src : Patient, target tgt : Patient) { src.name -> tgt.name; src.birthDate -> tgt.birthDate; src.gender -> tgt.gender; }`;
    const source = {
      resourceType: 'Patient',
      name: [{ family: 'A', given: ['B', 'C'] }],
      _birthDate: { extension: [{ url: 'u', valueCode: 'c' }] },
    };
    const result = record(text, source);
    expect(result.coverage?.totals).toMatchObject({ mapped: 5, dropped: 0 });
  });
});

describe('the trace', () => {
  it('gives each leaf of the target its sources, its rule and its translation', () => {
    const { trace } = rules(
      `src.n as n -> tgt.name as t then { n.f as f -> t.family = f "family"; n.g as g -> t.given = append(g, ' ', %f2) "given"; } "name";
src.m as m -> tgt.gender = translate(m, '#g', 'code') "gender";
src -> tgt.active = true "active";`.replace("append(g, ' ', %f2)", "append(g, '!')"),
      { n: { f: 'F', g: ['G', 'H'] }, m: 'M' },
    );
    const shown = trace?.leaves.map(([path, rule, sources, translation]) => [
      path,
      trace.rules[rule]?.split(' ').pop(),
      sources,
      translation?.to,
    ]);
    expect(shown).toEqual([
      ['Patient.name[0].family', 'family', ['n.f'], undefined],
      ['Patient.name[0].given[0]', 'given', ['n.g[0]'], undefined],
      ['Patient.name[0].given[1]', 'given', ['n.g[1]'], undefined],
      ['Patient.gender', 'gender', ['m'], 'male'],
      ['Patient.active', 'active', [], undefined],
    ]);
    expect(trace?.rules[0]).toMatch(/^m\.map:6:\d+ family$/);
  });

  it('follows list modes to the place where an item came to stand', () => {
    const { trace } = rules(
      'src.a as a -> tgt.name as n, n.text = a; src.b as b -> tgt.name as n first, n.text = b;',
      { a: 'x', b: 'y' },
    );
    expect(trace?.leaves.map(([path, , sources]) => [path, sources])).toEqual([
      ['Patient.name[0].text', ['b']],
      ['Patient.name[1].text', ['a']],
    ]);
  });

  it('follows a value through a variable', () => {
    const { trace } = rules('src.a as a, src.b as b -> (a + b) as c, tgt.id = c;', { a: 'x', b: 'y' });
    expect(trace?.leaves).toEqual([['Patient.id', 0, ['a', 'b']]]);
  });

  it('is not made, nor coverage, when nobody asks', () => {
    const map = compileMap({
      name: 'm',
      maps: [{ file: 'm', text: 'map "u" = m\ngroup g(source a, target b) { a.x as x -> b.y = x; }' }],
    });
    expect(runMap(map, { x: 1 }, { at: new Date(0), seed: '' })).toEqual({ target: { y: 1 } });
  });
});
