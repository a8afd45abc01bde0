// Does the validator accept official examples, find seeded faults, and agree with HL7? `sluis conformance validation CORPUS`.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FhirVersion } from '../model.ts';
import { createValidator, registryFor } from '../validation/index.ts';
import { type AddCommand, examples, type Tools } from './command.ts';
import { countLine } from './conformance/suites.ts';
import { type ExampleResult, runExamples, runNegatives, type Tally } from './conformance/validationCases.ts';
import { runHl7 } from './conformance/validationHl7.ts';
import { failed } from './exit.ts';
import { aligned } from './terminal.ts';

type Options = { verbose?: boolean };

const exampleSets: readonly { folder: string; version: FhirVersion }[] = [
  { folder: 'examples/zib2020', version: 'r4' },
  { folder: 'examples/mp9-testfixtures', version: 'r4' },
  { folder: 'mp9-ada-to-fhir', version: 'r4' },
  { folder: 'wishes/r4-rc2', version: 'r4' },
  { folder: 'wishes/r4-0.1.3-superseded', version: 'r4' },
  { folder: 'wishes/stu3-rc2', version: 'stu3' },
];

/** Modules that the exchanges use. */
const core = new Set('general references bundle profile extensions invariants fmt xhtml'.split(' '));
const goals = { negatives: 0.98, allButTx: 0.85, core: 0.95 };

export const addConformanceValidation: AddCommand = (program, tools) => {
  const group =
    program.commands.find((one) => one.name() === 'conformance') ?? program.command('conformance');
  group
    .command('validation')
    .description(
      'official examples, seeded faults, and HL7 validator cases, with the share that comes out right',
    )
    .argument('<corpus>', 'folder with packages/, examples/, negative/ and hl7-validator/')
    .option('--verbose', 'name what does not come out right')
    .addHelpText('after', examples('sluis conformance validation ../shared/corpus'))
    .action((corpus: string, options: Options) => run(corpus, options, tools));
};

function run(corpus: string, options: Options, tools: Tools): void {
  if (!existsSync(corpus)) {
    tools.terminal.line('skipped: corpus not found');
    return;
  }
  const validator = createValidator({ registry: registryFor({ packages: [join(corpus, 'packages')] }) });
  const results = exampleSets.map((set) => ({
    ...set,
    results: runExamples(validator, { ...set, folder: join(corpus, set.folder) }),
  }));
  const negatives = runNegatives(validator, join(corpus, 'negative'));
  const hl7 = runHl7(join(corpus, 'hl7-validator'), registryFor({ packages: [] }));
  const counts = [
    tellExamples(results, options, tools),
    tellNegatives(negatives, options, tools),
    tellHl7(hl7, options, tools),
  ];
  tellTotals(counts, tools);
}

/** What came out right, what did not, and what a reason or a goal below 100 % allows. */
type Result = { passed: number; failed: number; allowed: number };

function tellTotals(results: readonly Result[], { terminal }: Tools): void {
  const total = (of: (one: Result) => number): number => results.reduce((sum, one) => sum + of(one), 0);
  const missed = total((one) => one.failed);
  const rest = `${total((one) => one.allowed)} known or within a goal`;
  terminal.line(`\n${countLine('validation', { passed: total((one) => one.passed), failed: missed }, rest)}`);
  if (missed > 0) throw failed('');
}

type ExampleSet = { folder: string; results: readonly ExampleResult[] };

function tellExamples(sets: readonly ExampleSet[], options: Options, { terminal }: Tools): Result {
  terminal.line('official examples: files, with false errors, with known faults');
  const falseOf = (set: ExampleSet): ExampleResult[] =>
    set.results.filter((one) => one.errors.length > 0 && one.known === undefined);
  const rows = sets.map((set) => {
    const known = set.results.filter((one) => one.known !== undefined).length;
    return [`  ${set.folder}`, String(set.results.length), String(falseOf(set).length), String(known)];
  });
  for (const line of aligned(rows)) terminal.line(line);
  const reasons = new Set(sets.flatMap((set) => set.results.flatMap((one) => one.known ?? [])));
  for (const reason of reasons) terminal.line(`  known: ${reason}`);
  const wrong = sets.flatMap(falseOf);
  if (options.verbose === true) {
    for (const { file, errors } of wrong) {
      for (const one of errors)
        terminal.note(`  ${file}  ${one.expression?.[0]}  ${one.rule}  ${one.text.en}`);
    }
  }
  const all = sets.flatMap((set) => set.results);
  const allowed = all.filter((one) => one.known !== undefined).length;
  return { passed: all.length - allowed - wrong.length, failed: wrong.length, allowed };
}

const share = ({ passed, total }: { passed: number; total: number }): string =>
  `${passed} of ${total} (${total === 0 ? '-' : ((100 * passed) / total).toFixed(1)} %)`;

const sum = (tallies: Iterable<Tally>): { passed: number; total: number } => {
  const all = { passed: 0, total: 0 };
  for (const { passed, total } of tallies) {
    all.passed += passed;
    all.total += total;
  }
  return all;
};

function tellTallies(tallies: ReadonlyMap<string, Tally>, options: Options, { terminal }: Tools): void {
  for (const line of aligned([...tallies].map(([name, tally]) => [`  ${name}`, share(tally)])))
    terminal.line(line);
  if (options.verbose !== true) return;
  for (const [name, { missed }] of tallies) for (const one of missed) terminal.note(`  ${name}: ${one}`);
}

/** Misses within a goal are allowed; below it all of them are failures. */
function resultOf({ passed, total }: { passed: number; total: number }, reached: boolean): Result {
  const missed = total - passed;
  return { passed, failed: reached ? 0 : missed, allowed: reached ? missed : 0 };
}

const reaches = ({ passed, total }: { passed: number; total: number }, goal: number): boolean =>
  total === 0 || passed / total >= goal;

function tellNegatives(tallies: ReadonlyMap<string, Tally>, options: Options, tools: Tools): Result {
  const all = sum(tallies.values());
  tools.terminal.line(`\nseeded faults found: ${share(all)}`);
  tellTallies(tallies, options, tools);
  return resultOf(all, reaches(all, goals.negatives));
}

function tellHl7(tallies: ReadonlyMap<string, Tally>, options: Options, tools: Tools): Result {
  const apart = [...tallies].filter(([name]) => name !== 'tx');
  const all = sum(apart.map(([, tally]) => tally));
  const used = sum(apart.filter(([name]) => core.has(name)).map(([, tally]) => tally));
  tools.terminal.line('\nHL7 validator cases, agreement on "has errors or not"');
  tellTallies(tallies, options, tools);
  tools.terminal.line(`  all but tx: ${share(all)}`);
  tools.terminal.line(`  ${[...core].join(', ')}: ${share(used)}`);
  return resultOf(all, reaches(all, goals.allButTx) && reaches(used, goals.core));
}
