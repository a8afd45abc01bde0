// Do we speak with Mitz as published, and has each refusal one code? `sluis conformance consent CORPUS`: one expectation a line.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type AddCommand, examples, type Tools } from './command.ts';
import { consentExpectations } from './conformance/consentCases.ts';
import { reasonTable } from './conformance/consentReasons.ts';
import { countLine } from './conformance/suites.ts';
import { failed } from './exit.ts';
import { aligned } from './terminal.ts';

export const addConformanceConsent: AddCommand = (program, tools) => {
  const group =
    program.commands.find((one) => one.name() === 'conformance') ?? program.command('conformance');
  group
    .command('consent')
    .description(
      'questions, answers, subscription and notification of Mitz, and one code for each cause of a refusal',
    )
    .argument('<corpus>', 'folder with mitz/ and openquery/')
    .addHelpText('after', examples('sluis conformance consent ../shared/corpus/trust'))
    .action((corpus: string) => run(corpus, tools));
};

async function run(corpus: string, { terminal }: Tools): Promise<void> {
  if (!existsSync(join(corpus, 'mitz'))) {
    terminal.line('skipped: corpus not found');
    return;
  }
  const { rows, expectations } = await reasonTable();
  const results = [...consentExpectations(corpus), ...expectations];
  for (const { name, holds, found } of results) {
    const mark = holds ? terminal.paint('green', 'ok  ') : terminal.paint('red', 'FAIL');
    terminal.line(holds ? `${mark}  ${name}` : `${mark}  ${name}; found: ${found}`);
  }
  terminal.line('\nWhy it was refused, and what the caller is told');
  const cells = rows.map(({ cause, kind, code }) => [cause, kind, code]);
  for (const line of aligned([['CAUSE', 'KIND', 'CODE'], ...cells])) terminal.line(line);
  const passed = results.filter(({ holds }) => holds).length;
  terminal.line(`\n${countLine('consent', { passed, failed: results.length - passed })}`);
  if (passed < results.length) throw failed('');
}
