// What do published examples, seeded faults and HL7's own cases say of the validator? Their results, for one line each.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '../../fhir/json.ts';
import { parseXml } from '../../fhir/xml.ts';
import type { FhirResource, FhirVersion } from '../../model.ts';
import type { Finding, Validator } from '../../validation/index.ts';

export const isError = ({ severity }: Finding): boolean => severity === 'error' || severity === 'fatal';

export type ExampleResult = { file: string; errors: readonly Finding[]; known: string | undefined };

type Known = { file?: RegExp; rule?: string; profile?: RegExp; text?: RegExp; reason: string };

/** Official examples that break their own profiles, and why that is so. */
const knownFaults: readonly Known[] = [
  {
    rule: 'minimum',
    profile: /\/mp-Proposal\w+-Bundle$/,
    text: /^Bundle\.identifier/,
    reason: 'proposal Bundles older than rc.7, which asks for Bundle.identifier',
  },
  {
    rule: 'slice-maximum',
    profile: /\/nl-core-CareTeam$/,
    reason: 'the profile allows one health professional, its own example has five',
  },
  { file: /(?:^|\/)nictiz_test\//, reason: 'regression set with deliberate oddities' },
];

const explains = (known: Known, file: string, finding: Finding): boolean =>
  (known.file === undefined || known.file.test(file)) &&
  (known.rule === undefined || known.rule === finding.rule) &&
  (known.profile === undefined || known.profile.test(finding.profile ?? '')) &&
  (known.text === undefined || known.text.test(finding.text.en));

/** The reason when every error of a file is a known fault of the example. */
function reasonFor(file: string, errors: readonly Finding[]): string | undefined {
  const reasons = errors.map((error) => knownFaults.find((known) => explains(known, file, error))?.reason);
  return errors.length > 0 && reasons.every((reason) => reason !== undefined) ? reasons[0] : undefined;
}

export function readResource(file: string, version: FhirVersion): FhirResource {
  const bytes = readFileSync(file);
  const value = file.endsWith('.xml') ? parseXml(bytes, version) : parseJson(bytes);
  return value as FhirResource;
}

const filesIn = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort() : [];

/** Checks every resource in a folder against what it claims. */
export function runExamples(
  validator: Validator,
  set: { folder: string; version: FhirVersion },
): ExampleResult[] {
  return filesIn(set.folder)
    .filter((name) => name.endsWith('.json') || (name.endsWith('.xml') && !name.endsWith('.ada.xml')))
    .flatMap((file): ExampleResult[] => {
      const resource = readResource(join(set.folder, file), set.version);
      if (typeof resource.resourceType !== 'string') return [];
      const errors = validator.validate(resource, { version: set.version }).filter(isError);
      const name = join(set.folder, file);
      return [{ file, errors, known: reasonFor(name, errors) }];
    });
}

export type Tally = { passed: number; total: number; missed: string[] };

export const addTo = (
  tallies: Map<string, Tally>,
  key: string,
  outcome: { passed: boolean; name: string },
): void => {
  const tally = tallies.get(key) ?? { passed: 0, total: 0, missed: [] };
  tally.total++;
  if (outcome.passed) tally.passed++;
  else tally.missed.push(outcome.name);
  tallies.set(key, tally);
};

type Negative = { class: string; profile: string; resource: FhirResource };

/** Checks files that each hold one seeded fault: found is passed. By class. */
export function runNegatives(validator: Validator, folder: string): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  for (const name of filesIn(folder).filter((one) => one.endsWith('.json'))) {
    const given = parseJson(readFileSync(join(folder, name))) as Negative;
    const found = validator.validate(given.resource, { version: 'r4', profiles: [given.profile] });
    addTo(tallies, given.class, { passed: found.some(isError), name });
  }
  return tallies;
}
