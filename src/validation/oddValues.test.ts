// Whatever stands where something else belongs: does a check end with findings, and never with an error of its own?
import { describe, expect, test } from 'vitest';
import '../fhir/decimals.ts';
import type { FhirResource, FhirVersion } from '../model.ts';
import { baseRegistry } from './fixtures.ts';
import { createValidator } from './validator.ts';

const quantity = { value: JSON.rawJSON('7.50'), unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' };
const patient = {
  resourceType: 'Patient',
  id: 'p',
  identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '999911120' }],
  birthDate: '1950-02-01',
};
const observation = {
  resourceType: 'Observation',
  id: 'o',
  status: 'final',
  category: [{ coding: [{ system: 'http://snomed.info/sct', code: '1' }] }],
  code: { coding: [{ system: 'http://loinc.org', code: '8302-2' }], text: 'length' },
  subject: { reference: 'Patient/p', type: 'Patient' },
  valueQuantity: quantity,
  referenceRange: [{ low: quantity, text: 'usual' }],
  extension: [{ url: 'http://example.org/more', valueString: 'x' }],
};
const form = {
  resourceType: 'Questionnaire',
  id: 'q',
  url: 'http://example.org/form',
  status: 'active',
  item: [
    { linkId: 'a', type: 'boolean' },
    { linkId: 'b', type: 'string', enableWhen: [{ question: 'a', operator: '=', answerBoolean: true }] },
  ],
};
const filled = {
  resourceType: 'QuestionnaireResponse',
  id: 'r',
  questionnaire: 'http://example.org/form',
  status: 'completed',
  item: [
    { linkId: 'a', answer: [{ valueBoolean: true }] },
    { linkId: 'b', answer: [{ valueString: 'x' }] },
  ],
};
const parameters = {
  resourceType: 'Parameters',
  parameter: [
    { name: 'one', resource: patient },
    { name: 'other', resource: observation },
  ],
};
const resources = [patient, observation, form, filled, parameters];
const entryOf = (resource: { resourceType: string; id?: string }) => ({
  fullUrl: `http://example.org/${resource.resourceType}/${resource.id}`,
  resource,
  request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
});
const bundle = { resourceType: 'Bundle', id: 'b', type: 'transaction', entry: resources.map(entryOf) };
const found = {
  ...bundle,
  type: 'searchset',
  link: [{ relation: 'self', url: 'http://example.org/Observation?code=x' }],
  entry: bundle.entry.map(({ fullUrl, resource }) => ({ fullUrl, resource, search: { mode: 'match' } })),
};

const odd: readonly unknown[] = [
  JSON.rawJSON('1.10'),
  7,
  null,
  { toString: 1, valueOf: 1 },
  { rawJSON: { toString: 1 } },
  [null],
];

const validator = createValidator({ registry: baseRegistry() });

/** Every copy of a tree that has `value` at one place of it. */
function* withValue(tree: unknown, value: unknown): Generator<unknown> {
  if (typeof tree !== 'object' || tree === null || JSON.isRawJSON(tree)) return;
  for (const [key, child] of Object.entries(tree)) {
    const put = (one: unknown) =>
      Array.isArray(tree) ? tree.with(Number(key), one) : { ...tree, [key]: one };
    yield put(value);
    for (const changed of withValue(child, value)) yield put(changed);
  }
}

describe.each<FhirVersion>(['r4', 'stu3'])('a value out of place, in %s', (version) => {
  test.each(odd.map((value) => [JSON.stringify(value), value]))('%s', (_, value) => {
    for (const whole of [bundle, found]) {
      for (const changed of withValue(whole, value)) {
        for (const shapeChecked of version === 'r4' ? [true, false] : [false])
          expect(validator.validate(changed as FhirResource, { version, shapeChecked })).toBeInstanceOf(
            Array,
          );
      }
    }
  });
});
