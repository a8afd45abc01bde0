// Does the crew card say of the published patient what it must? `sluis conformance wishes CORPUS`: one expectation a line.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type AddCommand, examples, type Tools } from './command.ts';
import { expectations } from './conformance/wishesCases.ts';
import { failed } from './exit.ts';

export const addConformanceWishes: AddCommand = (program, tools) => {
  const group =
    program.commands.find((one) => one.name() === 'conformance') ?? program.command('conformance');
  group
    .command('wishes')
    .description(
      'the crew card of the published patient whose records contradict each other, and of vendor samples',
    )
    .argument('<corpus>', 'folder with wishes/ and vendor-stu3/')
    .addHelpText('after', examples('sluis conformance wishes ../shared/corpus'))
    .action((corpus: string) => run(corpus, tools));
};

function run(corpus: string, { terminal }: Tools): void {
  if (!existsSync(join(corpus, 'wishes'))) {
    terminal.line('skipped: corpus not found');
    return;
  }
  const results = expectations(corpus);
  for (const { name, holds, found } of results) {
    const mark = holds ? terminal.paint('green', 'ok  ') : terminal.paint('red', 'FAIL');
    terminal.line(holds ? `${mark}  ${name}` : `${mark}  ${name}; found: ${found}`);
  }
  const passed = results.filter(({ holds }) => holds).length;
  terminal.line(`${passed} passed, ${results.length - passed} failed`);
  if (passed < results.length) throw failed('');
}
