import { describe, expect, it } from 'vitest';
import type { FhirResource } from '../model.ts';
import { validationSettings } from './openValidator.ts';
import { ownDefinitions } from './ownDefinitions.ts';
import { createRegistry } from './registry.ts';
import { type Entry, entriesOf, placesOf } from './shelf.ts';
import { openRegistry } from './sources.ts';
import { createValidator } from './validator.ts';

const errors = (resource: unknown, version: 'stu3' | 'r4', extra: readonly Entry[] = []): string[] => {
  const registry = openRegistry({ own: ownDefinitions(), extra });
  return createValidator({ registry })
    .validate(resource as FhirResource, { version })
    .filter(({ severity }) => severity === 'error')
    .map(({ rule }) => rule ?? '');
};
const task = {
  resourceType: 'Task',
  meta: { profile: ['http://nictiz.nl/fhir/StructureDefinition/eOverdracht-Task'] },
  status: 'requested',
  intent: 'order',
  code: { coding: [{ system: 'http://snomed.info/sct', code: '308292007' }] },
  for: { reference: 'Patient/1' },
  requester: { agent: { reference: 'Organization/1' } },
};

describe('our own restatement', () => {
  it('works without official packages', () => {
    expect(errors(task, 'stu3')).toEqual([]);
    const { code: _, ...rest } = task;
    expect(errors(rest, 'stu3')).toEqual(['minimum']);
    const wrong = { ...task, code: { coding: [{ system: 'http://snomed.info/sct', code: '1' }] } };
    expect(errors(wrong, 'stu3')).toEqual(['pattern']);
  });
  it('gives way to a package that defines the same', () => {
    const official = entriesOf(
      {
        resourceType: 'StructureDefinition',
        url: 'http://nictiz.nl/fhir/StructureDefinition/eOverdracht-Task',
        type: 'Task',
        kind: 'resource',
        baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Task',
        derivation: 'constraint',
        differential: { element: [{ id: 'Task.note', path: 'Task.note', min: 1 }] },
      },
      'stu3',
    );
    const { code: _, ...rest } = task;
    expect(errors(rest, 'stu3', official)).toEqual(['minimum']);
    expect(errors(task, 'stu3', official)).toEqual(['minimum']);
  });
  it('is kept apart by FHIR version', () => {
    const registry = createRegistry([placesOf(ownDefinitions())]);
    const url = 'http://nictiz.nl/fhir/StructureDefinition/eOverdracht-Task';
    expect(registry.profile('stu3', url)).toBeDefined();
    expect(registry.profile('r4', url)).toBeUndefined();
  });
});

describe('own rules', () => {
  const consent = {
    resourceType: 'Consent',
    status: 'active',
    scope: { text: 'x' },
    category: [{ text: 'x' }],
    policy: [{ uri: 'https://example.org' }],
    modifierExtension: [
      {
        url: 'http://nictiz.nl/fhir/StructureDefinition/ext-TreatmentDirective2.SpecificationOther',
        valueString: 'anders',
      },
    ],
    provision: { type: 'permit' },
  };
  const rules = (rulesOff: string[]): string[] => {
    const registry = openRegistry({ own: ownDefinitions() });
    const validator = createValidator({ registry, policy: { rulesOff: new Set(rulesOff) } });
    return validator.validate(consent as FhirResource, { version: 'r4' }).map(({ rule }) => rule ?? '');
  };
  it('close what the official rule misses, and can be switched off by name', () => {
    expect(rules([])).toContain('sluis-treatment-other');
    expect(rules(['sluis-treatment-other'])).not.toContain('sluis-treatment-other');
  });
  it('are known by name: a wrong one is a fault of the settings', () => {
    const read = (rule: string) => validationSettings.safeParse({ rulesOff: [rule] }).success;
    expect([read('sluis-treatment-other'), read('sluis-treatment-others')]).toEqual([true, false]);
  });
});
