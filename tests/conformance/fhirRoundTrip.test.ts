// Do official and vendors' resources come through XML and JSON unchanged? Reads the corpus beside the repository.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseJson, printJson } from '../../src/fhir/json.ts';
import { lossBetween } from '../../src/fhir/loss.ts';
import { canonical, checkShape } from '../../src/fhir/shape.ts';
import { parseXml, printXml } from '../../src/fhir/xml.ts';
import type { FhirResource, FhirVersion } from '../../src/model.ts';

const corpus = new URL('../../../shared/corpus/', import.meta.url).pathname;
const isHere = existsSync(corpus);
if (!isHere) console.log('skipped: corpus not found');

const files = (pattern: string): string[] => globSync(`${corpus}${pattern}`).sort();
const isSound = (resource: FhirResource, version: FhirVersion): boolean =>
  !checkShape(resource, version).some((issue) => issue.severity === 'error');

/** Both ways and back; the prints must be equal, and nothing of the source may be missing. */
function roundTrip(resource: FhirResource, version: FhirVersion): void {
  const xml = printXml(resource, version);
  const back = parseXml(Buffer.from(xml), version);
  expect(printJson(canonical(back, version))).toBe(printJson(canonical(resource, version)));
  expect(printXml(back, version)).toBe(xml);
  const json = parseJson(Buffer.from(printJson(back))) as FhirResource;
  expect(lossBetween(canonical(resource, version), json)).toEqual([]);
}

function readJson(file: string): FhirResource | undefined {
  try {
    const tree = parseJson(readFileSync(file)) as FhirResource;
    return typeof tree?.resourceType === 'string' ? tree : undefined;
  } catch {
    return undefined;
  }
}

describe.skipIf(!isHere)('resources of the corpus', () => {
  it('of the handover are all sound and come through XML, JSON, XML and JSON equal', () => {
    const found = files('handover/*/*.xml');
    for (const file of found) {
      const resource = parseXml(readFileSync(file), 'stu3');
      expect([file, checkShape(resource, 'stu3').filter((issue) => issue.severity === 'error')]).toEqual([
        file,
        [],
      ]);
      roundTrip(resource, 'stu3');
    }
    expect(found.length).toBeGreaterThan(300);
  });

  it.each<[string, FhirVersion, number]>([
    ['examples/**/*.json', 'r4', 800],
    ['wishes/r4*/*.json', 'r4', 40],
    ['wishes/stu3*/*.json', 'stu3', 40],
  ])('in %s are all sound and come through JSON, XML and JSON equal', (pattern, version, least) => {
    const found = files(pattern);
    for (const file of found) {
      const resource = readJson(file);
      expect([
        file,
        resource && checkShape(resource, version).filter((issue) => issue.severity === 'error'),
      ]).toEqual([file, []]);
      if (resource) roundTrip(resource, version);
    }
    expect(found.length).toBeGreaterThan(least);
  });

  it.each<[string, FhirVersion, number]>([
    ['vendor-stu3/*.json', 'stu3', 80],
    ['hl7-validator/files/*.json', 'r4', 100],
    ['mp9-ada-to-fhir/**/*.fhir.json', 'r4', 100],
  ])('in %s that are sound come through JSON, XML and JSON equal', (pattern, version, least) => {
    const sound = files(pattern)
      .map(readJson)
      .filter((resource) => resource !== undefined && isSound(resource, version));
    for (const resource of sound) if (resource) roundTrip(resource, version);
    expect(sound.length).toBeGreaterThan(least);
  });
});
