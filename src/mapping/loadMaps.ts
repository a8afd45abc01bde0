// Which maps are there? Every folder of `mappings/` with a `NAME.json` and a `NAME.map`, compiled, or refused with all faults.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GatewayError } from '../errors.ts';
import { parseJson } from '../fhir/json.ts';
import { type CompiledMap, compileMap, type MapSource } from './compileMap.ts';
import { isTree, type Tree } from './fhirpath/values.ts';
import { type Manifest, manifestSchema } from './manifest.ts';
import { readerOf, versionOf } from './readSource.ts';
import { compileSchema } from './sourceSchema.ts';
import { stampOf } from './stamp.ts';

/** A map with what its folder says about it. */
export type LoadedMap = CompiledMap & {
  title: string;
  folder: string;
  manifest: Manifest;
  /** Which files it was made of, and when each was last changed. */
  stamp: string;
  /**
   * Reads a source: parsed by the manifest's kind, checked by its schema.
   * @throws GatewayError invalid or unprocessable, naming the places
   */
  read(bytes: Uint8Array): unknown;
};

export type LoadedMaps = {
  maps: ReadonlyMap<string, LoadedMap>;
  /** Maps that were refused, and why. */
  faults: ReadonlyMap<string, GatewayError>;
};

const loadFault = (message: string, cause?: unknown): GatewayError =>
  new GatewayError('invalid', message, {
    cause,
    reason: 'map-load',
    issues: [{ severity: 'error', code: 'invalid', text: { nl: message, en: message }, rule: 'map-load' }],
  });

const readJsonFile = (file: string): unknown => {
  try {
    return parseJson(readFileSync(file));
  } catch (cause) {
    throw loadFault(`${file}: ${cause instanceof Error ? cause.message : 'not readable'}`, cause);
  }
};

const filesIn = (folder: string, ending: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
        .map((entry) => join(folder, entry.name))
        .sort()
    : [];

const mapSource =
  (root: string) =>
  (file: string): MapSource => ({ file: file.slice(root.length + 1), text: readFileSync(file, 'utf8') });

const conceptMapsIn = (folder: string): Tree[] =>
  filesIn(join(folder, 'conceptmaps'), '.json').map((file) => {
    const resource = readJsonFile(file);
    if (!isTree(resource) || resource.resourceType !== 'ConceptMap' || typeof resource.url !== 'string')
      throw loadFault(`${file} is no ConceptMap with a url`);
    return resource;
  });

const readManifest = (file: string): Manifest => {
  const parsed = manifestSchema.safeParse(readJsonFile(file));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw loadFault(`${file}: ${faults.join('; ')}`);
};

/** The folders whose maps and concept maps a map may import: its own, `shared`, and those that it names. */
const foldersFor = (root: string, name: string, manifest: Manifest): string[] => [
  join(root, name),
  join(root, 'shared'),
  ...manifest.uses.map((other) => join(root, other)),
];

const loadMap = (root: string, name: string, before?: LoadedMap): LoadedMap => {
  const folder = join(root, name);
  const manifest = readManifest(join(folder, `${name}.json`));
  const main = join(folder, `${name}.map`);
  if (!existsSync(main)) throw loadFault(`${name}: there is no ${name}.map beside ${name}.json`);
  const folders = foldersFor(root, name, manifest);
  const stamp = stampOf(folders);
  if (before?.stamp === stamp) return before;
  const others = folders.flatMap((one) => filesIn(one, '.map')).filter((file) => file !== main);
  const source = versionOf(manifest.source.kind);
  const compiled = compileMap({
    name,
    maps: [mapSource(root)(main), ...others.map(mapSource(root))],
    conceptMaps: folders.flatMap(conceptMapsIn),
    ...(manifest.entry === undefined ? {} : { entry: manifest.entry }),
    ...(source ? { sourceVersion: source } : {}),
    ...(manifest.target === 'none' ? {} : { targetVersion: manifest.target }),
  });
  const { schema } = manifest.source;
  const check =
    schema === undefined ? () => [] : compileSchema(readJsonFile(join(folder, schema)), `${name}/${schema}`);
  return { ...compiled, title: manifest.title, folder, manifest, stamp, read: readerOf(manifest, check) };
};

/** The names of a folder's maps, without reading them. */
export const mapNames = (root: string): string[] =>
  readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, entry.name, `${entry.name}.json`)))
    .map((entry) => entry.name)
    .sort();

/** A file that went away between the listing and the reading is a fault of its map, not of the loader. */
const asLoadFault = (name: string, error: unknown): GatewayError => {
  if (error instanceof GatewayError) return error;
  if (error instanceof Error && 'syscall' in error) return loadFault(`${name}: ${error.message}`, error);
  throw error;
};

/** Loads every map of a folder, or those of `names`; a map with faults is told. Of `before`, what did not change is kept. */
export const tryLoadMaps = (
  root: string,
  names: readonly string[] = mapNames(root),
  before?: ReadonlyMap<string, LoadedMap>,
): LoadedMaps => {
  const maps = new Map<string, LoadedMap>();
  const faults = new Map<string, GatewayError>();
  for (const name of names) {
    try {
      maps.set(name, loadMap(root, name, before?.get(name)));
    } catch (error) {
      faults.set(name, asLoadFault(name, error));
    }
  }
  return { maps, faults };
};

/**
 * Loads every map of a folder, each from `NAME/NAME.json` and `NAME/NAME.map`.
 * @throws GatewayError invalid with all faults of all maps
 */
export const loadMaps = (root: string): ReadonlyMap<string, LoadedMap> => {
  const { maps, faults } = tryLoadMaps(root);
  if (faults.size === 0) return maps;
  const all = [...faults.values()];
  throw new GatewayError('invalid', all.map((fault) => fault.message).join('\n'), {
    issues: all.flatMap((fault) => fault.issues),
    reason: 'map-load',
  });
};
