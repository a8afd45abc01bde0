import { expect, it } from 'vitest';
import { resourceTypeOf, resourceTypes, typeOf } from './definitions.ts';

it('knows no type by the name of something every object has', () => {
  for (const name of ['toString', '__proto__', 'constructor', '', 'Patient.foo']) {
    expect(typeOf('stu3', name)).toBeUndefined();
    expect(resourceTypeOf('r4', name)).toBeUndefined();
  }
});

it('knows the resource types of each version', () => {
  expect(resourceTypes('stu3')).toContain('ProcedureRequest');
  expect(resourceTypes('stu3')).not.toContain('ServiceRequest');
  expect(resourceTypes('r4')).toContain('ServiceRequest');
  expect(resourceTypes('r4')).not.toContain('DomainResource');
});

it('gives elements in the order of the specification, inherited ones first', () => {
  const names = typeOf('stu3', 'Patient')?.elements.map((element) => element.name);
  expect(names?.slice(0, 9)).toEqual(
    'id meta implicitRules language text contained extension modifierExtension identifier'.split(' '),
  );
  expect(typeOf('stu3', 'Foo')).toBeUndefined();
});

it('gives a choice one property per type, with its code list where that is closed', () => {
  const patient = typeOf('r4', 'Patient');
  expect(patient?.properties.get('deceasedDateTime')).toMatchObject({
    path: 'deceased.ofType(dateTime)',
    type: 'dateTime',
    kind: 'primitive',
    list: false,
  });
  expect(patient?.properties.get('gender')?.element.codes).toEqual(
    new Set(['male', 'female', 'other', 'unknown']),
  );
  expect(patient?.keys.get('_deceasedDateTime')).toBe(patient?.properties.get('deceasedDateTime'));
});

it('follows a content reference to the element it repeats', () => {
  expect(typeOf('stu3', 'Composition.section')?.properties.get('section')?.type).toBe('Composition.section');
  expect(typeOf('stu3', 'Observation.component')?.properties.get('referenceRange')?.type).toBe(
    'Observation.referenceRange',
  );
});

it('has a definition for every type that an element names', () => {
  for (const version of ['stu3', 'r4'] as const) {
    for (const resource of resourceTypes(version)) {
      for (const { type } of typeOf(version, resource)?.properties.values() ?? []) {
        expect([resource, type, typeOf(version, type) !== undefined]).toEqual([resource, type, true]);
      }
    }
  }
});

it('keeps R4 free of what a server maker added to it', () => {
  expect(typeOf('r4', 'Meta')?.elements.map((element) => element.name)).not.toContain('compartment');
  expect(typeOf('r4', 'Binary')?.elements.map((element) => element.name)).not.toContain('url');
});
