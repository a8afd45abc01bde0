// What does the answer hold of one holder? Its resources in R4 under ids of ours, each with its source form and where it came from.
import { Buffer } from 'node:buffer';
import { printJson } from '../../fhir/json.ts';
import { referenceParts, rewriteReferences } from '../../fhir/references.ts';
import type { FhirResource, FhirVersion, Issue } from '../../model.ts';
import type { ExchangeDeps } from '../exchange.ts';
import type { HolderResult } from '../retrieval.ts';
import { servedIds } from '../servedIds.ts';
import { type InR4, toR4 } from '../toR4.ts';
import { provenanceOf } from './provenance.ts';

const fhirVersions: Readonly<Record<FhirVersion, string>> = { stu3: '3.0', r4: '4.0' };

type Place = {
  result: HolderResult;
  deps: ExchangeDeps;
  /** `Type/id` by `urn:uuid:id`: forms become resources that name each other so. */
  byUuid: ReadonlyMap<string, string>;
  idFor(name: string): string;
};

const placeOf = ({ resourceType, id }: FhirResource): string => `${resourceType}/${id ?? ''}`;

/** Resources, source forms and Provenance of one holder, and what could not be mapped. */
export function holderEntries(
  result: HolderResult,
  deps: ExchangeDeps,
): { resources: FhirResource[]; issues: Issue[] } {
  const { participant, endpoint } = result;
  const seed = `${participant.id}/${endpoint.id}`;
  const given = { version: endpoint.fhirVersion, seed, ...(result.shapes && { shapes: result.shapes }) };
  const made = result.resources.map((resource) => toR4({ ...given, resource }, deps));
  const byUuid = new Map(
    made.flatMap(({ resources: own }) => own.map((one) => [`urn:uuid:${one.id}`, placeOf(one)] as const)),
  );
  const place: Place = { result, deps, byUuid, idFor: servedIds(deps.store, result) };
  const taken = new Set<string>();
  const resources: FhirResource[] = [];
  const unchanged: string[] = [];
  for (const one of made) {
    const own = one.resources.filter((resource) => isNew(resource, taken)).map((each) => served(each, place));
    resources.push(...own);
    if (one.maps.length === 0 && one.resources.length > 0) unchanged.push(...own.map(placeOf));
    else resources.push(...withSource(one, own, place));
  }
  if (unchanged.length > 0)
    resources.push(origin(place, { name: 'unchanged', targets: unchanged, maps: [] }));
  return { resources, issues: made.flatMap(({ issues }) => issues) };
}

/** What a form says of a patient or a contact is left out where the holder gave that very resource. */
function isNew(resource: FhirResource, taken: Set<string>): boolean {
  const place = placeOf(resource);
  if (taken.has(place)) return false;
  taken.add(place);
  return true;
}

/** Under an id that leads back to the holder; references follow, those to what is not in the answer too. */
function served(resource: FhirResource, place: Place): FhirResource {
  const rewritten = rewriteReferences(resource, (reference) => {
    const parts = referenceParts(place.byUuid.get(reference) ?? reference);
    if (parts) return `${parts.type}/${place.idFor(`${parts.type}/${parts.id}`)}`;
    return reference;
  });
  return { ...rewritten, id: place.idFor(placeOf(resource)) };
}

function withSource({ source, maps }: InR4, made: readonly FhirResource[], place: Place): FhirResource[] {
  const { endpoint } = place.result;
  const name = placeOf(source);
  const binary: FhirResource = {
    resourceType: 'Binary',
    id: place.idFor(`source ${name}`),
    contentType: `application/fhir+json; fhirVersion=${fhirVersions[endpoint.fhirVersion]}`,
    data: Buffer.from(printJson(source)).toString('base64'),
  };
  const version = endpoint.fhirVersion.toUpperCase();
  const display = `${version} ${source.resourceType}`;
  const targets = made.length > 0 ? made.map(placeOf) : [placeOf(binary)];
  const told = { name, targets, maps, source: { reference: placeOf(binary), display } };
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
