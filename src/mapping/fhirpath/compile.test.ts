import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../fhir/fhirpath/parse.ts';
import { compileExpression } from './compile.ts';
import type { Frame, Run } from './frame.ts';
import { none, plain } from './values.ts';

const runOf = (source: unknown): Run => ({
  steps: 0,
  depth: 0,
  maxSteps: 100_000,
  maxDepth: 100,
  deadline: Number.POSITIVE_INFINITY,
  at: new Date('2026-01-15T12:34:56.789Z'),
  seed: 's',
  uuids: 0,
  source,
  reading: undefined,
  recorder: undefined,
  shares: undefined,
  index: 0,
  total: none,
  byId: undefined,
  byReference: undefined,
  log: () => undefined,
});

const evaluate = (text: string, source: unknown = {}): unknown[] => {
  const faults: string[] = [];
  const expression = compileExpression(parseExpression(text), {
    variable: () => undefined,
    tables: () => [],
    fault: (fault) => faults.push(fault),
    focused: true,
  });
  if (faults.length > 0) throw new Error(faults.join());
  const frame: Frame = { run: runOf(source), slots: [], places: undefined };
  return expression(frame, [source]).map(plain);
};

const patient = {
  resourceType: 'Patient',
  id: 'p',
  active: true,
  name: [
    { use: 'official', family: 'Jansen', given: ['Jan', 'Piet'] },
    { use: 'usual', given: ['Jan'] },
  ],
  birthDate: '1970-05-06',
  _birthDate: { extension: [{ url: 'u', valueCode: 'c' }] },
  deceasedDateTime: '2020-01-01T10:00:00+01:00',
  contained: [{ resourceType: 'Organization', id: 'o', name: 'Org' }],
  managingOrganization: { reference: '#o' },
  multipleBirthInteger: 2,
};

describe('FHIRPath', () => {
  it.each([
    ['Patient.name.given', ['Jan', 'Piet', 'Jan']],
    ["name.where(use = 'official').given[1]", ['Piet']],
    ['@0001-01-01 + 1 day', ['0001-01-02']],
    ['@0099-12-31 + 1 day', ['0100-01-01']],
    ['@0001-01-01T00:00:00Z < @1900-01-01T00:00:00Z', [true]],
    ['@9999-12-31 + 1 day', []],
    ['@0001-01-01 - 1 day', []],
    ['@2020-01-31 + 1.9 days', ['2020-02-01']],
    ["@2020-01-31T10:00:00.000Z + 10 'ms'", ['2020-01-31T10:00:00.010Z']],
    ['4 days > 3 day', [true]],
    ['1 year = 1 years', [true]],
    ["'4 days'.toQuantity() = 4 day", [true]],
    ['@2020-01-31.is(Date)', [true]],
    ['@2020-01-31T10:30:00.5.toString()', ['2020-01-31T10:30:00.5']],
    ['@T10:30.toString()', ['T10:30']],
    ['@2020-01-01T10:00:00Z ~ @2020-01-01T11:00:00+01:00', [true]],
    ['@2020-01-01T10:00:00Z ~ @2020-01-01T12:00:00+01:00', [false]],
    ['10.power(400)', []],
    ["'2147483647'.toInteger()", [2147483647]],
    ["'9007199254740993'.toInteger()", []],
    ["'x'.encode('constructor')", []],
    ['name.given.distinct().count()', [2]],
    ['name.first().family.exists() and name.last().family.empty()', [true]],
    ["name.exists(use = 'nick')", [false]],
    ["name.all(given.contains('J'))", [false]],
    ["name.all(given.first().startsWith('J'))", [true]],
    ["name.select(given.join(' '))", ['Jan Piet', 'Jan']],
    ['name.given | name.given', ['Jan', 'Piet']],
    ['name.given.skip(1).take(1)', ['Piet']],
    ['name.given.tail().last()', ['Jan']],
    ["name.given.exclude('Jan')", ['Piet']],
    ["name.given.intersect('Jan')", ['Jan']],
    ['name.repeat(given)', ['Jan', 'Piet']],
    ['descendants().where($this = 2)', [2]],
    ['deceased', ['2020-01-01T10:00:00+01:00']],
    ['deceased is dateTime', [true]],
    ['deceased.ofType(boolean)', []],
    ['multipleBirth as integer', [2]],
    ['deceased > @2019', [true]],
    ['birthDate.extension.value', ['c']],
    ["birthDate.extension('u').value is code", [true]],
    ['birthDate + 1 year', ['1971-05-06']],
    ['@2020-03-31 - 1 month', ['2020-02-29']],
    ['birthDate < today()', [true]],
    ['@2020-01 = @2020-01-01', []],
    ['@2020-01 != @2020-01-01', []],
    ['@2020-01 = @2021-01-01', [false]],
    ['@2020-01-01T10:00 = @2020-01-01T10:00:30', []],
    ['@2020-01-01T10:00Z < @2020-01-01T10:00:30Z', []],
    ['@2020-01-01T10:00Z < @2020-01-01T12:01:00+01:00', [true]],
    ['(@2020-01-01T10:00 | @2020-01-01T10:00:30).count()', [2]],
    ["(1 'mg') is Quantity", [true]],
    ["'2020-02-30'.convertsToDate()", [false]],
    ["'2020-02-29'.convertsToDate()", [true]],
    ["'2020-13'.convertsToDateTime()", [false]],
    ["'2020-01-01T25:00:00Z'.convertsToDateTime()", [false]],
    ["'2020-01-01T10:30:00Z'.toDate()", ['2020-01-01']],
    ["'25:00'.convertsToTime()", [false]],
    ["'14:30'.toTime()", ['14:30']],
    ["'abc'.replace('b', {})", []],
    ["'abc'.replaceMatches('b', {})", []],
    ['%`ext-birthPlace`', ['http://hl7.org/fhir/StructureDefinition/birthPlace']],
    ['%`vs-days`', ['http://hl7.org/fhir/ValueSet/days']],
    ["4 'g' = 4000 'mg'", []],
    ["4 'g' = 4 'g'", [true]],
    ['@2020-01-01T10:00:00+01:00 = @2020-01-01T09:00:00Z', [true]],
    ['managingOrganization.resolve().name', ['Org']],
    ["iif(active, 'ja', 'nee')", ['ja']],
    ['active.not()', [false]],
    ["'abc'.substring(1, 1) & {} & 'x'", ['bx']],
    ["'a,b'.split(',')", ['a', 'b']],
    ["'abc'.matches('^a.c$')", [true]],
    ["'abc'.replaceMatches('[bc]', 'x')", ['axx']],
    ["'ab'.replace('b', '$&')", ['a$&']],
    ["'abc'.indexOf('c') + 1", [3]],
    ["'x'.encode('base64').decode('base64')", ['x']],
    ["' a '.trim().upper().length()", [1]],
    ["'12'.toInteger() + 0.5", [12.5]],
    ['0.1 + 0.2 = 0.3', [true]],
    ['7 div 2 + 7 mod 2', [4]],
    ['1 / 0', []],
    ['-3.abs()', [-3]],
    ['(-3).abs()', [3]],
    ['2.5.round()', [3]],
    ['(1 | 2 | 3).aggregate($this + $total, 0)', [6]],
    ['(1 | 2 | 3).sum()', [6]],
    ["4 'mg' + 2 'mg' = 6 'mg'", [true]],
    ["'Jan' in name.given", [true]],
    ["name.given contains 'Piet'", [true]],
    ["'A b' ~ 'a  B'", [true]],
    ['{} and false', [false]],
    ['{} or true', [true]],
    ['false implies {}', [true]],
    ['true xor false', [true]],
    ['{} = 1', []],
    ["conformsTo('http://hl7.org/fhir/StructureDefinition/Patient')", [true]],
    ['name.given.where($index = 1)', ['Piet']],
    ['now()', ['2026-01-15T12:34:56.789Z']],
    ['%sct', ['http://snomed.info/sct']],
    ["'yes'.toBoolean()", [true]],
    ["'x'.convertsToInteger()", [false]],
    ['`name`.given.first()', ['Jan']],
    ['toString', []],
    ['hasOwnProperty', []],
  ])('%s', (text, expected) => {
    expect(evaluate(text, patient)).toEqual(expected);
  });

  it.each([
    ['1 +'],
    ['(1'],
    ['a..b'],
    ["'open"],
    ['a b'],
    ['where()'],
    ['nope()'],
    ['%nope'],
    ['a.__proto__'],
  ])('refuses %s', (text) => {
    expect(() => evaluate(text)).toThrow();
  });

  it('takes time in step with its input', () => {
    const deep = { a: Array.from({ length: 1000 }, () => ({ b: 1 })) };
    expect(() => evaluate('a.select(%context.descendants()).count()', deep)).not.toThrow();
    expect(() => evaluate('a.select(%source.descendants()).count()', deep)).toThrow('more steps');
  });
});
