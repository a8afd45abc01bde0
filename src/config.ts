// With which settings does this gateway run? One YAML or JSON file and the environment, checked once, all faults together.
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { addressFaults } from './config/addresses.ts';
import { withEnvironment, withVariable } from './config/environment.ts';
import { exchangeFaults } from './config/exchangeNames.ts';
import { ConfigFault } from './config/faults.ts';
import { folderFaults, unreadableFiles, withPaths } from './config/files.ts';
import { productionFaults } from './config/production.ts';
import { checkSchema } from './config/schemaFaults.ts';
import type { Config } from './config/settings.ts';
import { startFaults } from './config/starting.ts';
import { timeFaults } from './config/times.ts';
import { isTree, type Tree } from './config/written.ts';

export { ConfigFault } from './config/faults.ts';
export type { Config } from './config/settings.ts';

/**
 * Reads and checks the settings. Paths of files are taken from the folder of the settings file. Throws `ConfigFault`
 * with every fault at once; nothing of the gateway has started by then.
 */
export function loadConfig(file: string, environment: Readonly<NodeJS.ProcessEnv>): Config {
  const written = withEnvironment(readSettings(file), environment);
  const settings = withPaths(written, dirname(resolve(file)));
  const { config, faults } = checkSchema(settings);
  const told = new Set(faults.map(({ path }) => path));
  const more = [addressFaults, exchangeFaults, folderFaults, productionFaults]
    .flatMap((check) => check(settings))
    .concat(config === undefined ? [] : [...timeFaults(config), ...startFaults(config)])
    .filter(({ path }) => !told.has(path));
  const all = [...faults, ...unreadableFiles(settings), ...more];
  if (config === undefined || all.length > 0) {
    const placed = all.map((fault) => ({ ...fault, path: withVariable(fault.path, environment) }));
    throw new ConfigFault(file, placed);
  }
  return config;
}

function readSettings(file: string): Tree {
  const lines = new LineCounter();
  const document = parseDocument(readText(file), { lineCounter: lines, prettyErrors: false });
  const faults = document.errors.map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return { path: `line ${line}, column ${col}`, message: error.message };
  });
  if (faults.length > 0) throw new ConfigFault(file, faults);
  const value: unknown = document.toJS();
  if (!isTree(value)) throw new ConfigFault(file, [{ path: '', message: 'must hold settings by name' }]);
  return value;
}

function readText(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    throw new ConfigFault(file, [
      { path: '', message: 'cannot be read; is the path right, and may this user read it?' },
    ]);
  }
  if (isUtf8(bytes)) return bytes.toString();
  throw new ConfigFault(file, [{ path: '', message: 'is not in UTF-8: names would be kept misspelt' }]);
}
