// Does every command show by an example how it is used?
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { terminalTo } from '../../tests/world/terminal.ts';
import { commands } from './commands.ts';

const program = new Command('sluis');
for (const add of commands) add(program, { terminal: terminalTo([]), environment: {} });

const leavesOf = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}

describe('the help of', () => {
  it.each(leavesOf(program).map((command) => [`${command.parent?.name()} ${command.name()}`, command]))(
    '%s has an example and says what each option is for',
    (_name, command) => {
      expect(helpOf(command)).toMatch(/\nExamples:\n {2}\$ .*sluis /);
      expect(command.options.filter(({ description }) => description === '')).toEqual([]);
    },
  );
});
