// Which overview comes of these files? Patients of our own, read by the command itself from each spelling, checked by the schema.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Overview } from '../../src/exchange/medication/overview.ts';
import { printXml } from '../../src/fhir/xml.ts';
import type { FhirResource } from '../../src/model.ts';
import { ada93, ada907 } from '../world/unseenAda.ts';
import { r4Bundle, type Told } from '../world/unseenMedication.ts';
import { expectFits, runSluis, withFiles } from './cardStage.ts';

/** The overview of these files at a moment; every overview fits its schema. */
export async function overviewOf(
  files: readonly (string | FhirResource)[],
  at = '2024-01-01',
  ...more: string[]
): Promise<Overview> {
  return withFiles({}, async (folder) => {
    const paths = files.map((file, index) => {
      const isXml = typeof file === 'string' && file.trimStart().startsWith('<');
      const path = join(folder, `${index}.${isXml ? 'xml' : 'json'}`);
      writeFileSync(path, typeof file === 'string' ? file : JSON.stringify(file));
      return path;
    });
    const { code, lines, notes } = await runSluis('overview', '--at', at, '--json', ...more, ...paths);
    expect([code, notes]).toEqual([0, []]);
    const overview = JSON.parse(lines.join('\n')) as Overview;
    expectFits('medication-overview', overview);
    return overview;
  });
}

const groups = ['current', 'future', 'ended', 'paused', 'useOnly'] as const;
const nameOf = (record: string): string => record.split('|').at(-1) ?? '';

/** `current MA1 TA1`: each line with the building blocks it shows. */
export const toldLines = (overview: Overview): string[] =>
  groups.flatMap((group) => overview[group].map(({ records }) => [group, ...records.map(nameOf)].join(' ')));

export const rulesIn = ({ findings }: Overview): string[] => [...new Set(findings.map(({ rule }) => rule))];
export const pastIn = ({ history }: Overview): string[] =>
  history.map(({ record, rule }) => `${nameOf(record)} ${rule}`).sort();

const all = (blocks: readonly Told[]): string[] => blocks.map(({ id }) => id).sort();
const placed = (overview: Overview): string[] =>
  [
    ...groups.flatMap((group) => overview[group]).flatMap(({ records }) => records),
    ...overview.history.map(({ record }) => record),
  ]
    .map(nameOf)
    .sort();

/** Which spellings can say what this patient needs: 9.0.7 knows no schedules, cancellations, copies or deviations. */
const spells907 = (blocks: readonly Told[]): boolean =>
  blocks.every(
    ({ kind = 'MA', stop, copy, error, asAgreed }) =>
      ['MA', 'TA', 'MGB'].includes(kind) &&
      stop !== 'cancelled' &&
      stop !== 'interrupted' &&
      !copy &&
      !error &&
      asAgreed === undefined,
  );

/** The lines of a patient, the same from R4 in JSON and XML, from ADA, and from all at once; nothing disappears. */
export async function linesOf(blocks: readonly Told[], at = '2024-01-01'): Promise<string[]> {
  const bundle = r4Bundle(blocks);
  const overview = await overviewOf([bundle], at);
  const lines = toldLines(overview);
  expect(placed(overview)).toEqual(all(blocks));
  const isPlain = !blocks.some(({ error }) => error);
  const others: (string | FhirResource)[][] = [
    [printXml(bundle, 'r4')],
    ...(isPlain ? [[ada93(blocks)], [bundle, ada93(blocks)]] : []),
    ...(spells907(blocks) ? [[ada907(blocks)], [bundle, ada93(blocks), ada907(blocks)]] : []),
  ];
  for (const files of others)
    expect(toldLines(await overviewOf(files, at)), String(files[0]).slice(0, 120)).toEqual(lines);
  return lines;
}
