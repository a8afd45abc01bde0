// Which settings can the environment set? These and no others; each wins over the settings file.
import { delimiter, resolve } from 'node:path';

export type Override = {
  variable: string;
  /** Where in the settings it goes. */
  path: readonly string[];
  kind: 'text' | 'number' | 'folders';
  description: string;
};

export const overrides: readonly Override[] = [
  {
    variable: 'DATABASE_URL',
    path: ['store', 'url'],
    kind: 'text',
    description: 'Address of a PostgreSQL database; also sets `store.kind` to `postgresql`.',
  },
  {
    variable: 'SLUIS_GATEWAY_ID',
    path: ['audit', 'gatewayId'],
    kind: 'text',
    description: 'Name of this gateway and of its audit chain.',
  },
  {
    variable: 'SLUIS_BASE_URL',
    path: ['gateway', 'baseUrl'],
    kind: 'text',
    description: 'Public address of this gateway.',
  },
  {
    variable: 'SLUIS_LISTEN_HOST',
    path: ['http', 'data', 'host'],
    kind: 'text',
    description: 'Address of the listener for participants.',
  },
  {
    variable: 'SLUIS_LISTEN_PORT',
    path: ['http', 'data', 'port'],
    kind: 'number',
    description: 'Port of the listener for participants.',
  },
  {
    variable: 'SLUIS_OPS_HOST',
    path: ['http', 'ops', 'host'],
    kind: 'text',
    description: 'Address of the listener for operators.',
  },
  {
    variable: 'SLUIS_OPS_PORT',
    path: ['http', 'ops', 'port'],
    kind: 'number',
    description: 'Port of the listener for operators.',
  },
  {
    variable: 'LOG_LEVEL',
    path: ['http', 'logLevel'],
    kind: 'text',
    description: 'Least weight of a line that is logged.',
  },
  {
    variable: 'SLUIS_PACKAGES',
    path: ['validation', 'packageFolders'],
    kind: 'folders',
    description: 'Folders with FHIR packages, separated by colons; taken from the working folder.',
  },
];

type Tree = Record<string, unknown>;

/** A copy of the settings with what the environment sets. An empty variable counts as not set. */
export function withEnvironment(settings: Tree, environment: Readonly<NodeJS.ProcessEnv>): Tree {
  const copy = structuredClone(settings);
  for (const override of overrides) {
    const given = environment[override.variable];
    if (given === undefined || given === '') continue;
    if (override.variable === 'DATABASE_URL') copy.store = onPostgresql(copy.store);
    place(copy, override.path, settingFrom(given, override.kind));
  }
  return copy;
}

/** What only SQLite knows goes out, so that one settings file serves both. */
function onPostgresql(store: unknown): Tree {
  const { file: _file, busyMs: _busy, ...shared } = asTree(store);
  return { ...shared, kind: 'postgresql' };
}

function place(tree: Tree, path: readonly string[], value: unknown): void {
  const [name, ...rest] = path;
  if (name === undefined) return;
  if (rest.length === 0) {
    tree[name] = value;
    return;
  }
  const inner = asTree(tree[name]);
  tree[name] = inner;
  place(inner, rest, value);
}

function settingFrom(given: string, kind: Override['kind']): unknown {
  if (kind === 'number') return numberFrom(given);
  return kind === 'folders' ? foldersFrom(given) : given;
}

/** The folders of a variable such as SLUIS_PACKAGES. */
export const foldersFrom = (given: string): string[] =>
  given
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => resolve(folder));

/** Text that is no number stays text, so that the check of the settings names it. */
const numberFrom = (text: string): unknown => (/^\d+$/.test(text.trim()) ? Number(text) : text);
const asTree = (value: unknown): Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
