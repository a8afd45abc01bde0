import { describe, expect, it } from 'vitest';
import { modelOf } from '../model.ts';
import { isNarrative } from '../narrative.ts';
import { compareQuantities } from '../ucum.ts';
import { compileExpression, evaluate, type Surroundings } from './compile.ts';
import { resourceItem } from './items.ts';
import { compareMoments } from './moments.ts';

const patient = {
  resourceType: 'Patient',
  id: 'p',
  active: true,
  name: [{ family: 'Bos', given: ['An', 'Bo'] }, { given: ['Cor'] }],
  _birthDate: { extension: [{ url: 'http://x', valueCode: 'asked' }] },
  deceasedBoolean: false,
  contact: [{ name: { family: 'Vos' } }],
  extension: [
    { url: 'http://e', valueQuantity: { value: 5, system: 'http://unitsofmeasure.org', code: 'g' } },
  ],
};

function values(expression: string, on: unknown = patient): unknown[] {
  const item = resourceItem(on);
  const around: Surroundings = {
    model: modelOf('r4'),
    resource: item,
    rootResource: item,
    context: item,
    resolve: () => undefined,
    memberOf: () => undefined,
    conformsTo: () => undefined,
    htmlChecks: isNarrative,
    compareQuantities,
  };
  return evaluate(compileExpression(expression), item, around).map((one) => one.value);
}

describe('an expression is refused', () => {
  it.each(['name.', 'name[', "'open", 'name.nonsense()', '%nothing', 'a b', "x.intersect({'1','2'})"])(
    '%s',
    (text) => {
      expect(() => compileExpression(text)).toThrow(SyntaxError);
    },
  );
});

describe('an expression answers', () => {
  it.each([
    ['%vs-administrative-gender', ['http://hl7.org/fhir/ValueSet/administrative-gender']],
    ['@2020-01-31 + 1 month', ['2020-02-29']],
    ['@2020-01-01T10:00:00Z - 1 day', ['2019-12-31T10:00:00Z']],
    ['@2030-01-01 <= @2020-01-01 + 1 year', [false]],
    ['@9999-12-31 + 1 day', []],
    ['today() > today() - 1 day', [true]],
    ['1.8 - 1.2 = 0.6', [true]],
    ['2.2 mod 1.8', [0.4]],
    ["extension.value.ofType(Quantity) = 5 'g'", [true]],
    ["extension.value.ofType(Quantity) = 5000 'mg'", [true]],
    ["extension.value.ofType(Quantity) != 6 'g'", [true]],
    ['7 days = 1 week', [true]],
    ["'123'.replace({}, 'X')", []],
    ["'123'.replace('2', {})", []],
    ["'123'.replaceMatches({}, 'X')", []],
    ["'a'.replace('a', '$&$&')", ['$&$&']],
    ["%'ext-x-y' & '1'", ['http://hl7.org/fhir/StructureDefinition/x-y1']],
    ['(1.0 is decimal) and (1 is integer) and (-1.5 = 0 - 1.5)', [true]],
    ['(@2024-01-01 is date) and (@2024-01-01T10:00 is dateTime) and (@T10:00 is time)', [true]],
    ['{}', []],
    ['name.given', ['An', 'Bo', 'Cor']],
    ['Patient.name.first().family', ['Bos']],
    ["name.where(family = 'Bos').given.count()", [2]],
    ['name.given[1]', ['Bo']],
    ['deceased', [false]],
    ['deceased is boolean', [true]],
    ['extension.value.ofType(Quantity).value', [5]],
    ['(extension.value as Quantity).value > 4', [true]],
    ["extension.value.ofType(Quantity) < 1 'kg'", [true]],
    ['birthDate.exists()', [true]],
    ['birthDate.hasValue()', [false]],
    ["birthDate.extension('http://x').value", ['asked']],
    ['birthDate.hasValue().not() and active', [true]],
    ['{}', []],
    ['gender.empty()', [true]],
    ["gender = 'male'", []],
    ["gender = 'male' or true", [true]],
    ['nothing and false', [false]],
    ['false implies nothing', [true]],
    ['1 + 2 * 3', [7]],
    ["'a' & 'b' + 'c'", ['abc']],
    ['name.given.isDistinct()', [true]],
    ["('a' | 'b' | 'a').count()", [2]],
    ["'a' in ('a' | 'b')", [true]],
    ["name.select(given.first()) contains 'Cor'", [true]],
    ["iif(active, 'yes', 'no')", ['yes']],
    ["'8310-5'.matches('^[0-9-]+$')", [true]],
    ["'abc'.substring(1, 1)", ['b']],
    ["'12'.toInteger() div 5", [2]],
    ['name.all(given.exists())', [true]],
    ['descendants().where($this = %resource.id).count()', [1]],
    ['contact.name.family', ['Vos']],
    ['name.given.aggregate($total + 1, 0)', [3]],
    ["'http://unitsofmeasure.org' = %ucum", [true]],
    ['@2024-01-15 > @2023', [true]],
    ['@2024-01-15 = @2024-01', []],
  ])('%s', (expression, expected) => {
    expect(values(expression)).toEqual(expected);
  });
});

describe('dates of different precision', () => {
  it('are not ordered when the shorter does not decide it', () => {
    expect(compareMoments('2024-05', '2024-05-03')).toBeUndefined();
    expect(compareMoments('2024-04', '2024-05-03')).toBeLessThan(0);
  });
  it('are compared as instants when both have a zone', () => {
    expect(compareMoments('2024-05-03T12:00:00+02:00', '2024-05-03T10:00:00Z')).toBe(0);
  });
});
