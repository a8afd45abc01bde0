// At which address does each building block stand in an answer? Holders' resources, and those made here of ADA and 6.12.
import { hash } from 'node:crypto';
import { GatewayError } from '../../errors.ts';
import { entriesOf } from '../../fhir/bundles.ts';
import { parseJson } from '../../fhir/json.ts';
import { runMap } from '../../mapping/runMap.ts';
import type { FhirResource } from '../../model.ts';
import type { ExchangeDeps } from '../exchange.ts';
import { uuidFor } from '../uuids.ts';
import { type Block, type BlockKind, typeOfKind } from './block.ts';
import { deduplicate } from './deduplicate.ts';
import { dispenseResources } from './dispenseResources.ts';
import { identifierKey } from './fhirParts.ts';
import { type HolderReading, type Placed, placeOfResource } from './holderReading.ts';
import { trees } from './tree.ts';

/** One holder's part of an answer. */
export type HolderPart = HolderReading & {
  resources: readonly Placed[];
  /** What could not be given as R4: the XML as it came. */
  documents: readonly Placed[];
  /** Which of the resources each building block is, by where it stood. */
  places: ReadonlyMap<string, string>;
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
  const mapped = result.documents.map((document) => mapDocument(document, mapping));
  const dispensed = reading.dispensed.map((block) => ({ block, placed: dispenseResources(block) }));
  const documents = result.documents.map((document, index) => sourceOf(document, `${key}/${index}`));
  const places = placesIn({ native, mapped, dispensed });
  const made = [...mapped.flat(), ...dispensed.flatMap(({ placed }) => placed)];
  return { ...reading, resources: [...once, ...made], documents, places };
}

type Given = {
  native: readonly Placed[];
  /** By document. */
  mapped: readonly (readonly Placed[])[];
  dispensed: readonly { block: Block; placed: readonly Placed[] }[];
};

function placesIn({ native, mapped, dispensed }: Given): Map<string, string> {
  const found = [
    ...native.map(({ fullUrl, resource }, index): [string, string] => [
      placeOfResource(resource, index),
      fullUrl,
    ]),
    ...mapped.flatMap((placed, index) => placed.flatMap((one) => recordsOf(one, `document[${index}]`))),
    ...dispensed.flatMap(({ block, placed }) =>
      placed.flatMap((one) => recordsOf(one, documentOf(block.place) ?? '')),
    ),
  ];
  // of several with one name the first counts
  return new Map(found.reverse());
}

/** What was made of a document keeps no place in it, but its identifier. */
const recordsOf = ({ fullUrl, resource }: Placed, document: string): [string, string][] =>
  trees(resource.identifier).map((one) => [
    `${document} ${resource.resourceType} ${identifierKey(one)}`,
    fullUrl,
  ]);

const documentOf = (place: string): string | undefined => /^document\[\d+\]/.exec(place)?.[0];

function placeOfBlock({ place, kind, record }: Block): string {
  const document = documentOf(place);
  return document === undefined ? place : `${document} ${typeOfKind[kind]} ${record}`;
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

/** Finds the place of a building block that is shown. */
export type FindPlace = (kind: BlockKind, record: string) => string | undefined;

/** Of several holders with the same block, at the one whose version counts. */
export function placesOf(parts: readonly HolderPart[]): FindPlace {
  const holders = new Map(parts.map(({ key, places }) => [key, places]));
  const { blocks, nullified } = deduplicate(parts.flatMap(({ answer }) => answer.blocks));
  const kept = new Map([...blocks, ...nullified].map((block) => [`${block.kind} ${block.record}`, block]));
  return (kind, record) => {
    const block = kept.get(`${kind} ${record}`);
    return block && holders.get(block.holder)?.get(placeOfBlock(block));
  };
}
