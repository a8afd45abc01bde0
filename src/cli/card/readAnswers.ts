// Which files are whose answer? `--holder NAME=PLACE`, else the name of the folder a file lies in; JSON or XML, STU3 or R4.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { GatewayError } from '../../errors.ts';
import type { HolderAnswer } from '../../exchange/wishes/records.ts';
import { isResource } from '../../fhir/bundles.ts';
import { parseXmlOfEither, startsXml } from '../../fhir/eitherXml.ts';
import { parseJson } from '../../fhir/json.ts';
import type { FhirResource } from '../../model.ts';
import { misused } from '../exit.ts';

export type Unreadable = { file: string; holder: string; reason: string };
export type Answers = { answers: HolderAnswer[]; unreadable: Unreadable[]; skipped: string[] };

type Found = { file: string; holder: string; named: boolean };

/** The files of a place, and whether the place itself is one: then it must be FHIR. */
function filesIn(place: string): { files: string[]; isFile: boolean } {
  try {
    if (!statSync(place).isDirectory()) return { files: [place], isFile: true };
    const names = readdirSync(place, { recursive: true, encoding: 'utf8' });
    const files = names.filter((name) => /\.(?:json|xml)$/i.test(name)).map((name) => join(place, name));
    return { files: files.sort(), isFile: false };
  } catch (cause) {
    throw misused(`${place} cannot be read: is it a file or a folder that exists?`, cause);
  }
}

/** Folders of one name are told apart by the folder they lie in. */
function folderNames(folders: readonly string[]): Map<string, string> {
  const distinct = [...new Set(folders)];
  const isShared = (name: string): boolean => distinct.filter((one) => basename(one) === name).length > 1;
  return new Map(
    distinct.map((folder) => {
      const name = basename(folder) || folder;
      return [folder, isShared(name) ? `${basename(dirname(folder))}/${name}` : name];
    }),
  );
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
  const loose = places.map((place) => ({ place, ...filesIn(place) }));
  const folderOf = (file: string): string => dirname(resolve(file));
  const folders = loose.flatMap(({ place, files, isFile }) =>
    files.length === 0 && !isFile ? [resolve(place)] : files.map(folderOf),
  );
  const names = folderNames(folders);
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

const withoutMark = (bytes: Buffer): Buffer =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;

/** The resources of a file: one, or a JSON list of them; nothing when it is not FHIR. */
function parse(bytes: Buffer): FhirResource[] {
  if (startsXml(bytes)) return [parseXmlOfEither(bytes).resource];
  const value = parseJson(bytes);
  if (isResource(value)) return [value];
  return Array.isArray(value) ? value.filter(isResource) : [];
}

function reasonOf(error: unknown): string {
  if (!(error instanceof GatewayError)) return 'the file cannot be opened';
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
      const parsed = parse(withoutMark(readFileSync(file)));
      resources.get(holder)?.push(...parsed);
      if (parsed.length > 0) continue;
      if (named) unreadable.push({ file, holder, reason: 'not a FHIR resource: resourceType is missing' });
      else skipped.push(file);
    } catch (error) {
      unreadable.push({ file, holder, reason: reasonOf(error) });
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
