// Which small definitions do the tests of this folder check against? Made here; nothing official.
import type { FhirResource, FhirVersion } from '../model.ts';
import { createRegistry, type Registry } from './registry.ts';
import { entriesOf, placesOf } from './shelf.ts';
import { openRegistry } from './sources.ts';
import type { Finding, Policy } from './validator.ts';
import { createValidator } from './validator.ts';

let base: Registry | undefined;

/** The base definitions of both versions, without packages. */
export function baseRegistry(): Registry {
  base ??= openRegistry({});
  return base;
}

export type Element = { id: string; [property: string]: unknown };

/** A profile as differential: paths are taken from the ids. */
export function profileOf(url: string, type: string, elements: readonly Element[]): FhirResource {
  return {
    resourceType: 'StructureDefinition',
    url,
    name: 'Test',
    status: 'draft',
    kind: type === 'Extension' ? 'complex-type' : 'resource',
    abstract: false,
    type,
    baseDefinition: `http://hl7.org/fhir/StructureDefinition/${type}`,
    derivation: 'constraint',
    differential: {
      element: elements.map((element) => {
        const parts = element.id.split('.').map((part) => part.split(':')[0]);
        const slice = element.id.split('.').at(-1)?.split(':')[1];
        return { path: parts.join('.'), ...(slice === undefined ? {} : { sliceName: slice }), ...element };
      }),
    },
  };
}

export type World = {
  definitions?: readonly FhirResource[];
  profiles?: readonly string[];
  policy?: Partial<Policy>;
  version?: FhirVersion;
};

/** What is found in a resource, given definitions on top of the base. */
export function findingsOf(resource: unknown, world: World = {}): Finding[] {
  const { version = 'r4', definitions = [] } = world;
  const own = createRegistry([placesOf(definitions.flatMap((one) => entriesOf(one, version)))]);
  const under = baseRegistry();
  const registry: Registry = {
    profile: (version, url) => own.profile(version, url) ?? under.profile(version, url),
    valueSet: (version, url) => own.valueSet(version, url) ?? under.valueSet(version, url),
    codeSystem: (version, url) => own.codeSystem(version, url) ?? under.codeSystem(version, url),
    questionnaire: (version, url) => own.questionnaire(version, url) ?? under.questionnaire(version, url),
    size: under.size,
  };
  const validator = createValidator({
    registry,
    ...(world.policy === undefined ? {} : { policy: world.policy }),
  });
  return validator.validate(resource as FhirResource, { version, profiles: world.profiles ?? [] });
}

/** The rules that errors name, with their places: `minimum Patient`. */
export const errorsOf = (resource: unknown, world: World = {}): string[] =>
  findingsOf(resource, world)
    .filter(({ severity }) => severity === 'error' || severity === 'fatal')
    .map(({ rule, expression }) => `${rule} ${expression?.[0]}`);
