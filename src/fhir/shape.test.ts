import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FhirResource, FhirVersion } from '../model.ts';
import { parseJson, printJson } from './json.ts';
import { canonical, canonicalRewritten, checkShape } from './shape.ts';

const read = (text: string): FhirResource => parseJson(Buffer.from(text)) as FhirResource;
const found = (resource: unknown, version: FhirVersion = 'stu3', root?: string): string[] =>
  checkShape(resource as FhirResource, version, root).map(
    (i) => `${i.rule?.replace('shape-', '')} ${i.expression?.[0]}`,
  );
const patient = (rest: Record<string, unknown>): Record<string, unknown> => ({
  resourceType: 'Patient',
  ...rest,
});
const observation = (rest: string): FhirResource =>
  read(`{"resourceType":"Observation","status":"final","code":{"text":"x"},${rest}}`);

describe('checkShape refuses', () => {
  it.each([
    ['an unknown type', { resourceType: 'Foo' }, 'resource-type Resource'],
    ['a type without name', {}, 'resource-type Resource'],
    ['a data type as a resource', { resourceType: 'HumanName' }, 'resource-type Resource'],
    ['a backbone as a resource', { resourceType: 'Patient.contact' }, 'resource-type Resource'],
    ['an abstract type', { resourceType: 'DomainResource' }, 'resource-type Resource'],
    ['a name of Object', { resourceType: 'toString' }, 'resource-type Resource'],
    ['no object', [], 'not-object Resource'],
    ['an unknown element', patient({ foo: 1 }), 'unknown-element Patient.foo'],
    ['the wrong case', patient({ Gender: 'male' }), 'unknown-element Patient.Gender'],
    [
      'an element of R4',
      {
        resourceType: 'Procedure',
        status: 'completed',
        subject: { type: 'Patient', reference: 'Patient/1' },
      },
      'unknown-element Procedure.subject.type',
    ],
    ['an inherited name', patient({ constructor: { prototype: {} } }), 'unknown-element Patient.constructor'],
    [
      'resourceType in a data type',
      patient({ name: [{ resourceType: 'HumanName', text: 'a' }] }),
      'unknown-element Patient.name[0].resourceType',
    ],
    ['a single where an array belongs', patient({ name: { text: 'a' } }), 'not-list Patient.name'],
    ['an array where a single belongs', patient({ gender: ['male'] }), 'not-single Patient.gender'],
    [
      'an array for an object',
      patient({ maritalStatus: [{ text: 'a' }] }),
      'not-single Patient.maritalStatus',
    ],
    ['text for an object', patient({ name: ['a'] }), 'not-object Patient.name[0]'],
    ['text for a boolean', patient({ active: 'true' }), 'json-type Patient.active'],
    ['an object for a text', patient({ gender: {} }), 'json-type Patient.gender'],
    ['null', patient({ gender: null }), 'null Patient.gender'],
    ['null in an array', patient({ name: [null] }), 'null Patient.name[0]'],
    [
      'null in a text array without its pair',
      patient({ name: [{ given: ['a', null] }] }),
      'null Patient.name[0].given[1]',
    ],
    [
      'arrays of unequal length',
      patient({ name: [{ given: ['a', 'b'], _given: [null] }] }),
      'pairing Patient.name[0].given',
    ],
    ['an empty object', patient({ contact: [{}] }), 'empty-object Patient.contact[0]'],
    ['an empty array', patient({ name: [] }), 'empty-list Patient.name'],
    [
      'an id without value or extension',
      patient({ _birthDate: { id: 'x' } }),
      'empty-object Patient.birthDate',
    ],
    [
      'an unknown element beside a value',
      patient({ birthDate: '2024', _birthDate: { foo: 1 } }),
      'unknown-element Patient.birthDate.foo',
    ],
    [
      'an unknown element beside a value in a list',
      patient({ name: [{ given: ['a'], _given: [{ foo: 1 }] }] }),
      'unknown-element Patient.name[0].given[0].foo',
    ],
    ['an underscore before an object', patient({ _name: [{ id: 'x' }] }), 'unknown-element Patient._name'],
    [
      'two values for a choice',
      patient({ deceasedBoolean: true, deceasedDateTime: '2024' }),
      'choice Patient.deceased',
    ],
    ['a missing element', { resourceType: 'Task', intent: 'order' }, 'minimum Task.status'],
    [
      'a status that only has extensions',
      { resourceType: 'Task', intent: 'order', _status: { extension: [{ url: 'u', valueCode: 'unknown' }] } },
      'minimum Task.status',
    ],
    [
      'a value and extensions in one extension',
      patient({ extension: [{ url: 'u', valueCode: 'a', extension: [{ url: 'v', valueCode: 'b' }] }] }),
      'extension Patient.extension[0]',
    ],
    ['an extension with nothing', patient({ extension: [{ url: 'u' }] }), 'extension Patient.extension[0]'],
    ['a day that does not exist', patient({ birthDate: '2024-02-30' }), 'date Patient.birthDate'],
    ['a time in a date', patient({ birthDate: '2024-02-01T00:00:00Z' }), 'date Patient.birthDate'],
    [
      'a time without a zone',
      patient({ deceasedDateTime: '2024-02-01T00:00:00' }),
      'date Patient.deceased.ofType(dateTime)',
    ],
    [
      'an instant without a time',
      patient({ meta: { lastUpdated: '2024-02-01' } }),
      'date Patient.meta.lastUpdated',
    ],
    ['an id with a space', patient({ id: 'a b' }), 'format Patient.id'],
    ['a code with two spaces', patient({ language: 'nl  NL' }), 'format Patient.language'],
    ['an address with a space', patient({ implicitRules: 'http://a b' }), 'format Patient.implicitRules'],
    ['an empty text', patient({ name: [{ text: '' }] }), 'empty Patient.name[0].text'],
    ['only white space', patient({ name: [{ text: ' \n' }] }), 'empty Patient.name[0].text'],
    [
      'more than a megabyte of text',
      patient({ name: [{ text: 'x'.repeat(1_048_577) }] }),
      'too-long Patient.name[0].text',
    ],
    ['half a surrogate pair', patient({ name: [{ text: 'a\ud800' }] }), 'characters Patient.name[0].text'],
    ['a control character', patient({ name: [{ text: 'a\u0007' }] }), 'characters Patient.name[0].text'],
    [
      'an integer with a fraction',
      patient({ multipleBirthInteger: 1.5 }),
      'format Patient.multipleBirth.ofType(integer)',
    ],
    [
      'an integer beyond 32 bits',
      patient({ multipleBirthInteger: 2 ** 31 }),
      'range Patient.multipleBirth.ofType(integer)',
    ],
    ['zero for a positive number', patient({ telecom: [{ rank: 0 }] }), 'range Patient.telecom[0].rank'],
    ['base64 of the URL alphabet', patient({ photo: [{ data: 'ab-_' }] }), 'base64 Patient.photo[0].data'],
    ['base64 with wrong padding', patient({ photo: [{ data: 'QUJD=' }] }), 'base64 Patient.photo[0].data'],
    [
      'base64 with space inside a group',
      patient({ photo: [{ data: 'QU JD' }] }),
      'base64 Patient.photo[0].data',
    ],
    [
      'a Binary without its padding',
      { resourceType: 'Binary', contentType: 'a/b', content: 'QQ' },
      'base64 Binary.content',
    ],
    [
      'a reference to a script',
      patient({ managingOrganization: { reference: 'javascript:x' } }),
      'reference Patient.managingOrganization.reference',
    ],
    [
      'a reference with a space',
      patient({ managingOrganization: { reference: 'Organization/a b' } }),
      'reference Patient.managingOrganization.reference',
    ],
    [
      'narrative without its namespace',
      patient({ text: { status: 'generated', div: '<div>a</div>' } }),
      'narrative Patient.text.div',
    ],
    [
      'narrative that is not well-formed',
      patient({ text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml"><br></div>' } }),
      'narrative Patient.text.div',
    ],
  ])('%s, at its place', (_, resource, expected) => {
    expect(found(resource)).toContain(expected);
  });

  it('exponents in STU3, which R4 allows', () => {
    expect(found(observation('"valueQuantity":{"value":1e400}'))).toEqual([
      'format Observation.value.ofType(Quantity).value',
    ]);
    expect(found(observation('"valueQuantity":{"value":1e400}'), 'r4')).toEqual([]);
  });

  it('a whole number written with a fraction', () => {
    expect(found(read('{"resourceType":"Patient","multipleBirthInteger":1.0}'))).toEqual([
      'format Patient.multipleBirth.ofType(integer)',
    ]);
  });

  it('all faults of a message at once, from the root it is given', () => {
    const bundle = {
      resourceType: 'Bundle',
      type: 'document',
      entry: [{ resource: patient({ foo: 1 }) }, { resource: patient({ gender: null }) }],
    };
    expect(found(bundle)).toEqual([
      'unknown-element Bundle.entry[0].resource.foo',
      'null Bundle.entry[1].resource.gender',
    ]);
    expect(found(patient({ foo: 1 }), 'stu3', 'Bundle.entry[3].resource')).toEqual([
      'unknown-element Bundle.entry[3].resource.foo',
    ]);
  });

  it('names that could be content, without repeating them', () => {
    expect(found(patient({ 'Jan Jansen': 1, p999911612: 1 }))).toEqual([
      'unknown-element Patient',
      'unknown-element Patient',
    ]);
  });

  it('a thousand faults, each told', () => {
    const name = Array.from({ length: 1_000 }, () => ({ foo: 1 }));
    expect(found(patient({ name }))).toHaveLength(1_000);
  });
});

describe('checkShape takes', () => {
  it.each([
    ['a date with only a year', patient({ birthDate: '2001' })],
    [
      'a value with extensions beside it',
      patient({ gender: 'male', _gender: { extension: [{ url: 'u', valueCode: 'm' }] } }),
    ],
    [
      'an extension in place of an optional value',
      patient({ _birthDate: { extension: [{ url: 'u', valueCode: 'm' }] } }),
    ],
    [
      'nulls that pair with extensions',
      patient({
        name: [{ given: ['a', null], _given: [null, { extension: [{ url: 'u', valueCode: 'm' }] }] }],
      }),
    ],
    ['base64 broken into lines', patient({ photo: [{ data: 'QUJD\r\nQUI=' }] })],
    [
      'every form of reference',
      patient({
        generalPractitioner: [
          '#a',
          'Organization/1',
          'Organization/1/_history/2',
          'https://epd.example/fhir/Organization/1',
          'urn:uuid:0b4d3c2e-8e0b-4c86-8c1a-6cf1c1f4a8d1',
        ].map((reference) => ({ reference })),
      }),
    ],
  ])('%s', (_, resource) => expect(found(resource)).toEqual([]));

  it('decimals of any precision', () => {
    expect(found(observation('"valueQuantity":{"value":1.100000000000000000000000000000000001}'))).toEqual(
      [],
    );
  });

  it('with a warning: an unlisted code, a long id, unpadded base64', () => {
    const issues = checkShape(
      patient({ id: 'a'.repeat(66), gender: 'x', photo: [{ data: 'QUI' }] }) as FhirResource,
      'stu3',
    );
    expect(issues.map((issue) => `${issue.severity} ${issue.rule}`).sort()).toEqual([
      'warning shape-base64-padding',
      'warning shape-code',
      'warning shape-id-length',
    ]);
  });

  it('any tree without throwing', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom('Patient', 'Bundle', 'Composition'),
        (value, resourceType) => {
          const tree = {
            resourceType,
            name: value,
            entry: [{ resource: value }],
            section: [value],
            text: value,
          };
          expect(Array.isArray(found(tree))).toBe(true);
          expect(Array.isArray(found(value))).toBe(true);
        },
      ),
    );
  });
});

describe('canonical', () => {
  const ordered =
    '{"resourceType":"Patient","id":"a","name":[{"use":"usual","family":"b","_family":{"id":"q"}}],"managingOrganization":{"reference":"Organization/1"}}';

  it('puts elements in the order of the definition, whatever order they came in', () => {
    const shuffled =
      '{"managingOrganization":{"reference":"Organization/1"},"name":[{"_family":{"id":"q"},"family":"b","use":"usual"}],"id":"a","resourceType":"Patient"}';
    expect(printJson(canonical(read(shuffled), 'stu3'))).toBe(ordered);
    expect(printJson(canonical(read(ordered), 'stu3'))).toBe(ordered);
  });

  it('leaves out arrays of nulls and keeps decimals, array order and what it does not know', () => {
    const text =
      '{"resourceType":"Observation","x":{"b":1,"a":2},"valueQuantity":{"value":1.10},"category":[{"text":"b"},{"text":"a"}]}';
    expect(printJson(canonical(read(text), 'stu3'))).toBe(
      '{"resourceType":"Observation","category":[{"text":"b"},{"text":"a"}],"valueQuantity":{"value":1.10},"x":{"b":1,"a":2}}',
    );
    const nulls = '{"resourceType":"Patient","name":[{"given":["a"],"_given":[null]}]}';
    expect(printJson(canonical(read(nulls), 'stu3'))).toBe(
      '{"resourceType":"Patient","name":[{"given":["a"]}]}',
    );
  });

  it('rewrites references in the same walk and leaves the source as it was', () => {
    const source = read(ordered);
    const seen: string[] = [];
    const result = canonicalRewritten(source, 'stu3', (value, path) => {
      seen.push(`${path} ${value}`);
      return 'Organization/2';
    });
    expect(seen).toEqual(['Patient.managingOrganization Organization/1']);
    expect(printJson(result)).toBe(ordered.replace('Organization/1', 'Organization/2'));
    expect(printJson(source)).toBe(ordered);
  });
});
