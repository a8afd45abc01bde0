// Which files are to be validated, and what stands in them? JSON or XML, STU3 or R4.
import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { GatewayError } from '../errors.ts';
import { isResource } from '../fhir/bundles.ts';
import { parseXmlOfEither, startsXml } from '../fhir/eitherXml.ts';
import { parseJson } from '../fhir/json.ts';
import { checkShape } from '../fhir/shape.ts';
import { parseXml } from '../fhir/xml.ts';
import { profilesOf, versionByAddress, versionOf } from '../mapping/fhirVersion.ts';
import type { FhirResource, FhirVersion } from '../model.ts';
import { CommandFailure, misused } from './exit.ts';
import { readContentOf } from './fileContent.ts';

export type Content =
  | { resource: FhirResource; version: FhirVersion; unreadable?: undefined }
  | { unreadable: string };

/** The files themselves, and the JSON and XML files of folders at any depth. Throws (exit 2) for what is not there. */
export function filesOf(places: readonly string[]): string[] {
  return places.flatMap((place) => {
    try {
      return statSync(place).isDirectory() ? filesIn(place) : [place];
    } catch (cause) {
      if (cause instanceof CommandFailure) throw cause;
      throw misused(`${place} cannot be read.`, cause);
    }
  });
}

const isRead = (name: string): boolean => /\.(?:json|xml)$/i.test(name);
const shownNames = 3;

/** What of the folders among the places is left aside, in words: nobody may take it for checked. */
export function leftAside(places: readonly string[]): string[] {
  return places.flatMap((place) => {
    if (!statSync(place).isDirectory()) return [];
    const names = readdirSync(place, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !isRead(entry.name))
      .map((entry) => relative(place, join(entry.parentPath, entry.name)))
      .sort();
    if (names.length === 0) return [];
    const more = names.length > shownNames ? ', …' : '';
    const which = names.slice(0, shownNames).join(', ');
    const those = names.length === 1 ? '1 file' : `${names.length} files`;
    const verbs = names.length === 1 ? ['is', 'was'] : ['are', 'were'];
    return [`${those} in ${place} ${verbs[0]} no .json or .xml and ${verbs[1]} not read: ${which}${more}`];
  });
}

function filesIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(isRead).sort();
  if (names.length === 0) throw misused(`There are no JSON or XML files in ${folder}.`);
  return names.map((name) => join(folder, name));
}

/** What tells the version where a resource does not: whether a profile is known in it. */
export type Knows = (version: FhirVersion, profile: string) => boolean;

/** The one version in which a claimed profile is known. */
function knownIn(resource: FhirResource, knows: Knows): FhirVersion | undefined {
  const profiles = profilesOf(resource);
  const [stu3, r4] = (['stu3', 'r4'] as const).map((version) => profiles.some((one) => knows(version, one)));
  if (stu3 === r4) return undefined;
  return stu3 ? 'stu3' : 'r4';
}

/** The version of a definition, which says it. */
const statedIn = ({ fhirVersion }: FhirResource): FhirVersion | undefined => {
  if (typeof fhirVersion !== 'string') return undefined;
  return fhirVersion.startsWith('3.') ? 'stu3' : 'r4';
};

/** XML that R4 can read may be STU3: its addresses tell, or what R4 finds wrong in it. */
function parseEither(bytes: Uint8Array, knows: Knows): { resource: FhirResource; version: FhirVersion } {
  const read = parseXmlOfEither(bytes);
  if (read.version === 'stu3') return read;
  const { resource } = read;
  const fits = checkShape(resource, 'r4').length === 0;
  const told = statedIn(resource) ?? versionByAddress(resource) ?? knownIn(resource, knows);
  const version = told ?? (fits ? 'r4' : versionOf(resource));
  return version === 'stu3' ? { resource: parseXml(bytes, version), version } : read;
}

type Asked = { version?: FhirVersion | undefined; knows?: Knows };

function parse(bytes: Uint8Array, { version, knows = () => false }: Asked): Content {
  if (startsXml(bytes))
    return version === undefined
      ? parseEither(bytes, knows)
      : { resource: parseXml(bytes, version), version };
  const value = parseJson(bytes);
  if (!isResource(value)) return { unreadable: 'not a FHIR resource: resourceType is missing' };
  const found = version ?? statedIn(value) ?? versionOf(value) ?? knownIn(value, knows);
  return { resource: value, version: found ?? 'r4' };
}

/** Reads one file. Never throws: what cannot be read is told. */
export function readContent(file: string, asked: Asked): Content {
  try {
    return parse(readContentOf(file), asked);
  } catch (error) {
    if (!(error instanceof GatewayError)) return { unreadable: 'the file cannot be read' };
    const place = error.issues[0]?.expression?.[0];
    return { unreadable: place === undefined ? error.message : `${error.message} (${place})` };
  }
}
