// Which settings can the environment set? These and no others; each wins over the settings file.
import { delimiter, resolve } from 'node:path';

type Kind = 'text' | 'number' | 'folders';

export type Override = {
  variable: string;
  /** Where in the settings it goes. */
  path: readonly string[];
  kind: Kind;
  description: string;
};

const rows: readonly (readonly [variable: string, path: string, kind: Kind, description: string])[] = [
  [
    'DATABASE_URL',
    'store.url',
    'text',
    'Address of a PostgreSQL database; also sets `store.kind` to `postgresql`.',
  ],
  ['SLUIS_GATEWAY_ID', 'audit.gatewayId', 'text', 'Name of this gateway and of its audit chain.'],
  ['SLUIS_BASE_URL', 'gateway.baseUrl', 'text', 'Public address of this gateway.'],
  ['SLUIS_LISTEN_HOST', 'http.data.host', 'text', 'Address of the listener for participants.'],
  ['SLUIS_LISTEN_PORT', 'http.data.port', 'number', 'Port of the listener for participants.'],
  ['SLUIS_OPS_HOST', 'http.ops.host', 'text', 'Address of the listener for operators.'],
  ['SLUIS_OPS_PORT', 'http.ops.port', 'number', 'Port of the listener for operators.'],
  ['LOG_LEVEL', 'http.logLevel', 'text', 'Least weight of a line that is logged.'],
  [
    'SLUIS_PACKAGES',
    'validation.packageFolders',
    'folders',
    'Folders with FHIR packages, separated by colons; taken from the working folder.',
  ],
];

export const overrides: readonly Override[] = rows.map(([variable, path, kind, description]) => ({
  variable,
  path: path.split('.'),
  kind,
  description,
}));

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

/** A place in the settings as an operator finds it again: with the variable, where that is what set it. */
export function withVariable(path: string, environment: Readonly<NodeJS.ProcessEnv>): string {
  const setting = overrides.find((one) => one.path.join('.') === path);
  return setting && environment[setting.variable] ? `${path} (${setting.variable})` : path;
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
