// Where do condensed definitions stand, so that a start does not read hundreds of megabytes? In one file, read lazily.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { FhirVersion } from '../model.ts';
import { type CodeSystem, condenseCodeSystem, condenseValueSet, type ValueSet } from './codes.ts';
import { condense } from './condense.ts';
import { isTree, type Profile, type Tree, textOf } from './profile.ts';

export type Entry = {
  kind: 'profile' | 'valueSet' | 'codeSystem' | 'questionnaire';
  version: FhirVersion;
  url: string;
  release?: string;
  content: Profile | ValueSet | CodeSystem | Tree;
};

/** A place on the shelf: the content is parsed when it is first asked for. */
export type Place = Omit<Entry, 'content'> & { read(): Entry['content'] };

const kinds: Readonly<Record<string, Entry['kind']>> = {
  StructureDefinition: 'profile',
  ValueSet: 'valueSet',
  CodeSystem: 'codeSystem',
  Questionnaire: 'questionnaire',
};

function contentOf(kind: Entry['kind'], resource: Tree, version: FhirVersion): Entry['content'] | undefined {
  if (kind === 'profile') return condense(resource, version);
  if (kind === 'valueSet') return condenseValueSet(resource, version);
  return kind === 'codeSystem' ? condenseCodeSystem(resource, version) : resource;
}

/** What of a definition resource goes on the shelf; empty for other resources. A Bundle gives those of its entries. */
export function entriesOf(resource: unknown, version: FhirVersion): Entry[] {
  if (!isTree(resource)) return [];
  if (resource.resourceType === 'Bundle' && Array.isArray(resource.entry)) {
    return resource.entry.flatMap((entry) => entriesOf(isTree(entry) ? entry.resource : null, version));
  }
  const kind = kinds[textOf(resource.resourceType) ?? ''];
  const url = textOf(resource.url);
  if (kind === undefined || url === undefined) return [];
  const content = contentOf(kind, resource, version);
  const release = textOf(resource.version);
  if (content === undefined) return [];
  return [{ kind, version, url, ...(release === undefined ? {} : { release }), content }];
}

/** Entries as places, without a file. */
export const placesOf = (entries: readonly Entry[]): Place[] =>
  entries.map(({ content, ...rest }) => ({ ...rest, read: () => content }));

type Line = Omit<Entry, 'content'> & { at: number; size: number };

/** Writes entries to one file, atomically: an index of one line, then the contents. */
export function writeShelf(file: string, entries: readonly Entry[]): void {
  const bodies: Buffer[] = [];
  const lines: Line[] = [];
  let at = 0;
  for (const { content, ...rest } of entries) {
    const body = Buffer.from(JSON.stringify(content));
    lines.push({ ...rest, at, size: body.length });
    bodies.push(body);
    at += body.length;
  }
  const scratch = `${file}.${process.pid}.part`;
  writeFileSync(scratch, Buffer.concat([Buffer.from(`${JSON.stringify(lines)}\n`), ...bodies]));
  renameSync(scratch, file);
}

/** Opens a shelf; undefined when the file does not exist or is not a shelf. */
export function openShelf(file: string): Place[] | undefined {
  try {
    const bytes = readFileSync(file);
    const start = bytes.indexOf(10) + 1;
    const lines: Line[] = JSON.parse(bytes.toString('utf8', 0, start));
    return lines.map(({ at, size, ...rest }) => ({
      ...rest,
      read: () => JSON.parse(bytes.toString('utf8', start + at, start + at + size)),
    }));
  } catch {
    return undefined;
  }
}
