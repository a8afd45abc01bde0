// Is each kind of fault found when it is the only one? A sound resource, one change, and the rule that sees it.
import { describe, expect, test } from 'vitest';
import { type Element, errorsOf, profileOf, type World } from './fixtures.ts';

type Tree = Record<string, unknown>;
type Case = [name: string, sound: object, change: (one: Tree) => unknown, found: string, world?: World];

const at = (index: number): string => `urn:uuid:00000000-0000-4000-8000-00000000000${index}`;
const address = 'http://example.org/profile';
const profiled = (type: string, elements: readonly Element[]): World => ({
  definitions: [profileOf(address, type, elements)],
  profiles: [address],
});
const given = (change: object) => (one: Tree) => Object.assign(one, change);

const patient = {
  resourceType: 'Patient',
  id: 'p',
  active: true,
  name: [{ family: 'Jansen', given: ['A'] }],
};
const weight = {
  resourceType: 'Observation',
  id: 'o',
  status: 'final',
  code: { text: 'x' },
  valueQuantity: { value: 1, system: 'http://unitsofmeasure.org', code: 'kg' },
};
const organization = { resourceType: 'Organization', id: 'o', name: 'x' };
const housed = { ...patient, contained: [organization], managingOrganization: { reference: '#o' } };
const base = 'http://hl7.org/fhir/StructureDefinition/';

const values: Case[] = [
  ['a date that does not exist', patient, given({ birthDate: '2023-02-29' }), 'Patient.birthDate'],
  ['a dateTime without a zone', weight, given({ effectiveDateTime: '2024-01-02T10:00:00' }), 'effective'],
  ['an integer beyond 32 bits', patient, given({ multipleBirthInteger: 2_147_483_648 }), 'multipleBirth'],
  ['a code with a space before it', patient, given({ gender: ' male' }), 'gender'],
  ['a text of spaces', patient, given({ name: [{ family: '  ' }] }), 'family'],
  ['an unknown unit', weight, given({ valueQuantity: { ...weight.valueQuantity, code: 'kilo' } }), 'ucum'],
  [
    'a unit in the wrong case',
    weight,
    given({ valueQuantity: { ...weight.valueQuantity, code: 'KG' } }),
    'ucum',
  ],
  [
    'a system that is no address',
    weight,
    given({ code: { coding: [{ system: 'snomed', code: '1' }] } }),
    'system-address',
  ],
  [
    'an identifier that should be an address',
    patient,
    given({ identifier: [{ system: 'urn:ietf:rfc:3986', value: '12' }] }),
    'identifier-uri',
  ],
  ['a language that is none', patient, given({ language: 'nl-xx-nonsense-aa' }), 'binding'],
  [
    'a media type without a kind',
    patient,
    given({ photo: [{ contentType: 'pdf', url: 'http://example.org/x' }] }),
    'binding',
  ],
];

const narrated = {
  ...organization,
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div>' },
};
const unsafe = (inside: string) =>
  given({ text: { ...narrated.text, div: narrated.text.div.replace('<p>x</p>', inside) } });
const narratives: Case[] = (['r4', 'stu3'] as const).flatMap((version): Case[] => [
  [`a script in a narrative of ${version}`, narrated, unsafe('<script>x</script>'), 'txt-1', { version }],
  [
    `a handler in a narrative of ${version}`,
    narrated,
    unsafe('<p onclick="x()">x</p>'),
    'txt-1',
    { version },
  ],
]);

const named = (system: string) => ({ identifier: [{ system, value: '1' }] });
const coded = (coding: object) => ({ maritalStatus: { coding: [coding] } });
const maritalStatus = 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus';
const systems: Case[] = [
  [
    'a system of an identifier that is no address',
    { ...patient, ...named('http://example.org/numbers') },
    given(named('numbers')),
    'system-address Patient.identifier[0].system',
  ],
  [
    'a system of a code that is no address',
    { ...patient, ...coded({ system: 'http://example.org/codes', code: 'x' }) },
    given(coded({ system: 'codes', code: 'x' })),
    'system-address Patient.maritalStatus.coding[0].system',
  ],
  [
    'a code that its system does not have',
    { ...patient, ...coded({ system: maritalStatus, code: 'M' }) },
    given(coded({ system: maritalStatus, code: 'Y' })),
    'code-unknown',
    { policy: { unknownCodes: 'error' } },
  ],
];

const containing: Case[] = [
  [
    'a version on a contained resource',
    housed,
    given({ contained: [{ ...organization, meta: { versionId: '1' } }] }),
    'dom-4',
  ],
  [
    'a label on a contained resource',
    housed,
    given({ contained: [{ ...organization, meta: { security: [{ code: 'R' }] } }] }),
    'dom-5',
  ],
  [
    'a narrative in a contained resource',
    housed,
    given({
      contained: [
        {
          ...organization,
          text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' },
        },
      ],
    }),
    'dom-1',
    { version: 'stu3' },
  ],
  [
    'two contained resources of one id',
    housed,
    given({ contained: [organization, organization] }),
    'id-duplicate',
  ],
  [
    'a target outside that must be contained',
    housed,
    given({ contained: undefined, managingOrganization: { reference: 'Organization/o' } }),
    'reference-aggregation',
    profiled('Patient', [
      {
        id: 'Patient.managingOrganization',
        type: [{ code: 'Reference', targetProfile: [`${base}Organization`], aggregation: ['contained'] }],
      },
    ]),
  ],
];

const nationality = {
  url: `${base}patient-nationality`,
  extension: [{ url: 'code', valueCodeableConcept: { text: 'NL' } }],
};
const unheard = (system: string) => ({ url: 'http://example.org/e', valueCoding: { system, code: 'x' } });
const parted = (system: string) => ({
  url: 'http://example.org/parted',
  extension: [{ ...unheard(system), url: 'part' }],
});
const extensions: Case[] = [
  [
    'a fault within an extension that is not known',
    { ...patient, extension: [unheard('http://example.org/codes')] },
    given({ extension: [unheard('codes')] }),
    'system-address Patient.extension[0].value',
  ],
  [
    'a fault within a part of an extension that is not known',
    { ...patient, extension: [parted('http://example.org/codes')] },
    given({ extension: [parted('codes')] }),
    'system-address Patient.extension[0].extension[0].value',
  ],
  [
    'an unknown part of an extension',
    { ...patient, extension: [nationality] },
    given({ extension: [{ ...nationality, extension: [{ url: 'cod', valueString: 'x' }] }] }),
    'extension-part',
  ],
  [
    'an extension that modifies nothing, as modifier',
    weight,
    given({ modifierExtension: [{ url: `${base}data-absent-reason`, valueCode: 'unknown' }] }),
    'extension-modifier',
  ],
  [
    'an extension for resources, on a data type',
    weight,
    given({
      meta: {
        extension: [{ url: `${base}resource-pertainsToGoal`, valueReference: { reference: 'Goal/1' } }],
      },
    }),
    'extension-place',
  ],
  [
    'an extension in the wrong place',
    patient,
    given({
      name: [{ family: 'x', extension: [{ url: `${base}patient-birthPlace`, valueAddress: { city: 'x' } }] }],
    }),
    'extension-place',
  ],
];

const entry = (index: number, resource: object, request: object) => ({
  fullUrl: at(index),
  resource,
  request,
});
const transaction = {
  resourceType: 'Bundle',
  type: 'transaction',
  entry: [
    entry(1, patient, { method: 'POST', url: 'Patient' }),
    entry(2, { ...weight, subject: { reference: at(1) } }, { method: 'PUT', url: 'Observation/o' }),
  ],
};
const first = (change: object) => (one: Tree) => Object.assign((one.entry as Tree[])[0] as Tree, change);
const bundles: Case[] = [
  ['a POST without a resource', transaction, first({ resource: undefined }), 'transaction-resource'],
  [
    'a POST for another type',
    transaction,
    first({ request: { method: 'POST', url: 'Consent' } }),
    'transaction-type',
  ],
  [
    'a PUT on another id',
    transaction,
    first({ request: { method: 'PUT', url: 'Patient/q' } }),
    'transaction-id',
  ],
  ['a urn that no entry has', transaction, first({ fullUrl: at(8) }), 'bundle-reference'],
];

const discriminated = (path: string, type = 'value') => ({
  discriminator: [{ type, path }],
  rules: 'closed',
});
const phones = profiled('Patient', [
  { id: 'Patient.telecom', slicing: { ...discriminated('system'), rules: 'open' } },
  { id: 'Patient.telecom:phone', slicing: discriminated('use') },
  { id: 'Patient.telecom:phone.system', min: 1, patternCode: 'phone' },
  { id: 'Patient.telecom:phone/home', sliceName: 'phone/home', min: 1, max: '1' },
  { id: 'Patient.telecom:phone/home.use', min: 1, patternCode: 'home' },
]);
const target = (name: string) => [{ code: 'Reference', targetProfile: [`${base}${name}`] }];
const performers = profiled('Observation', [
  { id: 'Observation.performer', slicing: discriminated('resolve()', 'type') },
  { id: 'Observation.performer:one', max: '1', type: target('Practitioner') },
  { id: 'Observation.performer:other', type: target('Organization') },
]);
const home = { system: 'phone', value: '1', use: 'home' };
const by = (...references: string[]) => ({ performer: references.map((reference) => ({ reference })) });
const slicing: Case[] = [
  [
    'a re-slice that is required, without any item',
    { ...patient, telecom: [home] },
    given({ telecom: undefined }),
    'slice-minimum',
    phones,
  ],
  [
    'a re-slice that does not exist',
    { ...patient, telecom: [home] },
    given({ telecom: [home, { ...home, use: 'work' }] }),
    'slice-closed',
    phones,
  ],
  [
    'too many targets of one type, elsewhere',
    { ...weight, ...by('Practitioner/1') },
    given(by('Practitioner/1', 'Practitioner/2')),
    'slice-maximum',
    performers,
  ],
  [
    'a target of no slice, elsewhere',
    { ...weight, ...by('Practitioner/1') },
    given(by('CareTeam/1')),
    'slice-closed',
    performers,
  ],
];

const form = {
  resourceType: 'Questionnaire',
  url: 'http://example.org/form',
  status: 'active',
  contained: [
    {
      resourceType: 'ValueSet',
      id: 'own',
      status: 'active',
      compose: { include: [{ system: 'http://example.org/c', concept: [{ code: 'a' }] }] },
    },
  ],
  item: [{ linkId: '1', type: 'choice', answerValueSet: '#own' }],
};
const filled = (code: string) => ({
  resourceType: 'QuestionnaireResponse',
  status: 'completed',
  questionnaire: form.url,
  item: [{ linkId: '1', answer: [{ valueCoding: { system: 'http://example.org/c', code } }] }],
});
const forms: Case[] = [
  [
    'an answer that is not in the list inside the form',
    filled('a'),
    given(filled('b')),
    'answer-valueset',
    { definitions: [form] },
  ],
  [
    'a condition on a question that is not there',
    form,
    given({
      item: [{ ...form.item[0], enableWhen: [{ question: '9', operator: 'exists', answerBoolean: true }] }],
    }),
    'form-condition',
  ],
];

const ranged = (range: object) => ({
  component: [{ code: { text: 'y' }, valueString: 'x', referenceRange: [range] }],
});
const repeated: Case[] = [
  [
    'an invariant of an element that is repeated elsewhere',
    { ...weight, ...ranged({ text: 'x' }) },
    given(ranged({ appliesTo: [{ text: 'x' }] })),
    'obs-3',
  ],
];

const kinds = { values, systems, narratives, containing, extensions, bundles, slicing, forms, repeated };
describe.each(Object.entries(kinds))('%s', (_, cases) => {
  test.each(cases)('%s', (...[, sound, change, found, world]) => {
    expect(errorsOf(sound, world)).toEqual([]);
    const copy = structuredClone(sound) as Tree;
    change(copy);
    // What is undefined is not there.
    const faulty: unknown = JSON.parse(JSON.stringify(copy));
    expect(errorsOf(faulty, world).join('\n')).toContain(found);
  });
});

test('spaces in the remark of a unit, and short names of formats, are let through', () => {
  const unit = { ...weight.valueQuantity, code: '{keer per dag}' };
  expect(errorsOf({ ...weight, valueQuantity: unit })).toEqual([]);
  expect(errorsOf({ ...patient, language: 'sl-rozaj-biske-1994' })).toEqual([]);
});
