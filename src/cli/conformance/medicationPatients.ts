// Does each patient of the consolidation set come out as expected, from ADA and from FHIR, and the same from both?
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { consolidate } from '../../exchange/medication/consolidate.ts';
import { momentMeant } from '../../exchange/medication/moments.ts';
import type { Line, Overview } from '../../exchange/medication/overview.ts';
import { parseMedication, readMedication } from '../../exchange/medication/readContent.ts';
import type { Reading } from '../../exchange/medication/reading.ts';
import {
  type ExpectedLine,
  type ExpectedPatient,
  expectedPatients,
  type Group,
} from './medicationExpected.ts';

export type Check = { name: string; faults: readonly string[] };

/** T of all published sets. */
export const day = '2024-01-01';
export const moment = momentMeant(day) ?? 0;
const groups: readonly Group[] = ['current', 'future', 'ended', 'paused', 'useOnly'];

export const readOne = (file: string): Reading =>
  readMedication([parseMedication(readFileSync(file))], 'holder');

export const overviewOf = ({ holder, blocks, findings }: Reading, at = moment): Overview =>
  consolidate([{ holder, outcome: 'answered', blocks, findings }], { at });

/** `MBH_300_gewijzigd-tmg` → `MBH_300_gewijzigd`: suffixes tell which set a copy is from. */
const bare = (key: string): string => key.slice(key.lastIndexOf('|') + 1).replace(/-[a-z]+$/, '');

/** A tail that begins with `_` is taken as written; others without regard to case and underscores. */
function endsWith(name: string, tail: string): boolean {
  if (tail.startsWith('_')) return name.endsWith(tail);
  const plain = (text: string): string => text.replaceAll('_', '').toLowerCase();
  return plain(name).endsWith(plain(tail));
}

function sameLine(line: Line, expected: ExpectedLine): boolean {
  if (expected === 'any') return true;
  const names = line.records.map(bare);
  return (
    names.length === expected.length && expected.every((tail) => names.some((name) => endsWith(name, tail)))
  );
}

function treatmentFaults(
  overview: Overview,
  treatment: string,
  expected: Partial<Record<Group, ExpectedLine>>,
): string[] {
  return groups.flatMap((group) => {
    const lines = overview[group].filter(
      (line) => treatment === '*' || bare(line.treatment).endsWith(`_${treatment}`),
    );
    const wanted = expected[group];
    const found = lines.map(({ records }) => records.map(bare).join(' + ')).join(' and ');
    if (wanted === undefined) return lines.length === 0 ? [] : [`${group} has ${found}`];
    const [line] = lines;
    if (line && lines.length === 1 && sameLine(line, wanted)) return [];
    return [
      `${group} has ${found || 'nothing'}, expected ${wanted === 'any' ? 'one line' : wanted.join(' + ')}`,
    ];
  });
}

/** Every block of the input must be on the overview, in the history or in the findings. */
function lostBlocks(overview: Overview, reading: Reading): string[] {
  const told = new Set([
    ...groups.flatMap((group) => overview[group].flatMap(({ records }) => records)),
    ...overview.history.map(({ record }) => record),
    ...overview.findings.flatMap(({ records }) => records),
  ]);
  return reading.blocks
    .filter(({ record }) => !told.has(record))
    .map(({ record }) => `${bare(record)} is lost`);
}

function checkFile(file: string, patient: ExpectedPatient): string[] {
  const reading = readOne(file);
  const overview = overviewOf(reading);
  const byName = Object.entries(patient.treatments).flatMap(([treatment, expected]) =>
    treatmentFaults(overview, treatment, expected).map((fault) =>
      treatment === '*' ? fault : `${treatment}: ${fault}`,
    ),
  );
  return [...byName, ...lostBlocks(overview, reading)];
}

const shape = (overview: Overview): string =>
  JSON.stringify(
    groups.map((group) =>
      overview[group].map(({ treatment, records, dosage, period }) => [
        treatment,
        records,
        dosage,
        period.start?.slice(0, 10),
        period.end?.slice(0, 10),
      ]),
    ),
  );

/** One check per patient and form, and one that both forms give the same lines. */
export function checkPatients(corpus: string): Check[] {
  const folder = join(corpus, 'mp9-ada-to-fhir', 'beschikbaarstellen_medicatiegegevens');
  const files = readdirSync(folder);
  return expectedPatients.flatMap((patient) => {
    const mine = files.filter((file) => file.includes(`-${patient.bsn}-CONS-`)).sort();
    if (mine.length === 0) return [];
    return mine.map((file) => ({
      name: `patient ${patient.case} ${file.endsWith('.xml') ? 'ADA' : 'FHIR'}`,
      faults: checkFile(join(folder, file), patient),
    }));
  });
}

/** Every ADA and FHIR pair of the corpus gives the same lines. */
export function checkForms(corpus: string): Check[] {
  const root = join(corpus, 'mp9-ada-to-fhir');
  return readdirSync(root).flatMap((folder) => {
    const pairs = readdirSync(join(root, folder)).filter((file) => file.endsWith('.ada.xml'));
    return pairs.map((file) => {
      const ada = readOne(join(root, folder, file));
      const fhir = readOne(join(root, folder, file.replace('.ada.xml', '.fhir.json')));
      const [fromAda, fromFhir] = [overviewOf(ada), overviewOf(fhir)];
      const faults =
        shape(fromAda) === shape(fromFhir) ? [] : [`${shape(fromAda)} is not ${shape(fromFhir)}`];
      return {
        name: `both forms ${folder}/${file.replace('.ada.xml', '')}`,
        faults: [...faults, ...lostBlocks(fromAda, ada)],
      };
    });
  });
}

/** The official pairs: what goes in must give the lines that the output lists, and no others. */
export function checkPairs(corpus: string): Check[] {
  const folder = join(corpus, 'overview');
  const inputs = readdirSync(folder).filter((file) => /-a(?:-optioneel)?-invoer\.xml$/.test(file));
  return inputs.map((file) => {
    const output = file.replace('-a-', '-b-').replace('invoer', 'output');
    const reading = readOne(join(folder, file));
    const overview = overviewOf(reading);
    const lines = groups.flatMap((group) => overview[group]);
    const found = lines
      .flatMap(({ treatment, records }) => records.map((record) => `${treatment} ${record}`))
      .sort();
    const expected = readOne(join(folder, output))
      .blocks.map(({ treatment, record }) => `${treatment} ${record}`)
      .sort();
    const missing = expected.filter((one) => !found.includes(one)).map((one) => `missing ${one}`);
    const extra = found.filter((one) => !expected.includes(one)).map((one) => `extra ${one}`);
    return {
      name: `pair ${file} (${expected.length} lines)`,
      faults: [...missing, ...extra, ...lostBlocks(overview, reading)],
    };
  });
}
