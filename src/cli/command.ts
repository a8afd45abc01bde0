// What does a command need? Its place in the program, a terminal, and the environment; one file per command.
import type { Command } from 'commander';
import { type Config, ConfigFault, loadConfig } from '../config.ts';
import { misused } from './exit.ts';
import type { Terminal } from './terminal.ts';

export type Tools = { terminal: Terminal; environment: Readonly<NodeJS.ProcessEnv> };

/** Adds one command, or a group of them, to the program. */
export type AddCommand = (program: Command, tools: Tools) => void;

/** Adds `--config`, which may also come from SLUIS_CONFIG. */
export function withConfig(command: Command): Command {
  return command.option('-c, --config <file>', 'settings file, YAML or JSON (or SLUIS_CONFIG)');
}

export const configFile = (options: { config?: string }, tools: Tools): string => {
  const file = options.config ?? tools.environment.SLUIS_CONFIG;
  if (file === undefined || file === '')
    throw misused('Which settings? Give --config FILE, or set SLUIS_CONFIG.');
  return file;
};

/** The checked settings. Faults end the command with code 1, a missing --config with code 2. */
export const readConfig = (options: { config?: string }, tools: Tools): Config =>
  loadConfig(configFile(options, tools), tools.environment);

export { ConfigFault };

/** Examples under a command's help. */
export const examples = (...lines: string[]): string =>
  `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
