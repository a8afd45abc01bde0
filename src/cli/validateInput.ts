// Which files are to be validated, and what stands in them? JSON or XML, STU3 or R4.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { GatewayError } from '../errors.ts';
import { isResource } from '../fhir/bundles.ts';
import { parseXmlOfEither, startsXml } from '../fhir/eitherXml.ts';
import { parseJson } from '../fhir/json.ts';
import { checkShape } from '../fhir/shape.ts';
import { parseXml } from '../fhir/xml.ts';
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

function filesIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:json|xml)$/i.test(name))
    .sort();
  if (names.length === 0) throw misused(`There are no JSON or XML files in ${folder}.`);
  return names.map((name) => join(folder, name));
}

const faults = (resource: FhirResource, version: FhirVersion): number =>
  checkShape(resource, version).filter((one) => one.severity === 'error').length;

/** The version whose element tables a resource fits best; R4 when it fits both. */
function versionOf(resource: FhirResource): FhirVersion {
  const inR4 = faults(resource, 'r4');
  return inR4 > 0 && faults(resource, 'stu3') < inR4 ? 'stu3' : 'r4';
}

/** As parseXmlOfEither; what R4 can read may still fit STU3 better. */
function parseEither(bytes: Uint8Array): { resource: FhirResource; version: FhirVersion } {
  const { resource, version } = parseXmlOfEither(bytes);
  const fits = version === 'stu3' || checkShape(resource, 'r4').length === 0;
  return { resource, version: fits ? version : versionOf(resource) };
}

function parse(bytes: Uint8Array, version: FhirVersion | undefined): Content {
  if (startsXml(bytes))
    return version === undefined ? parseEither(bytes) : { resource: parseXml(bytes, version), version };
  const value = parseJson(bytes);
  if (!isResource(value)) return { unreadable: 'not a FHIR resource: resourceType is missing' };
  return { resource: value, version: version ?? versionOf(value) };
}

/** Reads one file. Never throws: what cannot be read is told. */
export function readContent(file: string, version: FhirVersion | undefined): Content {
  try {
    return parse(readContentOf(file), version);
  } catch (error) {
    if (!(error instanceof GatewayError)) return { unreadable: 'the file cannot be read' };
    const place = error.issues[0]?.expression?.[0];
    return { unreadable: place === undefined ? error.message : `${error.message} (${place})` };
  }
}
