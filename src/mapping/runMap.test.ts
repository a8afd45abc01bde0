import { describe, expect, it } from 'vitest';
import { GatewayError } from '../errors.ts';
import { compileMap } from './compileMap.ts';
import { RunFault } from './faults.ts';
import { type RunSettings, runMap } from './runMap.ts';

const at = new Date('2026-01-15T12:00:00Z');
const settings: RunSettings = { at, seed: 's' };

type Text = { target?: string; rules: string; more?: string };

const mapOf = ({ target = 'Patient', rules, more = '' }: Text) =>
  compileMap({
    name: 'm',
    maps: [
      {
        file: 'm.map',
        text: `map "http://example.org/m" = m
uses "http://example.org/Any" alias Any as source
uses "http://hl7.org/fhir/StructureDefinition/${target}" alias ${target} as target
${more}
group g(source src : Any, target tgt : ${target}) {
${rules}
}`,
      },
    ],
  });

const run = (text: Text | string, source: unknown, more: Partial<RunSettings> = {}) =>
  runMap(mapOf(typeof text === 'string' ? { rules: text } : text), source, { ...settings, ...more }).target;

const faultOf = (text: Text | string, source: unknown): GatewayError => {
  try {
    run(text, source);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('no fault');
};

const plain = (rules: string, source: unknown): unknown => {
  const text = `map "http://example.org/m" = m\ngroup g(source src, target tgt) {\n${rules}\n}`;
  return runMap(compileMap({ name: 'm', maps: [{ file: 'm.map', text }] }), source, settings).target;
};

describe('a run that fails', () => {
  it('names map, line, rule and source path, and the value only to the log', () => {
    const error = faultOf('src.a as a then { a.born as b -> tgt.birthDate = b "born"; };', {
      a: { born: 'gisteren' },
    });
    expect(error.kind).toBe('unprocessable');
    expect(error.message).toBe('m.map:6:19: rule "born": the value is not a date (at a.born)');
    expect(error.cause).toBeInstanceOf(RunFault);
    expect(error.cause).toMatchObject({ value: 'gisteren' });
  });

  it('names the place in the source, not the variable of the map, also within a list', () => {
    const error = faultOf('src.people as someone then { someone.born as b -> tgt.birthDate = b; };', {
      people: [{ born: '1950-01-01' }, { born: 'gisteren' }],
    });
    expect(error.message).toBe('m.map:6:30: the value is not a date (at people[1].born)');
    expect(error.issues[0]?.expression).toEqual(['people[1].born']);
  });

  it.each([
    ['a failed check', 'src.a as a check a > 5 -> tgt.active = true;', { a: 3 }, 'check of the rule failed'],
    ['too many', 'src.a 0..1 as a -> tgt.id = a;', { a: ['1', '2'] }, 'occurs 2 times, expected 0..1'],
    ['too few', 'src.a 1..1 as a -> tgt.id = a;', {}, 'occurs 0 times'],
    [
      'more than only_one',
      'src.a only_one as a -> tgt.id = a;',
      { a: ['1', '2'] },
      'only one item is allowed',
    ],
    [
      'several values for a single element',
      'src -> tgt.id = (src.a);',
      { a: ['1', '2'] },
      'id takes one value, 2 were given',
    ],
    ['an object for a primitive', 'src.a as a -> tgt.id = a;', { a: { b: 1 } }, 'not a id'],
    ['a primitive for an object', 'src.a as a -> tgt.name = a;', { a: 'x' }, 'name is a HumanName'],
    [
      'a dateTime for a date',
      'src.a as a -> tgt.birthDate = a;',
      { a: '2020-01-01T10:00:00Z' },
      'not a date',
    ],
    [
      'a reference to what has no id',
      'src -> tgt.link as l, l.other as o, o.reference = reference(src);',
      { resourceType: 'Patient' },
      'has no id',
    ],
  ])('says why: %s', (...[, rules, source, expected]) => {
    expect(faultOf(rules, source).message).toContain(expected);
  });

  it('stops a recursion without end', () => {
    const error = faultOf({ rules: 'src then g(src, tgt);' }, {});
    expect(error.reason).toBe('map-limit');
  });

  it('goes no deeper than its limit', () => {
    const map = mapOf({ rules: 'src.a as a then g(a, tgt); src.b as b -> tgt.id = b;' });
    const source = { a: { a: { a: { a: { b: 'x' } } } } };
    const limited = (depth: number) => runMap(map, source, { ...settings, limits: { depth } }).target;
    expect(() => limited(4)).toThrow('more depth');
    expect(limited(5)).toMatchObject({ id: 'x' });
  });

  it('stops after its steps and its time', () => {
    const map = mapOf({ rules: 'src.a as a, src.a as b, src.a as c, src.a as d -> tgt.active = true;' });
    const source = { a: Array.from({ length: 100 }, (_, index) => index) };
    expect(() => runMap(map, source, { ...settings, limits: { steps: 10_000 } })).toThrow('more steps');
    expect(() => runMap(map, source, { ...settings, limits: { milliseconds: 20 } })).toThrow('more time');
  });

  it('neither reads nor writes keys that pollute', () => {
    const source: unknown = JSON.parse('{"a": {"__proto__": {"polluted": true}, "b": 1}}');
    const error = faultOf(
      { rules: 'src.a as a -> tgt.contact as c then { src.a as x -> c.name = x; };' },
      source,
    );
    expect(error.message).toContain('forbidden key __proto__');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('sources', () => {
  it('leave the source as it was', () => {
    const source = { n: { given: ['Jan'] } };
    const before = JSON.stringify(source);
    run("src.n as n -> tgt.name = n as t, t.family = 'X', t.given = 'Piet';", source);
    expect(JSON.stringify(source)).toBe(before);
  });

  it.each([
    ['first', ['1']],
    ['not_first', ['2', '3']],
    ['last', ['3']],
    ['not_last', ['1', '2']],
  ])('in list mode %s', (mode, expected) => {
    expect(plain(`src.a ${mode} as a -> tgt.b = a;`, { a: ['1', '2', '3'] })).toEqual({
      b: expected.length === 1 ? expected[0] : expected,
    });
  });

  it('apply the condition before the list mode', () => {
    expect(plain("src.a first as a where $this != '1' -> tgt.b = a;", { a: ['1', '2', '3'] })).toEqual({
      b: '2',
    });
  });

  it('give a default, and combine with other sources', () => {
    expect(plain("src.a default ('x') as a -> tgt.b = a;", {})).toEqual({ b: 'x' });
    expect(
      plain('src.a as a, src.b as b -> tgt.c = append(a, b);', { a: ['1', '2'], b: ['x', 'y'] }),
    ).toEqual({
      c: ['1x', '1y', '2x', '2y'],
    });
  });

  it('select by type, of a choice and of resources', () => {
    const source = {
      resourceType: 'Bundle',
      entry: [
        { resource: { resourceType: 'Patient', id: 'p' } },
        { resource: { resourceType: 'Basic', id: 'b' } },
      ],
    };
    expect(plain('src.entry as e then { e.resource : Patient as p -> tgt.id = (p.id); };', source)).toEqual({
      id: 'p',
    });
    expect(plain('src.value : Quantity as q -> tgt.v = (q.value);', { valueQuantity: { value: 3 } })).toEqual(
      { v: 3 },
    );
    expect(plain('src.value : string as q -> tgt.v = q;', { valueQuantity: { value: 3 } })).toEqual({});
  });

  it('let a bare name be a variable first, an element second', () => {
    const source = { a: [{ code: 'x', a: 'inner' }] };
    expect(plain("src.a as code where code = 'x' -> tgt.b = 1;", source)).toEqual({});
    expect(plain("src.a as code where $this.code = 'x' -> tgt.b = 1;", source)).toEqual({ b: 1 });
    expect(plain("src.a as v where %v.code = 'x' -> tgt.b = 1;", source)).toEqual({ b: 1 });
  });

  it('tell the log', () => {
    const lines: string[] = [];
    run("src.a as a log ('seen ' + a) -> tgt.id = a;", { a: '1' }, { log: (text) => lines.push(text) });
    expect(lines).toEqual(['seen 1']);
  });
});

describe('targets', () => {
  it('write lists, single elements, choices and resourceType where the type has them', () => {
    const rules = `src -> tgt.contained = create('Observation') as o, o.status = 'final', o.value = create('CodeableConcept') as c, c.text = 'x';
src -> tgt.deceased = true, tgt.multipleBirth = 2;
src -> tgt.name as n, n.given = 'Jan', n.period as p, p.start = '2020';`;
    expect(run(rules, {})).toEqual({
      resourceType: 'Patient',
      contained: [{ resourceType: 'Observation', status: 'final', valueCodeableConcept: { text: 'x' } }],
      deceasedBoolean: true,
      multipleBirthInteger: 2,
      name: [{ given: ['Jan'], period: { start: '2020' } }],
    });
  });

  it('know STU3', () => {
    const text = `map "http://example.org/m" = m
uses "http://hl7.org/fhir/3.0/StructureDefinition/Patient" alias P as target
group g(source src, target tgt : P) { src -> tgt.animal as a, a.species = cc('hond'); }`;
    const map = compileMap({ name: 'm', maps: [{ file: 'm.map', text }] });
    expect(runMap(map, {}, settings).target).toEqual({
      resourceType: 'Patient',
      animal: { species: { text: 'hond' } },
    });
  });

  it('choose the property of a choice by the type of the value', () => {
    const rules = `src.a as a -> tgt.extension as e, e.url = 'u', e.value = a;
src.b as b -> tgt.extension as e, e.url = 'c', e.value = cast(b, code);
src -> tgt.extension as e, e.url = 'q', e.value = qty('1.50 mg');`;
    expect(JSON.stringify(run(rules, { a: true, b: 'x' }))).toBe(
      '{"resourceType":"Patient","extension":[{"url":"u","valueBoolean":true},{"url":"c","valueCode":"x"},{"url":"q","valueQuantity":{"value":1.50,"unit":"mg"}}]}',
    );
  });

  it('convert text to the primitive of the element, and keep decimals as written', () => {
    const target = run(
      {
        target: 'Observation',
        rules:
          "src.v as v -> tgt.value = create('Quantity') as q, q.value = v; src.n as n -> tgt.component as c, c.value = cast(n, integer);",
      },
      { v: '1.10', n: '7' },
    );
    expect(JSON.stringify(target)).toBe(
      '{"resourceType":"Observation","valueQuantity":{"value":1.10},"component":[{"valueInteger":7}]}',
    );
  });

  it('order by list mode', () => {
    const rules = `src -> tgt.name as n last, n.text = 'z';
src -> tgt.name as n, n.text = 'm';
src -> tgt.name as n first, n.text = 'a';
src -> tgt.name as n, n.text = 'n';`;
    expect(run(rules, {})).toMatchObject({
      name: [{ text: 'a' }, { text: 'm' }, { text: 'n' }, { text: 'z' }],
    });
  });

  it('share and collate', () => {
    const rules = `src.a as a -> tgt.name as n share x, n.given = a;
src.b as b -> tgt.name as n share x, n.family = b;
src.b as b -> tgt.name as n share y, n.family = b;
src -> tgt.telecom as t collate, t.system = 'phone';
src -> tgt.telecom as t single, t.value = '1';`;
    expect(run(rules, { a: ['1', '2'], b: 'f' })).toMatchObject({
      name: [{ given: ['1', '2'], family: 'f' }, { family: 'f' }],
      telecom: [{ system: 'phone', value: '1' }],
    });
  });

  it('leave out what stays empty', () => {
    expect(
      run(
        'src -> tgt.name as n then { src.none as x -> n.text = x; }; src -> tgt.contact as c, c.name as m;',
        {},
      ),
    ).toEqual({
      resourceType: 'Patient',
    });
  });

  it('carry the extensions of a primitive, also without a value, and add to them', () => {
    const source = {
      resourceType: 'Patient',
      _birthDate: { extension: [{ url: 'u', valueCode: 'unknown' }] },
      name: [
        { given: ['A', null, 'B'], _given: [null, { extension: [{ url: 'g', valueString: 'x' }] }, null] },
      ],
    };
    const text = `map "http://example.org/m" = m
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias S as source
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias T as target
group g(source src : S, target tgt : T) {
  src.birthDate -> tgt.birthDate;
  src.name as n -> tgt.name as t then { n.given as g -> t.given = g; };
  src -> tgt.gender = 'other' as x, x.extension as e, e.url = 'y', e.value = 'z';
}`;
    const map = compileMap({ name: 'm', maps: [{ file: 'm.map', text }] });
    expect(runMap(map, source, settings).target).toEqual({
      ...source,
      gender: 'other',
      _gender: { extension: [{ url: 'y', valueString: 'z' }] },
    });
  });

  it('set a primitive through a group', () => {
    const rules = `src.c as s -> tgt.gender as t then code(s, t);
src.c as s -> tgt.language as t then part(s, t);
}
group code(source s, target t : code) { s -> t = (s.x); }
group part(source s, target t : code) { s.x as x -> t.value = x;`;
    expect(run(rules, { c: { x: 'male' } })).toMatchObject({ gender: 'male', language: 'male' });
  });
});

describe('groups', () => {
  const old = 'http://hl7.org/fhir/3.0/StructureDefinition';
  const text = `map "http://example.org/m" = m
uses "${old}/Bundle" alias BundleOld as source
uses "${old}/Patient" alias PatientOld as source
uses "${old}/HumanName" alias NameOld as source
uses "http://hl7.org/fhir/4.0/StructureDefinition/Bundle" alias Bundle as target
uses "http://hl7.org/fhir/4.0/StructureDefinition/Patient" alias Patient as target
uses "http://hl7.org/fhir/4.0/StructureDefinition/HumanName" alias HumanName as target
group bundle(source src : BundleOld, target tgt : Bundle) extends base { src.type -> tgt.type; src.entry as s -> tgt.entry as t then { s.resource -> t.resource; }; }
group base(source a, target b) { a.id -> b.id; }
group patient(source src : PatientOld, target tgt : Patient) extends base <<type+>> { src.name -> tgt.name; src.gender -> tgt.gender; }
group name(source src : NameOld, target tgt : HumanName) <<types>> { src.family as f -> tgt.text = f; }
`;

  it('are found by the types of source and target, by resourceType in a run, and extend others', () => {
    const map = compileMap({ name: 'm', maps: [{ file: 'm.map', text }] });
    const patient = {
      resourceType: 'Patient',
      id: 'p',
      name: [{ family: 'A' }, { family: 'B' }],
      gender: 'male',
    };
    const basic = { resourceType: 'Basic', id: 'b', code: { text: 'x' } };
    const source = {
      resourceType: 'Bundle',
      id: 'x',
      type: 'collection',
      entry: [{ resource: patient }, { resource: basic }],
    };
    expect(runMap(map, source, settings).target).toEqual({
      ...source,
      entry: [
        {
          resource: {
            resourceType: 'Patient',
            id: 'p',
            name: [{ text: 'A' }, { text: 'B' }],
            gender: 'male',
          },
        },
        { resource: basic },
      ],
    });
  });
});

describe('transforms', () => {
  const made = (transform: string, source: unknown = {}): unknown =>
    (plain(`src -> tgt.r = ${transform};`, source) as { r: unknown }).r;

  it.each([
    ["truncate('abcdef', 3)", 'abc'],
    ["append('a', 1, true)", 'a1true'],
    ["escape('a<b', 'xml')", 'a&lt;b'],
    ["escape('a&lt;b', 'xml', 'plain')", 'a<b'],
    ["cast('12', integer)", 12],
    ["cast('2020-01-02T10:00:00Z', 'date')", '2020-01-02'],
    ["dateOp('2020-01-31', 'add', 1, 'month')", '2020-02-29'],
    ["dateOp('2020-01-31T10:00:00+01:00', 'subtract', 36, 'hours')", '2020-01-29T22:00:00+01:00'],
    ["dateOp('2020-01-31', 'year')", '2020'],
    ["cc('s', 'c', 'd')", { coding: [{ system: 's', code: 'c', display: 'd' }] }],
    ["cc('text')", { text: 'text' }],
    ["c('s', 'c')", { system: 's', code: 'c' }],
    ["qty('<2 mg')", { comparator: '<', value: 2, unit: 'mg' }],
    ["qty(3, 'uur', 'u', 'h')", { value: 3, unit: 'uur', system: 'u', code: 'h' }],
    ["id('s', 'v')", { system: 's', value: 'v' }],
    ["cp('a@b.nl')", { system: 'email', value: 'a@b.nl' }],
    ["cp('phone', '1')", { system: 'phone', value: '1' }],
    ['evaluate(src, a.where(b = 2).c)', 'y'],
    ['(src.a.c.count() + 1)', 3],
    [
      'src.a',
      [
        { b: 1, c: 'x' },
        { b: 2, c: 'y' },
      ],
    ],
    ["evaluate('n2', withId($this).v)", 9],
  ])('%s', (transform, expected) => {
    expect(
      made(transform, {
        a: [
          { b: 1, c: 'x' },
          { b: 2, c: 'y' },
        ],
        n: [{ id: 'n1' }, { id: 'n2', v: 9 }],
      }),
    ).toEqual(expected);
  });

  it('give references and pointers of resources with an id', () => {
    const source = { resourceType: 'Patient', id: 'p1' };
    expect(made('reference(src)', source)).toBe('Patient/p1');
    expect(made('pointer(src)', source)).toBe('urn:uuid:p1');
  });

  it('make the same ids of the same seed, others of another', () => {
    const rules = 'src -> tgt.id = uuid(); src -> tgt.language = evaluate(src.k, $this.toUuid());';
    const one = run(rules, { k: 'x' });
    expect(run(rules, { k: 'x' })).toEqual(one);
    expect(one.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(run(rules, { k: 'x' }, { seed: 't' }).id).not.toBe(one.id);
    expect(run(rules, { k: 'x' }).language).toBe(one.language);
  });

  it('use the clock that is passed in', () => {
    expect(made('(today())')).toBe('2026-01-15');
    expect(made('(now())')).toBe('2026-01-15T12:00:00.000Z');
  });
});

describe('translate', () => {
  const more = `conceptmap "#g" {
  prefix s = "urn:s"
  prefix t = "http://t"
  s:M == t:male
  s:"V r" == t:female
  s:X != t:other
  unmapped for s = fixed t:unknown
}
conceptmap "#p" { prefix s = "" prefix t = "http://t" s:a = t:b unmapped for s = provided }
conceptmap "#n" { prefix s = "" prefix t = "http://t" s:a = t:b unmapped for s = other-map "#p" }`;

  it.each([
    ["translate(c, '#g', 'code')", { code: 'M', system: 'urn:s' }, 'male'],
    ["translate(c, '#g')", { code: 'M', codeSystem: 'urn:s' }, 'male'],
    ["translate(c, '#g', 'code')", 'V r', 'female'],
    ["translate(c, '#g', 'code')", 'X', 'unknown'],
    [
      "translate(c, '#g', 'Coding')",
      {
        coding: [
          { system: 'urn:none', code: 'q' },
          { system: 'urn:s', code: 'M' },
        ],
      },
      { system: 'http://t', code: 'male' },
    ],
    ["translate(c, '#g', 'CodeableConcept')", 'M', { coding: [{ system: 'http://t', code: 'male' }] }],
    ["translate(c, '#p', 'code')", 'z', 'z'],
    ["translate(c, '#n', 'code')", 'a', 'b'],
    ["translate(c, '#n', 'code')", 'zz', 'zz'],
    ["translate(c, 'http://example.org/m#g', 'code')", 'M', 'male'],
    ["translate(c, '#g', 'code')", { code: 'M', system: 'urn:other' }, undefined],
  ])('%s of %j', (transform, c, expected) => {
    const text = `map "http://example.org/m" = m\n${more}\ngroup g(source src, target tgt) { src.c as c -> tgt.r = ${transform}; }`;
    const map = compileMap({ name: 'm', maps: [{ file: 'm.map', text }] });
    expect(runMap(map, { c }, settings).target.r).toEqual(expected);
  });

  it('translates within expressions, and starts rules from constants', () => {
    const text = `map "http://example.org/m" = m
conceptmap "#items" { prefix s = "" prefix t = "" s:"12" == t:weight s:"99" == t:weight s:"13" == t:height }
let weights = item.where(linkId.translated('#items') = 'weight');
let first = item.first().answer;
group g(source src, target tgt) {
  weights.answer as a -> tgt.weight = a;
  first as a -> tgt.first = a;
}`;
    const map = compileMap({ name: 'm', maps: [{ file: 'm.map', text }] });
    const source = {
      item: [
        { linkId: '13', answer: 180 },
        { linkId: '12', answer: 70 },
        { linkId: '99', answer: 71 },
        { linkId: '7', answer: 1 },
      ],
    };
    const { target, trace } = runMap(map, source, { ...settings, trace: true });
    expect(target).toEqual({ weight: [70, 71], first: 180 });
    expect(JSON.stringify(trace)).toContain('item[2].answer');
    expect(() =>
      compileMap({ name: 'm', maps: [{ file: 'm.map', text: text.replace("d('#items')", "d('#none')") }] }),
    ).toThrow('unknown concept map #none');
  });

  it('evaluates a constant once in a run, however often it is used', () => {
    const lines: string[] = [];
    const text = `map "http://example.org/m" = m
let all = item.trace('read').code;
let some = all.where($this != 'x');
group g(source src, target tgt) {
  src -> tgt.a = (all.first()), tgt.b = (some.first()), tgt.c = (some.last());
}`;
    const map = compileMap({ name: 'm', maps: [{ file: 'm.map', text }] });
    const source = { item: [{ code: 'x' }, { code: 'y' }] };
    const log = (line: string) => lines.push(line);
    const { target, coverage } = runMap(map, source, { ...settings, coverage: true, log });
    expect(target).toEqual({ a: 'x', b: 'y', c: 'y' });
    expect(coverage?.totals.mapped).toBe(2);
    expect(lines).toHaveLength(1);
  });

  it('count the items of the innermost source', () => {
    const rules =
      "src.a as a -> ($index) as i then { a.b as b -> tgt.r = append(i, '.', $index); a -> tgt.n = ($index); };";
    expect(plain(rules, { a: [{ b: ['x', 'y'] }, { b: ['z'] }] })).toEqual({
      r: ['0.0', '0.1', '1.0'],
      n: [0, 0],
    });
  });
});
