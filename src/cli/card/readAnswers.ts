// Which files are whose answer? `--holder NAME=PLACE`, else the name of the folder a file lies in; JSON or XML, STU3 or R4.
import { readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { GatewayError } from '../../errors.ts';
import type { HolderAnswer } from '../../exchange/wishes/records.ts';
import { isResource } from '../../fhir/bundles.ts';
import { resourceTypeOf } from '../../fhir/definitions.ts';
import { parseXmlOfEither, startsXml } from '../../fhir/eitherXml.ts';
import { parseJson } from '../../fhir/json.ts';
import type { FhirResource } from '../../model.ts';
import { CommandFailure, misused } from '../exit.ts';
import { readContentOf } from '../fileContent.ts';

export type Unreadable = { file: string; holder: string; reason: string };
export type Answers = { answers: HolderAnswer[]; unreadable: Unreadable[]; skipped: string[] };

type Found = { file: string; holder: string; named: boolean };

const isNamedFhir = (name: string): boolean => /\.(?:json|xml)$/i.test(name);

/** What systems leave in a folder for themselves, such as .DS_Store, and what tells of the folder. */
const isHousekeeping = (name: string): boolean =>
  /^(?:\.|readme|licen[cs]e)/i.test(name) && !isNamedFhir(name);

/** Every file of a place, whatever its name, and whether the place itself is one: then it must be FHIR. */
function filesIn(place: string): { files: string[]; isFile: boolean } {
  try {
    if (!statSync(place).isDirectory()) return { files: [place], isFile: true };
    const entries = readdirSync(place, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => !entry.isDirectory() && !isHousekeeping(entry.name))
      .map((entry) => join(entry.parentPath, entry.name));
    if (files.length === 0) throw misused(`There are no files in ${place}.`);
    return { files: files.sort(), isFile: false };
  } catch (cause) {
    if (cause instanceof CommandFailure) throw cause;
    throw misused(`${place} cannot be read: is it a file or a folder that exists?`, cause);
  }
}

/** Folders of one name are told apart by the folders they lie in, as many as that takes. */
function folderNames(folders: readonly string[]): Map<string, string> {
  const distinct = [...new Set(folders)];
  const ending = (folder: string, depth: number): string => folder.split(sep).slice(-depth).join('/');
  const nameOf = (folder: string, depth = 1): string => {
    const name = ending(folder, depth);
    const isShared = distinct.some((other) => other !== folder && ending(other, depth) === name);
    return isShared ? nameOf(folder, depth + 1) : name || folder;
  };
  return new Map(distinct.map((folder) => [folder, nameOf(folder)]));
}

/** `NAME=PLACE`; the name may hold anything but an equals sign. */
function splitHolder(given: string): { name: string; place: string } {
  const [, name, place] = /^([^=]+)=(.+)$/.exec(given) ?? [];
  if (name === undefined || place === undefined) throw misused(`--holder is NAME=PLACE, not "${given}".`);
  return { name: name.trim(), place };
}

function findFiles(
  places: readonly string[],
  holders: readonly string[],
): { found: Found[]; names: string[] } {
  const named = holders.map(splitHolder).map(({ name, place }) => ({ name, ...filesIn(place) }));
  const loose = places.map((place) => filesIn(place));
  const folderOf = (file: string): string => dirname(resolve(file));
  const names = folderNames(loose.flatMap(({ files }) => files.map(folderOf)));
  const found = [
    ...named.flatMap(({ name, files, isFile }) =>
      files.map((file) => ({ file, holder: name, named: isFile })),
    ),
    ...loose.flatMap(({ files, isFile }) =>
      files.map((file) => ({ file, holder: names.get(folderOf(file)) ?? '?', named: isFile })),
    ),
  ];
  return { found, names: [...new Set([...named.map(({ name }) => name), ...names.values()])] };
}

const missingType = 'not a FHIR resource: resourceType is missing';

type Parsed = { resources: FhirResource[]; unread: string[] };

const isKnown = (type: string): boolean =>
  resourceTypeOf('r4', type) !== undefined || resourceTypeOf('stu3', type) !== undefined;

function faultOf(value: unknown): string | undefined {
  if (!isResource(value)) return missingType;
  if (!isKnown(value.resourceType)) return `there is no FHIR resource type "${value.resourceType}"`;
  return undefined;
}

/** What each of these parts, and those within it, holds as a resource and is none. */
function faultsIn(parts: unknown, path: string): string[] {
  if (!Array.isArray(parts)) return [];
  return parts.flatMap((one: unknown, index) => {
    const { resource, part }: { resource?: unknown; part?: unknown } = Object(one);
    const place = `${path}[${index}]`;
    const fault = resource === undefined ? undefined : faultOf(resource);
    const own =
      fault === undefined ? faultsInside(resource, `${place}.resource`) : [`${place}.resource: ${fault}`];
    return [...own, ...faultsIn(part, `${place}.part`)];
  });
}

/** The same of a Bundle or Parameters, however deep they lie in others. */
function faultsInside(resource: unknown, path?: string): string[] {
  if (!isResource(resource)) return [];
  const { resourceType: type } = resource;
  if (type === 'Bundle') return faultsIn(resource.entry, `${path ?? type}.entry`);
  return type === 'Parameters' ? faultsIn(resource.parameter, `${path ?? type}.parameter`) : [];
}

/** The resources of a file: one, or a JSON list of them. JSON in which nothing is FHIR holds nothing, read or unread. */
function parse(bytes: Buffer): Parsed {
  if (startsXml(bytes)) return { resources: [parseXmlOfEither(bytes).resource], unread: [] };
  const value = parseJson(bytes);
  const items: unknown[] = Array.isArray(value) ? value : [value];
  if (!items.some(isResource)) return { resources: [], unread: [] };
  const place = (index: number): string => (Array.isArray(value) ? `item ${index + 1} of the list: ` : '');
  return {
    resources: items.filter(isResource).filter(({ resourceType }) => isKnown(resourceType)),
    unread: items.flatMap((item, index) => {
      const fault = faultOf(item);
      const faults = fault === undefined ? faultsInside(item) : [fault];
      return faults.map((one) => `${place(index)}${one}`);
    }),
  };
}

function reasonOf(error: unknown, file: string): string {
  if (!(error instanceof GatewayError)) return 'the file cannot be opened';
  if (!isNamedFhir(file)) return 'not read: it is neither JSON nor XML';
  const place = error.issues[0]?.expression?.[0];
  return place === undefined ? error.message : `${error.message} (${place})`;
}

/** Reads what each holder answered. Throws a usage failure (exit 2) for a place that is not there. */
export function readAnswers(places: readonly string[], holders: readonly string[]): Answers {
  const { found, names } = findFiles(places, holders);
  const resources = new Map<string, FhirResource[]>(names.map((name) => [name, []]));
  const unreadable: Unreadable[] = [];
  const skipped: string[] = [];
  for (const { file, holder, named } of found) {
    try {
      const parsed = parse(readContentOf(file));
      resources.get(holder)?.push(...parsed.resources);
      unreadable.push(...parsed.unread.map((reason) => ({ file, holder, reason })));
      if (parsed.resources.length + parsed.unread.length > 0) continue;
      if (named) unreadable.push({ file, holder, reason: missingType });
      else skipped.push(file);
    } catch (error) {
      unreadable.push({ file, holder, reason: reasonOf(error, file) });
    }
  }
  const answers = [...resources].map(
    ([name, given]): HolderAnswer => ({
      holder: { name },
      state: unreadable.some(({ holder }) => holder === name) ? 'partial' : 'answered',
      resources: given,
    }),
  );
  return { answers, unreadable, skipped };
}
