// What do whole folders lose on the way to another FHIR version and back? Each file as it lies there, Bundles as a whole.
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { GatewayError } from '../../errors.ts';
import { isResource } from '../../fhir/bundles.ts';
import { parseJson } from '../../fhir/json.ts';
import { parseXml } from '../../fhir/xml.ts';
import { versionsOf } from '../../mapping/fhirVersion.ts';
import type { RoundTrip, Ways } from '../../mapping/roundTrip.ts';
import { roundTrip } from '../../mapping/roundTrip.ts';
import type { FhirResource, FhirVersion } from '../../model.ts';
import { misused } from '../exit.ts';
import { readContentOf } from '../fileContent.ts';
import { type MapsOption, openMap } from './library.ts';

/** One file: what it lost, or why it could not be tried. */
export type FileTrip = { file: string; version: FhirVersion; type: string } & (
  | { trip: RoundTrip }
  | { fault: string }
);

/** The maps that go there and back. */
export const openWays = (options: MapsOption): Ways => ({
  stu3: openMap('stu3-to-r4', options),
  r4: openMap('r4-to-stu3', options),
});

const filesIn = (place: string): string[] => {
  const kind = statSync(place, { throwIfNoEntry: false });
  if (!kind) throw misused(`There is no file or folder ${place}.`);
  if (kind.isFile()) return [place];
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(xml|json)$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
};

const readXml = (bytes: Buffer, wanted: FhirVersion | undefined): FhirResource => {
  if (wanted) return parseXml(bytes, wanted);
  try {
    return parseXml(bytes, 'stu3');
  } catch (fault) {
    try {
      return parseXml(bytes, 'r4');
    } catch {
      throw fault;
    }
  }
};

type Read = { file: string; resource: FhirResource } | { file: string; fault: string };

const readOne = (file: string, wanted: FhirVersion | undefined): Read => {
  try {
    const bytes = readContentOf(file);
    const value = /\.xml$/i.test(file) ? readXml(bytes, wanted) : parseJson(bytes);
    return isResource(value) ? { file, resource: value } : { file, fault: 'it is no FHIR resource' };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { file, fault: error.message };
  }
};

/** The clock and the seed of every round trip: the maps read neither, the result must not depend on them. */
const settings = { at: new Date('2026-01-15T12:00:00Z'), seed: 'roundtrip' } as const;

const travel = (
  ways: Ways,
  read: { resource: FhirResource; file: string },
  version: FhirVersion,
): FileTrip => {
  const { file, resource } = read;
  const about = { file, version, type: resource.resourceType };
  try {
    return { ...about, trip: roundTrip(ways, { source: resource, version }, settings) };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { ...about, fault: error.message };
  }
};

/** Takes every FHIR file of the places to the other version and back. */
export function* tripsOf(places: readonly string[], ways: Ways, wanted?: FhirVersion): Generator<FileTrip> {
  const reads = places.flatMap(filesIn).map((file) => readOne(file, wanted));
  const found = reads.filter((read) => 'resource' in read);
  const versions = wanted ? found.map(() => wanted) : versionsOf(found.map((read) => read.resource));
  for (const read of reads) {
    if ('fault' in read) {
      yield { file: read.file, version: wanted ?? 'stu3', type: basename(read.file), fault: read.fault };
      continue;
    }
    yield travel(ways, read, versions[found.indexOf(read)] ?? 'stu3');
  }
}
