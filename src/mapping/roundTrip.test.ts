// Do resources come back whole from the other version, and is every loss told with its path and reason?
import { resolve } from 'node:path';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { resourceTypeOf } from '../fhir/definitions.ts';
import type { FhirResource } from '../model.ts';
import { compileMap } from './compileMap.ts';
import { inOrderOf } from './extensionOrder.ts';
import { versionOf, versionsOf } from './fhirVersion.ts';
import { type LoadedMap, loadMaps } from './loadMaps.ts';
import { roundTrip, type Ways } from './roundTrip.ts';
import { runMap } from './runMap.ts';

const settings = { at: new Date('2026-01-15T12:00:00Z'), seed: 'test' };
let ways: Ways;

const named = (maps: ReadonlyMap<string, LoadedMap>, name: string): LoadedMap => {
  const map = maps.get(name);
  if (!map) throw new Error(`no map ${name}`);
  return map;
};

beforeAll(() => {
  const maps = loadMaps(resolve(import.meta.dirname, '../../mappings'));
  ways = { stu3: named(maps, 'stu3-to-r4'), r4: named(maps, 'r4-to-stu3') };
});

const trip = (source: FhirResource, version: 'stu3' | 'r4' = 'stu3') =>
  roundTrip(ways, { source, version }, settings);

it('tells a value that no version has a place for, with what is wrong with the source', () => {
  const { losses } = trip({ resourceType: 'Patient', nickname: 'Noor', gender: 'female' });
  expect(losses).toEqual([
    { path: 'Patient.nickname', value: 'Noor', reason: expect.stringContaining('the source is not valid') },
  ]);
});

it('tells a loss with the reason that the map gives', () => {
  const { losses } = trip({
    resourceType: 'Task',
    status: 'requested',
    intent: 'order',
    requester: { id: 'r', agent: { reference: 'Practitioner/1' } },
  });
  expect(losses).toEqual([
    { path: 'Task.requester.id', value: 'r', reason: 'R4 has no element that could have it' },
  ]);
});

it('tells a loss without a reason when a map drops in silence', () => {
  const only = (element: string) =>
    `map "http://example.org/${element}" = "M" group G(source src : Patient, target tgt : Patient) { src.${element} -> tgt.${element}; }`;
  const compile = (element: string, stu3: boolean) =>
    compileMap({
      name: element,
      maps: [{ file: 'm.map', text: only(element) }],
      sourceVersion: stu3 ? 'stu3' : 'r4',
      targetVersion: stu3 ? 'r4' : 'stu3',
    });
  const silent: Ways = { stu3: compile('gender', true), r4: compile('gender', false) };
  const source = { resourceType: 'Patient', gender: 'female', birthDate: '1941-02-03' };
  const { losses } = roundTrip(silent, { source, version: 'stu3' }, settings);
  expect(losses).toEqual([{ path: 'Patient.birthDate', value: '1941-02-03' }]);
});

it('does not mind the order of extensions, and does mind their values', () => {
  const wanted = {
    extension: [{ url: 'a', valueString: '1' }, { url: 'b' }, { url: 'a', valueString: '2' }],
  };
  const found = { extension: [{ url: 'a', valueString: '2' }, { url: 'a', valueString: '1' }, { url: 'b' }] };
  expect(inOrderOf(wanted, found)).toEqual(wanted);
  expect(inOrderOf(wanted, { extension: [{ url: 'b' }] })).toEqual({
    extension: [null, { url: 'b' }, null],
  });
});

it('knows the version by profile, then by structure, then by the resources around', () => {
  const zib2017 = {
    resourceType: 'Patient',
    meta: { profile: ['http://fhir.nl/fhir/StructureDefinition/nl-core-patient'] },
  };
  const zib2020 = {
    resourceType: 'Patient',
    meta: { profile: ['http://nictiz.nl/fhir/StructureDefinition/nl-core-Patient'] },
  };
  const goal = { resourceType: 'Goal', lifecycleStatus: 'active', description: { text: 'x' }, subject: {} };
  const plain = { resourceType: 'Patient', active: true };
  expect([zib2017, zib2020, plain].map(versionOf)).toEqual(['stu3', 'r4', undefined]);
  expect(versionOf({ ...goal, subject: { display: 'x' } })).toBe('r4');
  expect(versionsOf([plain, zib2020])).toEqual(['r4', 'r4']);
  expect(versionsOf([plain])).toEqual(['stu3']);
});

it.each([
  { code: 'JA', type: 'deny', text: undefined, permitted: 'permit', other: undefined },
  { code: 'NEE', type: 'permit', text: undefined, permitted: 'deny', other: undefined },
  { code: 'JA_MAAR', type: 'deny', text: 'Overdag.', permitted: undefined, other: 'Overdag.' },
  { code: 'JA_MAAR', type: 'deny', text: undefined, permitted: undefined, other: 'shown' },
  { code: 'UNK', type: undefined, text: undefined, permitted: undefined, other: 'Onbekend' },
  { code: 'NASK', type: 'permit', text: undefined, permitted: undefined, other: 'Niet besproken' },
])(
  'reads a treatment decision $code from its modifier, never from except.type $type',
  ({ code, type, text, permitted, other }) => {
    const zib = 'http://nictiz.nl/fhir/StructureDefinition/zib-TreatmentDirective-';
    const restricted =
      text === undefined ? {} : { extension: [{ url: `${zib}Restrictions`, valueString: text }] };
    const source = {
      resourceType: 'Consent',
      status: 'active',
      category: [{ coding: [{ system: 'http://snomed.info/sct', code: '11291000146105' }] }],
      patient: { reference: 'Patient/1' },
      modifierExtension: [
        { url: `${zib}TreatmentPermitted`, valueCodeableConcept: { coding: [{ code, display: 'shown' }] } },
      ],
      ...(type === undefined ? {} : { except: [{ ...restricted, type }] }),
    };
    const { target } = runMap(ways.stu3, source, settings);
    const specification = {
      url: 'http://nictiz.nl/fhir/StructureDefinition/ext-TreatmentDirective2.SpecificationOther',
    };
    expect(target.provision).toEqual(permitted === undefined ? undefined : { type: permitted });
    expect(target.modifierExtension).toEqual(
      other === undefined ? undefined : [{ ...specification, valueString: other }],
    );
    expect(trip(source).losses).toEqual([]);
  },
);

const codes = (type: string, name: string): string[] => [
  ...(resourceTypeOf('stu3', type)?.properties.get(name)?.element.codes ?? []),
];

it.each(['Procedure', 'Communication', 'CarePlan', 'Goal', 'NutritionOrder', 'Task', 'Appointment'])(
  'brings every status of a %s back as it was',
  (type) => {
    for (const status of codes(type, 'status')) {
      const source = { resourceType: type, id: 'a', status };
      expect(trip(source).losses).toEqual([]);
    }
  },
);

const text = fc.string({ minLength: 1, unit: 'grapheme-ascii' }).filter((one) => one.trim() === one);
const concept = fc.record(
  {
    text,
    coding: fc.array(fc.record({ system: fc.webUrl(), code: fc.stringMatching(/^[a-z0-9]{1,8}$/) }), {
      minLength: 1,
    }),
  },
  { requiredKeys: ['text'] },
);

it('brings observations of any shape back whole, both ways', () => {
  const reference = text.map((display) => ({ display }));
  const stu3 = fc.record(
    {
      resourceType: fc.constant('Observation'),
      status: fc.constantFrom('final', 'amended'),
      code: concept,
      context: reference,
      interpretation: concept,
      comment: text,
      related: fc.array(
        fc.record({ type: fc.constantFrom('has-member', 'derived-from', 'replaces'), target: reference }),
        { minLength: 1 },
      ),
      valueCodeableConcept: concept,
    },
    { requiredKeys: ['resourceType', 'status', 'code'] },
  );
  const r4 = fc.record(
    {
      resourceType: fc.constant('Observation'),
      status: fc.constant('final'),
      code: concept,
      focus: fc.array(reference, { minLength: 1 }),
      interpretation: fc.array(concept, { minLength: 1 }),
      note: fc.array(fc.record({ text, authorString: text }, { requiredKeys: ['text'] }), { minLength: 1 }),
      hasMember: fc.array(reference, { minLength: 1 }),
      derivedFrom: fc.array(reference, { minLength: 1 }),
      valueInteger: fc.integer(),
    },
    { requiredKeys: ['resourceType', 'status', 'code'] },
  );
  fc.assert(
    fc.property(stu3, (source) => {
      expect(trip(source, 'stu3').losses).toEqual([]);
    }),
    { numRuns: 60 },
  );
  fc.assert(
    fc.property(r4, (source) => {
      expect(trip(source, 'r4').losses).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

const order = { resourceType: 'MedicationRequest', status: 'active', intent: 'order' };

it('takes a dosing of none to three times a day along, which R4 has no number for', () => {
  const repeat = { frequency: 0, frequencyMax: 3, count: 0, period: 1, periodUnit: 'd' };
  const source = { ...order, dosageInstruction: [{ timing: { repeat } }] };
  const { target } = runMap(ways.stu3, source, settings);
  const url = 'http://hl7.org/fhir/3.0/StructureDefinition/extension-Timing.repeat.frequency';
  expect(target).toHaveProperty('dosageInstruction.0.timing.repeat._frequency', {
    extension: [{ url, valueInteger: 0 }],
  });
  expect(target).not.toHaveProperty('dosageInstruction.0.timing.repeat.frequency');
  expect(trip(source)).toMatchObject({ losses: [], misfits: [] });
});

it('takes a request without repeats along, which STU3 has no number for', () => {
  for (const numberOfRepeatsAllowed of [0, 1]) {
    const source = { ...order, dispenseRequest: { numberOfRepeatsAllowed } };
    expect(trip(source, 'r4')).toMatchObject({ losses: [], misfits: [] });
  }
});

it('keeps what modifies an actor, the data of a consent or a performer', () => {
  const modifierExtension = [{ url: 'http://example.org/not', valueBoolean: true }];
  const actor = [{ modifierExtension, role: { text: 'r' }, reference: { display: 'x' } }];
  const data = [{ modifierExtension, meaning: 'instance', reference: { display: 'x' } }];
  const consent = { resourceType: 'Consent', status: 'active', patient: { display: 'x' } };
  const { target } = runMap(ways.stu3, { ...consent, except: [{ type: 'deny', actor, data }] }, settings);
  expect(target).toMatchObject({ provision: { provision: [{ actor, data }] } });
  const performer = [{ modifierExtension, actor: { display: 'x' } }];
  const stu3 = [
    { ...consent, data, actor, except: [{ type: 'deny', actor, data }] },
    { resourceType: 'DiagnosticReport', status: 'final', code: { text: 'x' }, performer },
  ];
  expect(stu3.map((source) => trip(source).losses)).toEqual([[], []]);
  const provision = { type: 'permit', actor, data, provision: [{ type: 'deny', actor, data }] };
  const r4 = { ...consent, scope: { text: 'x' }, category: [{ text: 'x' }], provision };
  expect(trip(r4, 'r4').losses).toEqual([]);
});
