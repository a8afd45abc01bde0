// At which address does each building block stand in an answer? Holders' resources, and those made here of ADA and 6.12.
import { hash } from 'node:crypto';
import { GatewayError } from '../../errors.ts';
import { entriesOf } from '../../fhir/bundles.ts';
import { parseJson } from '../../fhir/json.ts';
import { runMap } from '../../mapping/runMap.ts';
import type { FhirResource } from '../../model.ts';
import type { ExchangeDeps } from '../exchange.ts';
import { uuidFor } from '../uuids.ts';
import { type BlockKind, typeOfKind } from './block.ts';
import { dispenseResources } from './dispenseResources.ts';
import { identifierKey } from './fhirParts.ts';
import type { HolderReading, Placed } from './holderReading.ts';
import { trees } from './tree.ts';

/** One holder's part of an answer. */
export type HolderPart = HolderReading & {
  resources: readonly Placed[];
  /** What could not be given as R4: the XML as it came. */
  documents: readonly Placed[];
};

type Deps = Pick<ExchangeDeps, 'baseUrl' | 'clock' | 'mapNamed' | 'noteFault'>;
type Mapping = { deps: Deps; requestId: string; clock?: MapClock };

/** Milliseconds that are left for the maps of one answer: somebody waits, and other questions too. */
type MapClock = { left: number };
const mapMs = 500;
/** The map of ADA 9.3.0; loading it takes a while. */
export const adaMapName = 'mp9-ada-to-r4';

/** Places the resources of all holders; the maps of one answer share their time. */
export function placeHolders(readings: readonly HolderReading[], around: Mapping): HolderPart[] {
  const clock = { left: mapMs };
  return readings.map((reading) => placeHolder(reading, { clock, ...around }));
}

/** Puts each holder's resources under an address of that holder, so that equal ids of two holders stay apart. */
export function placeHolder(reading: HolderReading, mapping: Mapping): HolderPart {
  const { result, key } = reading;
  const base = `${mapping.deps.baseUrl}/r4/holder/${key}`;
  const native = result.resources.map((resource, index) => ({
    fullUrl:
      resource.id === undefined
        ? `urn:uuid:${uuidFor(key, resource.resourceType, String(index))}`
        : `${base}/${resource.resourceType}/${resource.id}`,
    resource,
  }));
  const known = new Set<string>();
  const once = native.filter(({ fullUrl }) => !known.has(fullUrl) && known.add(fullUrl));
  const mapped = result.documents.flatMap((document) => mapDocument(document, mapping));
  const dispensed = reading.dispensed.flatMap(dispenseResources);
  const documents = result.documents.map((document, index) => sourceOf(document, `${key}/${index}`));
  return { ...reading, resources: [...once, ...mapped, ...dispensed], documents };
}

function sourceOf(document: string, name: string): Placed {
  const data = Buffer.from(document).toString('base64');
  return {
    fullUrl: `urn:uuid:${uuidFor('document', name, document)}`,
    resource: { resourceType: 'Binary', contentType: 'application/xml', data },
  };
}

/** The map reads 9.3.0. Older ADA comes as the source alone; its blocks are in the overview. */
const mappable = (document: string): boolean =>
  document.includes('<adaxml') && !/\bapp\s*=\s*["']mp-mp(?!93)/.test(document);

/** What the map has no time for travels as it came. */
function mapDocument(document: string, { deps, requestId, clock = { left: mapMs } }: Mapping): Placed[] {
  if (!mappable(document) || clock.left < 1) return [];
  const seed = hash('sha256', document, 'hex');
  let started = performance.now();
  try {
    const map = deps.mapNamed(adaMapName);
    started = performance.now();
    const limits = { milliseconds: Math.floor(clock.left) };
    const { target } = runMap(map, map.read(Buffer.from(document)), { at: deps.clock(), seed, limits });
    const bundle = parseJson(Buffer.from(JSON.stringify(target))) as FhirResource;
    return entriesOf(bundle).map(({ fullUrl, resource }, index) => ({
      fullUrl: fullUrl ?? `urn:uuid:${uuidFor(seed, String(index))}`,
      resource,
    }));
  } catch (error) {
    // a document that the map cannot take is still in the overview, and travels as it came
    if (!(error instanceof GatewayError) || error.kind === 'fault') deps.noteFault(error, requestId);
    return [];
  } finally {
    clock.left -= performance.now() - started;
  }
}

/** Finds the place of a building block by its identifier. */
export type FindPlace = (kind: BlockKind, record: string) => string | undefined;

export function placesOf(parts: readonly HolderPart[]): FindPlace {
  const places = new Map<string, string>();
  for (const { fullUrl, resource } of parts.flatMap(({ resources }) => resources)) {
    for (const record of trees(resource.identifier).map(identifierKey)) {
      const key = `${resource.resourceType} ${record}`;
      if (record !== undefined && !places.has(key)) places.set(key, fullUrl);
    }
  }
  return (kind, record) => places.get(`${typeOfKind[kind]} ${record}`);
}
