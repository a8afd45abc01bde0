import { describe, expect, it } from 'vitest';
import type { FhirResource } from '../model.ts';
import { threadTime } from './budget.ts';
import { errorsOf, findingsOf, profileOf } from './fixtures.ts';
import { registryFor } from './openValidator.ts';
import { createRegistry } from './registry.ts';
import { createValidator } from './validator.ts';

const url = 'http://example.org/StructureDefinition/p';
const observation = {
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '1-8' }] },
  subject: { reference: 'Patient/1' },
};
const check = (
  type: string,
  elements: { id: string; [key: string]: unknown }[],
  resource: unknown,
): string[] => errorsOf(resource, { definitions: [profileOf(url, type, elements)], profiles: [url] });

describe('base types', () => {
  it('refuse what the type does not allow', () => {
    expect(errorsOf({ ...observation, status: 'finished' })).toEqual(['binding-required Observation.status']);
    expect(errorsOf({ ...observation, subject: { reference: 'Observation/1' } })).toEqual([
      'reference-target Observation.subject',
    ]);
    expect(errorsOf({ ...observation, colour: 'red' })).toEqual(['shape-unknown-element Observation.colour']);
    expect(errorsOf({ ...observation, effectivePeriod: { start: '2024-02-01', end: '2024-01-01' } })).toEqual(
      ['per-1 Observation.effective.ofType(Period)'],
    );
  });
  it('are those of R4, without what the package of definitions adds', () => {
    const registry = registryFor({ packages: [] });
    const address = (type: string) => `http://hl7.org/fhir/StructureDefinition/${type}`;
    const paths = registry.profile('r4', address('Meta'))?.elements.map((one) => one.path);
    expect(paths).toEqual([
      ...['Meta', 'Meta.id', 'Meta.extension', 'Meta.versionId', 'Meta.lastUpdated', 'Meta.source'],
      ...['Meta.profile', 'Meta.security', 'Meta.tag'],
    ]);
    expect(registry.profile('r4', address('SubscriptionStatus'))).toBeUndefined();
    expect(errorsOf({ ...observation, meta: { compartment: [{ reference: 'Patient/1' }] } })).toEqual([
      'shape-unknown-element Observation.meta.compartment',
    ]);
  });
  it('accept a good resource', () => expect(errorsOf(observation)).toEqual([]));
  it('name what is missing once, though shape and profile both see it', () => {
    const { status: _, ...rest } = observation;
    expect(errorsOf(rest)).toHaveLength(1);
  });
  it('never throw, whatever the content', () => {
    for (const odd of [
      { resourceType: 'Nothing' },
      { resourceType: 'Patient', name: 'x' },
      { resourceType: 'Bundle', entry: [null, 3] },
    ]) {
      expect(errorsOf(odd).length).toBeGreaterThan(0);
    }
  });
});

describe('a profile', () => {
  it('narrows cardinality and type', () => {
    expect(check('Observation', [{ id: 'Observation.note', min: 1 }], observation)).toEqual([
      'minimum Observation.note',
    ]);
    expect(check('Observation', [{ id: 'Observation.subject', max: '0' }], observation)).toEqual([
      'maximum Observation.subject',
    ]);
    const types = [{ id: 'Observation.value[x]', type: [{ code: 'Quantity' }] }];
    expect(check('Observation', types, { ...observation, valueString: 'x' })).toEqual([
      'type Observation.value.ofType(string)',
    ]);
  });
  it('fixes values and asks patterns', () => {
    const code = { coding: [{ system: 'http://loinc.org', code: '2-6' }] };
    expect(
      check('Observation', [{ id: 'Observation.code', patternCodeableConcept: code }], observation),
    ).toEqual(['pattern Observation.code']);
    expect(check('Observation', [{ id: 'Observation.status', fixedCode: 'amended' }], observation)).toEqual([
      'fixed Observation.status',
    ]);
  });
  it('bounds quantities across units', () => {
    const low = [
      {
        id: 'Observation.value[x]',
        minValueQuantity: { value: 1, system: 'http://unitsofmeasure.org', code: 'kg' },
      },
    ];
    const valueQuantity = { value: 10, system: 'http://unitsofmeasure.org', code: 'g' };
    expect(check('Observation', low, { ...observation, valueQuantity })).toEqual([
      'minimum Observation.value.ofType(Quantity)',
    ]);
  });
  it('that is claimed but not known is a warning; that is demanded but not known is an error', () => {
    const claiming = { ...observation, meta: { profile: ['http://nowhere/p'] } };
    expect(errorsOf(claiming)).toEqual([]);
    expect(findingsOf(claiming).map((one) => one.rule)).toContain('profile-unknown');
    expect(errorsOf(observation, { profiles: ['http://nowhere/p'] })).toEqual([
      'profile-unknown Observation',
    ]);
  });
  const claiming = (address: string) => ({ ...observation, meta: { profile: [address] } });
  const built = (on: string, more = {}) => ({
    ...profileOf('http://example.org/p', 'Observation', [{ id: 'Observation.subject', min: 1 }]),
    baseDefinition: on,
    ...more,
  });
  const told = (address: string, definitions: FhirResource[]): string[] =>
    findingsOf(claiming(address), { definitions })
      .filter(({ rule }) => rule?.startsWith('profile-'))
      .map(({ severity, rule, profile }) => `${severity} ${rule} ${profile}`);
  it('that is built on one that is not known, or on itself, is told: its rules are not all there', () => {
    const nowhere = 'warning profile-unknown http://nowhere/base';
    expect(told('http://example.org/p', [built('http://nowhere/base')])).toEqual([nowhere]);
    const between = { ...built('http://nowhere/base'), url: 'http://example.org/between' };
    expect(told('http://example.org/p', [built('http://example.org/between'), between])).toEqual([nowhere]);
    expect(told('http://example.org/p', [built('http://example.org/p')])).toHaveLength(1);
    expect(
      told('http://example.org/p', [built('http://hl7.org/fhir/StructureDefinition/Observation')]),
    ).toEqual([]);
  });
  it('that has all its elements needs no base', () => {
    const snapshot = { element: [{ id: 'Observation', path: 'Observation' }] };
    expect(told('http://example.org/p', [built('http://nowhere/base', { snapshot })])).toEqual([]);
  });
  it('with an invariant that is no FHIRPath is told to who checks the profile itself', () => {
    const profile = (expression: string) =>
      profileOf('http://example.org/p', 'Observation', [
        { id: 'Observation', constraint: [{ key: 'my-1', severity: 'error', human: 'h', expression }] },
      ]);
    const found = (expression: string) =>
      findingsOf(profile(expression)).filter(({ rule }) => rule === 'definition-invariant');
    expect(found("status = 'final' andd code.exists()")).toMatchObject([{ severity: 'warning' }]);
    expect(found('status.isNice()')).toHaveLength(1);
    expect(found("status = 'final' and code.exists()")).toEqual([]);
  });
  it('of another release than the claimed one is told', () => {
    const base = 'http://hl7.org/fhir/StructureDefinition/Observation';
    const first = built(base, { version: '1.0.0' });
    expect(told('http://example.org/p|1.0.0', [first])).toEqual([]);
    expect(told('http://example.org/p|9.0.0', [first])).toEqual([
      'warning profile-release http://example.org/p|9.0.0',
    ]);
    expect(told('http://example.org/p|9.0.0', [built(base)])).toEqual([]);
  });
  it('for another type is refused', () => {
    expect(check('Patient', [], observation)).toEqual(['profile-type Observation']);
  });
  it('of a Dutch canonical is looked up in its own FHIR version', () => {
    const registry = createRegistry([]);
    expect(registry.profile('r4', url)).toBeUndefined();
  });
});

describe('invariants', () => {
  const rule = (expression: string, severity = 'error'): { id: string }[] => [
    { id: 'Observation', constraint: [{ key: 'own-1', severity, human: 'says so', expression }] } as {
      id: string;
    },
  ];
  it('that are false are reported, those that are empty are met', () => {
    expect(check('Observation', rule('note.exists()'), observation)).toEqual(['own-1 Observation']);
    expect(check('Observation', rule("note.text = 'x'"), observation)).toEqual([]);
  });
  it('that do not parse are told, not thrown', () => {
    expect(check('Observation', rule('note.('), observation)).toEqual([]);
    const told = findingsOf(observation, {
      definitions: [profileOf(url, 'Observation', rule('note.('))],
      profiles: [url],
    });
    expect(told.find((one) => one.rule === 'own-1')?.severity).toBe('information');
  });
});

describe('extensions', () => {
  const modifier = {
    ...observation,
    modifierExtension: [{ url: 'http://example.org/m', valueBoolean: true }],
  };
  it('that modify and are not known are always an error', () => {
    expect(errorsOf(modifier, { policy: { unknownExtensions: 'ignore' } })).toEqual([
      'modifier-unknown Observation.modifierExtension[0]',
    ]);
  });
  it('that are not known are as strict as is set', () => {
    const plain = { ...observation, extension: [{ url: 'http://example.org/e', valueBoolean: true }] };
    expect(errorsOf(plain)).toEqual([]);
    expect(errorsOf(plain, { policy: { unknownExtensions: 'error' } })).toEqual([
      'extension-unknown Observation.extension[0]',
    ]);
  });
  it('are held against their definition and their place', () => {
    const definition = {
      ...profileOf('http://example.org/e', 'Extension', [
        { id: 'Extension.value[x]', min: 1, type: [{ code: 'string' }] },
      ]),
      context: [{ type: 'element', expression: 'Patient' }],
    };
    const wrong = { ...observation, extension: [{ url: 'http://example.org/e', valueBoolean: true }] };
    expect(errorsOf(wrong, { definitions: [definition] })).toEqual([
      'extension-place Observation.extension[0]',
      'type Observation.extension[0].value.ofType(boolean)',
    ]);
  });
});

describe('terminology', () => {
  const set = (include: unknown[]): Record<string, unknown> => ({
    resourceType: 'ValueSet',
    url: 'http://example.org/vs',
    compose: { include },
  });
  const bound = profileOf(url, 'Observation', [
    { id: 'Observation.code', binding: { strength: 'required', valueSet: 'http://example.org/vs' } },
  ]);
  const coded = (system: string, code: string): unknown => ({
    ...observation,
    code: { coding: [{ system, code }] },
  });
  const found = (include: unknown[], resource: unknown): string[] =>
    errorsOf(resource, { definitions: [bound, set(include) as never], profiles: [url] });
  it('names the right system when only the system is wrong', () => {
    const list = [{ system: 'urn:oid:1.2.3', concept: [{ code: 'a' }] }];
    const findings = findingsOf(coded('http://snomed.info/sct', 'a'), {
      definitions: [bound, set(list) as never],
      profiles: [url],
    });
    const told = findings.find((one) => one.rule === 'binding-required')?.text.en;
    expect(told).toContain('`http://snomed.info/sct`, expected `urn:oid:1.2.3`');
  });
  it('refuses a code outside a required list and one with no code at all', () => {
    const list = [{ system: 'urn:oid:1.2.3', concept: [{ code: 'a' }] }];
    expect(found(list, coded('urn:oid:1.2.3', 'b'))).toEqual(['binding-required Observation.code']);
    expect(found(list, { ...observation, code: { text: 'a' } })).toEqual([
      'binding-required Observation.code',
    ]);
    expect(found(list, coded('urn:oid:1.2.3', 'a'))).toEqual([]);
  });
  it('does not decide what only a terminology server could', () => {
    const filter = [
      { system: 'http://snomed.info/sct', filter: [{ property: 'concept', op: 'is-a', value: '1' }] },
    ];
    expect(found(filter, coded('http://snomed.info/sct', '73211009'))).toEqual([]);
    expect(found(filter, coded('http://loinc.org', '2'))).toEqual(['binding-required Observation.code']);
  });
  it('survives a value set that includes itself', () => {
    expect(found([{ valueSet: ['http://example.org/vs'] }], coded('urn:oid:1.2.3', 'b'))).toEqual([]);
  });
});

describe('a run', () => {
  const entries = (count: number) => ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: Array.from({ length: count }, (_, i) => ({
      fullUrl: `http://example.org/Observation/${i}`,
      resource: { ...observation, id: `${i}`, _status: { extension: [{ url: 'http://example.org/x' }] } },
    })),
  });

  it('that costs too much ends with one named fault, and keeps what it found until then', () => {
    let at = 0;
    const validator = createValidator({
      registry: registryFor({ packages: [] }),
      timeoutMs: 10,
      spent: () => at++,
    });
    const rules = validator.validate(entries(1000), { version: 'r4' }).map((one) => one.rule);
    const whole = createValidator({ registry: registryFor({ packages: [] }) });
    expect(rules.filter((one) => one === 'deadline')).toEqual(['deadline']);
    expect(rules[0]).toBe('deadline');
    expect(rules.length).toBeGreaterThan(1);
    expect(rules.length).toBeLessThan(whole.validate(entries(1000), { version: 'r4' }).length / 2);
  });
  it('is broken off soon after its processor time, however large the content', () => {
    const validator = createValidator({ registry: registryFor({ packages: [] }), timeoutMs: 50 });
    validator.validate(entries(20), { version: 'r4' });
    const before = threadTime();
    const found = validator.validate(entries(20_000), { version: 'r4', shapeChecked: true });
    expect(found[0]?.rule).toBe('deadline');
    expect(threadTime() - before).toBeLessThan(500);
  });
  it('that needs no look at the element tables says nothing of them', () => {
    const validator = createValidator({ registry: createRegistry([]) });
    const wrong = { ...observation, unknown: 1 };
    const rules = (shapeChecked: boolean) =>
      validator.validate(wrong, { version: 'r4', shapeChecked }).map((one) => one.rule);
    expect(rules(false)).toContain('shape-unknown-element');
    expect(rules(true)).not.toContain('shape-unknown-element');
  });
});
