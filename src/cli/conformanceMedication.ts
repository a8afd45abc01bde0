// Does consolidation do what official examples say? `sluis conformance medication CORPUS`: one line per expectation.
import { existsSync } from 'node:fs';
import { type AddCommand, examples, type Tools } from './command.ts';
import { checkDispenses } from './conformance/medicationDispenses.ts';
import { type Check, checkForms, checkPairs, checkPatients } from './conformance/medicationPatients.ts';
import { checkQueries } from './conformance/medicationQueries.ts';
import { checkUnhappy } from './conformance/medicationUnhappy.ts';
import { countLine } from './conformance/suites.ts';
import { failed } from './exit.ts';

export const addConformanceMedication: AddCommand = (program, tools) => {
  const group =
    program.commands.find((one) => one.name() === 'conformance') ?? program.command('conformance');
  group
    .command('medication')
    .description('official overview pairs, consolidation patients and search scripts, one line each')
    .argument('<corpus>', 'folder with overview/, mp9-ada-to-fhir/, mp9-queries/ and, if there, mp9-612/')
    .addHelpText('after', examples('sluis conformance medication ../shared/corpus'))
    .action((corpus: string) => run(corpus, tools));
};

function run(corpus: string, { terminal }: Tools): void {
  if (!existsSync(corpus)) {
    terminal.line('skipped: corpus not found');
    return;
  }
  const queries = checkQueries(corpus);
  const dispenses = checkDispenses(corpus);
  const checks: Check[] = [
    ...checkPairs(corpus),
    ...checkPatients(corpus),
    ...checkForms(corpus),
    ...dispenses,
    ...checkUnhappy(corpus),
    ...queries.checks,
  ];
  for (const { name, faults } of checks) {
    const good = faults.length === 0;
    terminal.line(`${terminal.paint(good ? 'green' : 'red', good ? 'ok  ' : 'FAIL')}  ${name}`);
    for (const fault of faults) terminal.line(`      ${fault}`);
  }
  if (dispenses.length === 0) terminal.line('skipped: no 6.12 pairs (mp9-612/) in the corpus');
  for (const { reason, count } of queries.skipped) terminal.line(`skipped: ${count} queries, ${reason}`);
  const bad = checks.filter(({ faults }) => faults.length > 0).length;
  terminal.line(countLine('medication', { passed: checks.length - bad, failed: bad }));
  if (bad > 0) throw failed('');
}
