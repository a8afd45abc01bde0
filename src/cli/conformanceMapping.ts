// Do the maps make what others published? `sluis conformance mapping CORPUS`: HL7's cases, official MP9 pairs, round trips.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type AddCommand, examples } from './command.ts';
import { hl7Cases } from './conformance/mappingHl7.ts';
import { mp9Cases } from './conformance/mappingMp9.ts';
import { roundTripCases } from './conformance/mappingRoundTrip.ts';
import { runSection, type Section, type SectionCount } from './conformance/mappingSuite.ts';
import { countLine } from './conformance/suites.ts';
import { failed } from './exit.ts';
import { type MapsOption, openMap, withMaps } from './map/library.ts';
import { openWays } from './map/roundTrips.ts';
import type { Terminal } from './terminal.ts';

/** A new kind of case adds its section here. */
const sectionsFor = (options: MapsOption): readonly Section[] => [
  { title: 'HL7 mapping tests', folder: 'hl7-mapping', cases: hl7Cases },
  {
    title: 'MP9 ADA to R4',
    folder: 'mp9-ada-to-fhir',
    cases: (folder) => mp9Cases(folder, openMap('mp9-ada-to-r4', options)),
  },
  ...['handover', 'wishes', 'vendor-stu3'].map((folder) => ({
    title: `STU3 and R4, there and back: ${folder}`,
    folder,
    cases: (place: string) => roundTripCases(place, openWays(options)),
  })),
];

const run = (corpus: string, options: MapsOption, terminal: Terminal): void => {
  const counts = sectionsFor(options).flatMap((section): SectionCount[] => {
    const folder = join(corpus, section.folder);
    if (existsSync(folder)) return [runSection(section, folder, terminal)];
    terminal.line(`${section.title}: skipped: corpus not found`);
    return [];
  });
  const total = (of: (one: SectionCount) => number): number => counts.reduce((sum, one) => sum + of(one), 0);
  const missed = total((one) => one.failed);
  const explained = total((one) => one.explained);
  const passed = total((one) => one.passed) + explained;
  terminal.line(
    `\n${countLine('mapping', { passed, failed: missed }, `${explained} of them differ for a reason`)}`,
  );
  if (missed > 0) throw failed('');
};

export const addConformanceMapping: AddCommand = (program, { terminal }) => {
  const group =
    program.commands.find((one) => one.name() === 'conformance') ?? program.command('conformance');
  withMaps(group.command('mapping'))
    .description(
      'HL7 mapping tests, official MP9 messages, round trips between versions: each difference by path',
    )
    .argument('<corpus>', 'folder with hl7-mapping/, mp9-ada-to-fhir/, handover/, wishes/, vendor-stu3/')
    .addHelpText('after', examples('sluis conformance mapping ../shared/corpus'))
    .action((corpus: string, options: MapsOption) => run(corpus, options, terminal));
};
