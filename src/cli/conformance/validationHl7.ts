// How often does the validator agree with HL7's own cases on "has errors or not"? FHIR/fhir-test-cases, R4.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FhirResource } from '../../model.ts';
import { createValidator, entriesOf, layered, placesOf, type Registry } from '../../validation/index.ts';
import { addTo, isError, readResource, type Tally } from './validationCases.ts';

type Issue = { severity: string };
type ProfileStep = { source: string; supporting?: string[]; issues: Issue[] };
type Case = {
  name: string;
  module: string;
  file: string;
  supporting: string[];
  expected: { errors: number; issues: Issue[] };
  profile: ProfileStep | null;
};

type World = { folder: string; base: Registry };

const serious = ({ severity }: Issue): boolean => severity === 'error' || severity === 'fatal';
const isAddress = (source: string): boolean => source.includes('://');

function read(world: World, file: string): FhirResource | undefined {
  const place = join(world.folder, 'files', file);
  if (!existsSync(place)) return undefined;
  try {
    return readResource(place, 'r4');
  } catch {
    return undefined;
  }
}

/** The profiles that an implementation guide among the definitions demands of a type. */
function globalProfiles(definitions: readonly FhirResource[], type: string): string[] {
  return definitions
    .filter((one) => one.resourceType === 'ImplementationGuide')
    .flatMap((guide) => (Array.isArray(guide.global) ? guide.global : []))
    .filter((one) => one?.type === type && typeof one?.profile === 'string')
    .map((one) => one.profile);
}

type Step = { supporting: readonly string[]; profiles: readonly string[] };

function hasErrors(world: World, given: Case, step: Step): boolean {
  const definitions = [...new Set(step.supporting)].flatMap((file) => read(world, file) ?? []);
  const entries = definitions.flatMap((one) => entriesOf(one, 'r4'));
  const validator = createValidator({
    registry: layered(world.base, placesOf(entries)),
    policy: { unknownExtensions: 'error', unknownCodes: 'error', danglingReferences: 'error' },
  });
  const resource = read(world, given.file);
  if (resource === undefined) return true;
  const profiles = [...step.profiles, ...globalProfiles(definitions, resource.resourceType)];
  return validator.validate(resource, { version: 'r4', profiles }).some(isError);
}

function profileStep(world: World, given: Case, step: ProfileStep): Step {
  const supporting = [...given.supporting, ...(step.supporting ?? [])];
  if (isAddress(step.source)) return { supporting, profiles: [step.source] };
  const profile = read(world, step.source);
  const url = typeof profile?.url === 'string' ? profile.url : step.source;
  return { supporting: [...supporting, step.source], profiles: [url] };
}

/** A case agrees when each of its steps does: the resource alone, and with its profile. */
function agrees(world: World, given: Case): boolean {
  const { profile, expected } = given;
  const own = new Set(profile === null ? [] : [profile.source, ...(profile.supporting ?? [])]);
  const plain: Step = { supporting: given.supporting.filter((file) => !own.has(file)), profiles: [] };
  if (hasErrors(world, given, plain) !== expected.errors > 0) return false;
  if (profile === null) return true;
  return (
    hasErrors(world, given, profileStep(world, given, profile)) ===
    (profile.issues.some(serious) || expected.errors > 0)
  );
}

/** Runs HL7's cases in a folder with cases.json and files/. By module. */
export function runHl7(folder: string, base: Registry): Map<string, Tally> {
  const cases = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')) as Case[];
  const tallies = new Map<string, Tally>();
  for (const given of cases)
    addTo(tallies, given.module, { passed: agrees({ folder, base }, given), name: given.name });
  return tallies;
}
