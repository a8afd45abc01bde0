// What does the answer hold of one holder? Its resources in R4 under ids of ours, each with its source form and where it came from.
import { Buffer } from 'node:buffer';
import { printJson } from '../../fhir/json.ts';
import { referenceParts, rewriteReferences } from '../../fhir/references.ts';
import type { FhirResource, FhirVersion, Issue } from '../../model.ts';
import { answerInR4 } from '../answers/answerInR4.ts';
import { heldPlace, heldPlaces } from '../answers/heldPlace.ts';
import { servedIds } from '../answers/servedIds.ts';
import type { InR4 } from '../answers/toR4.ts';
import type { ExchangeDeps } from '../exchange.ts';
import type { HolderResult } from '../retrieval.ts';
import { provenanceOf } from './provenance.ts';

const fhirVersions: Readonly<Record<FhirVersion, string>> = { stu3: '3.0', r4: '4.0' };

type Place = {
  result: HolderResult;
  deps: ExchangeDeps;
  /** `Type/id` by `urn:uuid:id`: forms become resources that name each other so. */
  byUuid: ReadonlyMap<string, string>;
  /** `Type/id` of what leaves, and of what it was made of, as the holder knows them. */
  placeOf(resource: FhirResource): string;
  sourceOf(resource: FhirResource): string;
  idFor(name: string): string;
};

/** Resources, source forms and Provenance of one holder, and what could not be mapped. */
export function holderEntries(
  result: HolderResult,
  deps: ExchangeDeps,
): { resources: FhirResource[]; issues: Issue[] } {
  const made = answerInR4(result, deps);
  const all = made.flatMap((one) => one.resources);
  const byUuid = new Map(all.map((one) => [`urn:uuid:${one.id}`, heldPlace(one)] as const));
  const place: Place = {
    result,
    deps,
    byUuid,
    placeOf: heldPlaces(all),
    sourceOf: heldPlaces(made.map(({ source }) => source)),
    idFor: servedIds(deps.store, result),
  };
  const resources: FhirResource[] = [];
  const unchanged: string[] = [];
  for (const one of made) {
    const own = one.resources.map((each) => served(each, place));
    resources.push(...own);
    if (one.resources.length === 1 && one.resources[0] === one.source) unchanged.push(...own.map(heldPlace));
    else resources.push(...withSource(one, own, place));
  }
  if (unchanged.length > 0)
    resources.push(origin(place, { name: 'unchanged', targets: unchanged, maps: [] }));
  return { resources, issues: made.flatMap(({ issues }) => issues) };
}

/** Under an id that leads back to the holder; references follow, those to what is not in the answer too. */
function served(resource: FhirResource, place: Place): FhirResource {
  const rewritten = rewriteReferences(resource, (reference) => {
    const parts = referenceParts(place.byUuid.get(reference) ?? reference);
    if (parts) return `${parts.type}/${place.idFor(`${parts.type}/${parts.id}`)}`;
    return reference;
  });
  return { ...rewritten, id: place.idFor(place.placeOf(resource)) };
}

function withSource({ source, maps }: InR4, made: readonly FhirResource[], place: Place): FhirResource[] {
  const { endpoint } = place.result;
  const name = place.sourceOf(source);
  const binary: FhirResource = {
    resourceType: 'Binary',
    id: place.idFor(`source ${name}`),
    contentType: `application/fhir+json; fhirVersion=${fhirVersions[endpoint.fhirVersion]}`,
    data: Buffer.from(printJson(source)).toString('base64'),
  };
  const version = endpoint.fhirVersion.toUpperCase();
  const display = `${version} ${source.resourceType}`;
  const targets = made.length > 0 ? made.map(heldPlace) : [heldPlace(binary)];
  const told = { name, targets, maps, source: { reference: heldPlace(binary), display } };
  return [binary, origin(place, told)];
}

type Told = {
  name: string;
  targets: readonly string[];
  maps: readonly string[];
  source?: { reference: string; display: string };
};

const origin = (place: Place, { name, ...told }: Told): FhirResource =>
  provenanceOf({
    ...told,
    id: place.idFor(`origin ${name}`),
    result: place.result,
    recorded: place.deps.clock().toISOString(),
  });
