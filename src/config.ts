// With which settings does this gateway run? One YAML or JSON file and the environment, checked once, all faults together.
import { accessSync, constants, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { withEnvironment } from './config/environment.ts';
import { ConfigFault, faultsOf, printPath, type SettingFault } from './config/faults.ts';
import { type Config, settingsSchema } from './config/settings.ts';
import { addressFaults } from './routing/settings.ts';
import { sandboxKeyMark } from './sandbox/keys.ts';

export { ConfigFault } from './config/faults.ts';
export type { Config } from './config/settings.ts';

type Tree = Record<string, unknown>;

/**
 * Reads and checks the settings. Paths of files are taken from the folder of the settings file. Throws `ConfigFault`
 * with every fault at once; nothing of the gateway has started by then.
 */
export function loadConfig(file: string, environment: Readonly<NodeJS.ProcessEnv>): Config {
  const written = withEnvironment(readSettings(file), environment);
  const settings = withPaths(written, dirname(resolve(file)));
  const parsed = settingsSchema.safeParse(settings);
  const fileFaults = unreadableFiles(settings);
  if (!parsed.success) throw new ConfigFault(file, [...faultsOf(parsed.error), ...fileFaults]);
  const faults = [
    ...fileFaults,
    ...addressFaults(parsed.data.participants, parsed.data.outgoing.allowPrivate),
    ...folderFaults(parsed.data.validation.packageFolders),
    ...(parsed.data.gateway.mode === 'production' ? productionFaults(parsed.data) : []),
  ];
  if (faults.length > 0) throw new ConfigFault(file, faults);
  return parsed.data;
}

function readSettings(file: string): Tree {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new ConfigFault(file, [
      { path: '', message: 'cannot be read; is the path right, and may this user read it?' },
    ]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const faults = document.errors.map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return { path: `line ${line}, column ${col}`, message: error.message };
  });
  if (faults.length > 0) throw new ConfigFault(file, faults);
  const value: unknown = document.toJS();
  if (!isTree(value)) throw new ConfigFault(file, [{ path: '', message: 'must hold settings by name' }]);
  return value;
}

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const namesFile = (name: string): boolean => name === 'file' || name.endsWith('File');
const namesFolder = (name: string): boolean => /Folders?$/.test(name);

/** Every setting named `file`, `…File` or `…Folder` is a path, `…Folders` a list of them. */
function withPaths(tree: Tree, folder: string): Tree {
  const absolute = (value: unknown): unknown => (typeof value === 'string' ? resolve(folder, value) : value);
  return Object.fromEntries(
    Object.entries(tree).map(([name, value]) => {
      if (isTree(value)) return [name, withPaths(value, folder)];
      if (!namesFile(name) && !namesFolder(name)) return [name, value];
      return [name, Array.isArray(value) ? value.map(absolute) : absolute(value)];
    }),
  );
}

/** Key and certificate files must be there; the database's file and the anchor are made, their folders not. */
function unreadableFiles(tree: Tree, path: readonly string[] = []): SettingFault[] {
  return Object.entries(tree).flatMap(([name, value]) => {
    if (isTree(value)) return unreadableFiles(value, [...path, name]);
    const fault = namesFile(name) && typeof value === 'string' ? fileFault(name, value) : undefined;
    return fault === undefined ? [] : [{ path: printPath([...path, name]), message: `${value} ${fault}` }];
  });
}

function fileFault(name: string, file: string): string | undefined {
  if (name === 'file' || name === 'anchorFile') {
    return may(dirname(file), constants.W_OK)
      ? undefined
      : 'has a folder that is not there or may not be written';
  }
  return may(file, constants.R_OK) ? undefined : 'is not there, or may not be read';
}

/** A folder of packages that is not there would mean that nothing is checked against them, without a word. */
function folderFaults(folders: readonly string[]): SettingFault[] {
  return folders.flatMap((folder, at) =>
    may(folder, constants.R_OK | constants.X_OK)
      ? []
      : [
          {
            path: printPath(['validation', 'packageFolders', at]),
            message: `${folder} is not there, or may not be read`,
          },
        ],
  );
}

function may(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

function productionFaults(config: Config): SettingFault[] {
  const faults: SettingFault[] = [];
  if (!config.gateway.baseUrl.startsWith('https:')) {
    faults.push({ path: 'gateway.baseUrl', message: 'must be an https address in production' });
  }
  const keyFiles = {
    store: config.store.keyFile,
    identity: config.identity.keyFile,
    audit: config.audit.signingKeyFile,
  };
  for (const [name, keyFile] of Object.entries(keyFiles)) {
    if (holdsSandboxKey(readFileSync(keyFile, 'utf8')))
      faults.push({
        path: name,
        message: 'its key file holds a key that the sandbox made; make one with `sluis keys init`',
      });
  }
  config.participants.forEach((participant, at) => {
    participant.clients.forEach(({ keys }, index) => {
      if (keys.kind !== 'inline' || !holdsSandboxKey(JSON.stringify(keys.jwks))) return;
      const path = printPath(['participants', at, 'clients', index, 'jwks']);
      faults.push({ path, message: `is a key of the sandbox; ask ${participant.id} for its own` });
    });
  });
  return faults;
}

const holdsSandboxKey = (text: string): boolean => text.includes(`"${sandboxKeyMark}`);
