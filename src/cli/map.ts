// How does an engineer try a map? `sluis map list | run | test | diff | roundtrip`.
import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { parseJson, printJson } from '../fhir/json.ts';
import { differences, printDifference } from '../mapping/difference.ts';
import { runMap } from '../mapping/runMap.ts';
import { testMap } from '../mapping/testMap.ts';
import { type AddCommand, examples } from './command.ts';
import { failed, misused } from './exit.ts';
import { type MapsOption, naming, openMap, openMaps, withMaps } from './map/library.ts';
import { tellTrips } from './map/roundTripReport.ts';
import { openWays, tripsOf } from './map/roundTrips.ts';
import { runFiles } from './map/runFiles.ts';
import { aligned, type Terminal } from './terminal.ts';
import { clockFrom } from './timeFrom.ts';

type RunOptions = MapsOption & {
  out?: string;
  trace?: boolean;
  coverage?: boolean;
  at?: string;
  ids?: string;
};

const settingsOf = ({ at, ids, trace = false, coverage = false }: RunOptions) => {
  return { at: at === undefined ? new Date() : clockFrom(at), seed: ids ?? randomUUID(), trace, coverage };
};

const withRun = (command: Command): Command =>
  withMaps(command)
    .option('--at <date>', 'the clock of the run, such as 2026-01-31 (default: now)')
    .option('--ids <seed>', 'the same seed makes the same ids (default: new ids)');

const addList = (map: Command, terminal: Terminal): void => {
  withMaps(map.command('list'))
    .description('list the maps')
    .addHelpText('after', examples('sluis map list'))
    .action((options: MapsOption) => {
      const { maps, faults } = openMaps(options);
      const rows = [...maps.values()].map((one) => [
        one.name,
        one.manifest.source.kind,
        one.manifest.target,
        one.title,
      ]);
      for (const line of aligned(rows)) terminal.line(line);
      for (const fault of faults.values()) terminal.note(fault.message);
      if (faults.size > 0) throw failed(`${faults.size} of ${maps.size + faults.size} maps are refused.`);
    });
};

const addRun = (map: Command, terminal: Terminal): void => {
  withRun(map.command('run'))
    .description('run a map: a file to stdout, a folder to files')
    .argument('<name>', 'name of the map')
    .argument('<path>', 'source file, or folder of sources')
    .option('--out <folder>', 'write NAME.json for each source here')
    .option('--trace', 'tell where each value comes from: on stderr, or NAME.trace.json')
    .option('--coverage', 'tell where each source value went: on stderr, or NAME.coverage.json')
    .addHelpText(
      'after',
      examples(
        'sluis map run mp9-ada-to-r4 source.xml --at 2026-01-15 --ids demo',
        'sluis map run stu3-to-r4 folder --out results --coverage',
      ),
    )
    .action((name: string, path: string, options: RunOptions) => {
      const settings = { ...settingsOf(options), log: (text: string) => terminal.note(text) };
      const { out } = options;
      const order = { map: openMap(name, options), path, settings, terminal };
      runFiles(out === undefined ? order : { ...order, out });
    });
};

const testOne = (name: string, options: MapsOption, terminal: Terminal): { run: number; bad: number } => {
  const results = testMap(openMap(name, options));
  for (const { name: example, problems } of results) {
    const mark = problems.length === 0 ? terminal.paint('green', 'ok  ') : terminal.paint('red', 'FAIL');
    terminal.line(`${mark} ${name} ${example}`);
    for (const problem of problems.slice(0, 40)) terminal.line(`       ${problem}`);
    if (problems.length > 40) terminal.line(`       and ${problems.length - 40} more`);
  }
  return { run: results.length, bad: results.filter((one) => one.problems.length > 0).length };
};

const addTest = (map: Command, terminal: Terminal): void => {
  withMaps(map.command('test'))
    .description('run the examples of a map, or of all: differences, wrong FHIR, unexplained drops')
    .argument('[name]', 'name of the map')
    .addHelpText('after', examples('sluis map test', 'sluis map test mp9-ada-to-r4'))
    .action((name: string | undefined, options: MapsOption) => {
      const { maps, faults } = openMaps(options);
      const names = name === undefined ? [...maps.keys()] : [name];
      const totals = names.map((one) => testOne(one, options, terminal));
      const run = totals.reduce((sum, one) => sum + one.run, 0);
      const bad = totals.reduce((sum, one) => sum + one.bad, 0);
      if (name === undefined) for (const fault of faults.values()) terminal.note(fault.message);
      terminal.line(`${run - bad} of ${run} examples hold, of ${names.length} maps`);
      if (bad > 0 || (name === undefined && faults.size > 0)) throw failed('');
    });
};

const addDiff = (map: Command, terminal: Terminal): void => {
  withRun(map.command('diff'))
    .description('compare what a map makes of a file with what it should make, by path')
    .argument('<name>', 'name of the map')
    .argument('<file>', 'source file')
    .argument('<expected>', 'JSON file with the expected result')
    .addHelpText('after', examples('sluis map diff mp9-ada-to-r4 source.xml expected.json --ids demo'))
    .action((name: string, ...[file, expected, options]: [string, string, RunOptions]) => {
      const loaded = openMap(name, options);
      const wanted = naming(expected, (bytes) => parseJson(bytes));
      const { target } = naming(file, (bytes) => runMap(loaded, loaded.read(bytes), settingsOf(options)));
      const found = differences(wanted, parseJson(Buffer.from(printJson(target))));
      for (const difference of found) terminal.line(printDifference(difference));
      terminal.line(found.length === 0 ? 'equal' : `${found.length} differences`);
      if (found.length > 0) throw failed('');
    });
};

type RoundTripOptions = MapsOption & { from?: string };

const addRoundTrip = (map: Command, terminal: Terminal): void => {
  withMaps(map.command('roundtrip'))
    .description('take resources to the other FHIR version and back, and tell what they lose')
    .argument('<folder...>', 'folders or files with STU3 or R4 resources')
    .option('--from <version>', 'stu3 or r4 (default: by profile and structure, file by file)')
    .addHelpText('after', examples('sluis map roundtrip ../shared/corpus/handover'))
    .action((folders: string[], options: RoundTripOptions) => {
      const { from } = options;
      if (from !== undefined && from !== 'stu3' && from !== 'r4')
        throw misused(`--from is stu3 or r4, not ‘${from}’.`);
      const trips = [];
      for (const trip of tripsOf(folders, openWays(options), from)) {
        terminal.progress(trip.file);
        trips.push(trip);
      }
      if (trips.length === 0) throw misused(`${folders.join(', ')} holds no XML or JSON files.`);
      if (!tellTrips(trips, terminal)) throw failed('');
    });
};

export const addMap: AddCommand = (program, { terminal }) => {
  const map = program.command('map').description('try maps: run them, test them, compare what they make');
  addList(map, terminal);
  addRun(map, terminal);
  addTest(map, terminal);
  addDiff(map, terminal);
  addRoundTrip(map, terminal);
};
