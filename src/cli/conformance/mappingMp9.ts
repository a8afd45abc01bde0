// Does the MP9 map make of official ADA messages what was published with them? NAME.ada.xml becomes NAME.fhir.json.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GatewayError } from '../../errors.ts';
import { parseJson } from '../../fhir/json.ts';
import { printDifference } from '../../mapping/difference.ts';
import type { LoadedMap } from '../../mapping/loadMaps.ts';
import { runMap } from '../../mapping/runMap.ts';
import type { MappingCase } from './mappingSuite.ts';
import { bundleDifferences } from './sameBundle.ts';

/** Where official results break the standard: which file, which path, and why. */
type Known = { file: RegExp; path: RegExp; reason: string };

export const knownOfMp9: readonly Known[] = [
  {
    file: /sturen_antwoord_voorstel_verstrekkingsverzoek\//,
    path: /^Bundle\.meta\.profile\[0\]$/,
    reason:
      'the result claims a profile that does not exist, …-Bundle-Bundle; the package has mp-ReplyProposalDispenseRequest-Bundle',
  },
  {
    file: /\/mg-MTD-toediener\./,
    path: /^\{MedicationAdministration [^}]+\}\.resource\.performer\[0\]\.actor\.(?:reference|type|display)$/,
    reason:
      'the result refers to a Location that is not in the Bundle; R4 allows no Location as performer.actor, the PractitionerRole that the Bundle holds for it is meant',
  },
  {
    file: /\/mg-MATAMGB-MultipleZoNodig\./,
    path: /\.asNeededCodeableConcept\.(?:extension|coding)$/,
    reason:
      'the result has OTH as a null flavor extension; the value set of mp-InstructionsForUse.DosageInstructions, whose binding is required, has it as a code',
  },
  {
    file: /\/mg-mgrp-999908613-CONS-ALL\./,
    path: /^\{MedicationRequest mp-MedicationAgreement [^}]+\}\.resource\.dosageInstruction\[0\]\.timing$/,
    reason:
      'the result loses the duration of a dosage without a schedule; mp-InstructionsForUse.DosageInstructions maps it to timing.repeat.boundsDuration',
  },
];

const settings = { at: new Date('2026-01-15T12:00:00Z'), seed: 'conformance' };

const outcome = (map: LoadedMap, files: { source: string; expected: string }): Omit<MappingCase, 'name'> => {
  try {
    const { target } = runMap(map, map.read(readFileSync(files.source)), settings);
    const actual = parseJson(Buffer.from(JSON.stringify(target)));
    const found = bundleDifferences(parseJson(readFileSync(files.expected)), actual);
    const reasonOf = (path: string): string | undefined =>
      knownOfMp9.find((one) => one.file.test(files.source) && one.path.test(path))?.reason;
    return {
      problems: found.filter(({ path }) => reasonOf(path) === undefined).map(printDifference),
      known: found.flatMap(({ path }) => reasonOf(path) ?? []),
    };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { problems: [error.message], known: [] };
  }
};

/** Every pair of a folder and its folders. */
export function* mp9Cases(folder: string, map: LoadedMap): Generator<MappingCase> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ada.xml'))
    .sort();
  for (const source of names) {
    const name = source.replace(/\.ada\.xml$/, '');
    const expected = join(folder, `${name}.fhir.json`);
    yield { name, ...outcome(map, { source: join(folder, source), expected }) };
  }
}
