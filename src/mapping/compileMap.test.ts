import { describe, expect, it } from 'vitest';
import { GatewayError } from '../errors.ts';
import { compileMap } from './compileMap.ts';

const head = `map "http://example.org/m" = m
uses "http://example.org/Any" alias Any as source
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as target
`;

const compile = (text: string, others: { file: string; text: string }[] = []) =>
  compileMap({ name: 'm', maps: [{ file: 'm.map', text: head + text }, ...others] });

const faultsOf = (text: string, others: { file: string; text: string }[] = []): string[] => {
  try {
    compile(text, others);
  } catch (error) {
    if (error instanceof GatewayError) return error.issues.map((issue) => issue.text.en);
    throw error;
  }
  return [];
};

const group = (rules: string): string => `group g(source src : Any, target tgt : Patient) { ${rules} }`;

describe('a map that cannot compile', () => {
  it('is refused with all its faults at once, each with line and column', () => {
    const faults = faultsOf(`imports "http://example.org/none"
group g(source src : Any, target tgt : Patient) {
  src.a as a -> tgt.nme = a "wrong element";
  src.b as b -> tgt.gender = c;
  src.c as c then other(c);
  src.d as d then g(d);
  src -> tgt.gender = shout('x');
}
group g(source src, target tgt) { src -> tgt.x = 1; }`);
    expect(faults).toHaveLength(7);
    expect(faults[0]).toBe('m.map:4:1: no map with the address http://example.org/none to import');
    expect(faults[1]).toContain('m.map:6:17: rule "wrong element": Patient (r4) has no element nme');
    expect(faults[2]).toContain('m.map:7:30: unknown variable c');
    expect(faults[3]).toContain('m.map:8:19: unknown group other');
    expect(faults[4]).toContain('m.map:9:19: group g takes 2 parameters, not 1');
    expect(faults[5]).toContain('m.map:10:23: unknown transform shout');
    expect(faults[6]).toContain('m.map:12:1: group g is already defined in line 5');
  });

  it.each([
    ['a word that is no rule', group('src -> ;'), 'expected an expression'],
    ['an unfinished group', 'group g(source src, target tgt) {', 'the end of the text'],
    ['a character that nothing starts with', '\u0001', 'unexpected character'],
    ['an unknown function', group('src where foo() -> tgt.active = true;'), 'unknown function foo()'],
    [
      'an unknown concept map',
      group("src.a as a -> tgt.gender = translate(a, '#x', 'code');"),
      'unknown concept map #x',
    ],
    [
      'a form that translate cannot give',
      `conceptmap "#x" { }\n${group("src.a as a -> tgt.gender = translate(a, '#x', 'Patient');")}`,
      'cannot give',
    ],
    ['an unknown prefix', 'conceptmap "#x" { prefix a = "u" b:x == a:y }', 'unknown prefix ‘b’'],
    ['a choice that is not made', group('src -> tgt.deceased as d;'), "use create('…')"],
    [
      'a type that an element does not take',
      group("src -> tgt.name = create('Address');"),
      'name takes a HumanName, not a Address',
    ],
    [
      'a data type where a primitive belongs',
      group("src -> tgt.gender = cc('x');"),
      'gender takes code, not a CodeableConcept',
    ],
    [
      'a type that cannot be created',
      group("src -> tgt.contained = create('Patiënt');"),
      'unknown type Patiënt',
    ],
    ['a type that nobody can be', group('src.a : Strng as a -> tgt.gender = a;'), 'unknown type Strng'],
    ['a cast to no primitive', group("src.a as a -> tgt.gender = cast(a, 'strng');"), 'there is no strng'],
    [
      'a structure that FHIR does not have',
      `uses "http://hl7.org/fhir/StructureDefinition/Patientt" alias P as target\n${group('')}`,
      'unknown type http://hl7.org/fhir/StructureDefinition/Patientt',
    ],
    [
      'two concept maps with one name',
      `conceptmap "#x" { } conceptmap "#x" { }\n${group('')}`,
      'concept map x is already defined in line 4',
    ],
    ['an operator that is none', group('src -> tgt.gender = (src.a constructor src.b);'), 'expected ‘)’'],
    ['an abstract type', group("src -> tgt.contained = create('Resource') as r;"), 'abstract'],
    ['a path through a list', group("src -> tgt.name.family = 'x';"), 'repeats'],
    ['a source that is written', group("src -> src.x = 'x';"), 'is a source and cannot be written to'],
    ['a forbidden name', group('src.constructor as c -> tgt.active = true;'), 'cannot be followed'],
    [
      'a forbidden name in an expression',
      group('src where `__proto__`.exists() -> tgt.active = true;'),
      'cannot be followed',
    ],
    [
      'a group that extends itself',
      'group g(source src, target tgt) extends g { src.a as a -> tgt.b = a; }',
      'extends itself',
    ],
    [
      'a group that extends nothing',
      'group g(source src, target tgt) extends h { src.a as a -> tgt.b = a; }',
      'is not defined',
    ],
    [
      'a value for a target',
      `group g(source src : Any, target tgt : Patient) { src.a as a then h(a, a); }\ngroup h(source s, target t) { s -> t.x = 1; }`,
      'must be a target',
    ],
    [
      'a mistyped type',
      'group g(source src : Any, target tgt : Pateint) { src.a as a -> tgt.b = a; }',
      'unknown type Pateint',
    ],
    [
      'a wrong directive',
      '//! leave out x\ngroup g(source s, target t) { s.a as a -> t.b = a; }',
      'directive',
    ],
  ])('says so: %s', (_, text, expected) => {
    expect(faultsOf(text).join('\n')).toContain(expected);
  });

  it('is refused when a variable of another rule is used', () => {
    expect(faultsOf(group('src.a as a -> tgt.id = a; src.b as b -> tgt.gender = a;')).join()).toContain(
      'unknown variable a',
    );
  });

  it('is refused when two imported maps define the group that it calls', () => {
    const other = (name: string) => ({
      file: `${name}.map`,
      text: `map "http://example.org/lib/${name}" = ${name}\ngroup shared(source s, target t) { s.a as a -> t.id = a; }`,
    });
    const text = `imports "http://example.org/lib/*"\n${group('src then shared(src, tgt);')}`;
    expect(faultsOf(text, [other('one'), other('two')]).join()).toContain('more than one imported map');
    expect(faultsOf(text, [other('one')])).toEqual([]);
  });

  it('is refused when an object of STU3 would lose elements in R4 without a group', () => {
    const text = `map "http://example.org/d" = d
uses "http://hl7.org/fhir/3.0/StructureDefinition/MedicationStatement" alias Old as source
uses "http://hl7.org/fhir/4.0/StructureDefinition/MedicationStatement" alias New as target
group g(source src : Old, target tgt : New) { src.dosage -> tgt.dosage; src.note -> tgt.note; }`;
    expect(() => compileMap({ name: 'd', maps: [{ file: 'd.map', text }] })).toThrow(
      /no default group for Dosage, and r4 cannot hold its Dosage.dose, Dosage.rate/,
    );
  });

  it('is refused when it is nested without end', () => {
    expect(faultsOf(group(`src where ${'('.repeat(50_000)}1`)).join()).toContain('nested too deeply');
  });
});

describe('a map', () => {
  it('takes the R5 head and comments everywhere', () => {
    const text = `/// url = "http://example.org/five"
/// name = "five"
/* block */ uses "http://example.org/Any" as source // one
group g(source src, target tgt) { // two
  /* three */ src.a -> tgt.b; }`;
    expect(compileMap({ name: 'five', maps: [{ file: 'five.map', text }] }).url).toBe(
      'http://example.org/five',
    );
  });
});
