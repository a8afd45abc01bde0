// How does one call of the command line run, and with which exit code does it end?
import { Command, CommanderError, Help, type Option } from 'commander';
import { version } from '../app/version.ts';
import { commands } from './commands.ts';
import { CommandFailure, toldOf } from './exit.ts';
import { createTerminal, type Terminal } from './terminal.ts';

/** Runs one command line; gives 0 as asked, 1 failed or refused, 2 bad usage or unreadable input. */
export async function runCommandLine(
  argv: readonly string[],
  environment: Readonly<NodeJS.ProcessEnv>,
  given?: Terminal,
): Promise<number> {
  const terminal = given ?? createTerminal(argv.includes('--progress') ? { progress: true } : {});
  const program = createProgram();
  for (const add of commands) add(program, { terminal, environment });
  quiet(program);
  if (argv.length <= 2) {
    program.outputHelp();
    return 0;
  }
  try {
    await program.parseAsync([...argv]);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return exitCodeOf(error, terminal);
  }
}

function createProgram(): Command {
  return new Command('sluis')
    .description('An open gateway for exchanging care records between organisations in a Dutch care region.')
    .version(version, '-V, --version', 'print the version')
    .option('--progress', 'show progress on stderr, also when it is no terminal')
    .helpOption('-h, --help', 'show help')
    .showSuggestionAfterError(true)
    .showHelpAfterError('(sluis --help tells what there is)')
    .configureHelp({ showGlobalOptions: false, optionDescription: (option) => described(option) });
}

const help = new Help();

/** An option that may be given again begins with none: that is no default to tell. */
const described = (option: Option): string => help.optionDescription(option).replace(' (default: [])', '');

/** Commander would end the process by itself; here every command ends in one place. */
function quiet(command: Command): void {
  command.exitOverride();
  for (const inner of command.commands) quiet(inner);
}

function exitCodeOf(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof CommandFailure) {
    if (error.message !== '') terminal.note(error.message);
    return error.exitCode;
  }
  terminal.note(toldOf(error));
  return 1;
}
