// What is one holder's whole answer in R4? What a form says of somebody gives way to what the holder itself has of them.
import type { FhirResource } from '../model.ts';
import type { ExchangeDeps } from './exchange.ts';
import { heldPlace } from './heldPlace.ts';
import type { HolderResult } from './retrieval.ts';
import { type InR4, toR4 } from './toR4.ts';

/** A form's own counterpart is a form; all else was made of its answers. */
const isMade = (resource: FhirResource, { source }: InR4): boolean =>
  source.resourceType === 'QuestionnaireResponse' && resource.resourceType !== source.resourceType;

/** In the order of the answer. The same ids come of the same form at every call. */
export function answerInR4(
  { participant, endpoint, resources, shapes }: HolderResult,
  deps: Pick<ExchangeDeps, 'mapNamed' | 'clock' | 'noteFault'>,
): InR4[] {
  const seed = `${participant.id}/${endpoint.id}`;
  const given = { version: endpoint.fhirVersion, seed, ...(shapes && { shapes }) };
  const all = resources.map((resource) => toR4({ ...given, resource }, deps));
  const taken = new Set(
    all.flatMap((one) => one.resources.filter((resource) => !isMade(resource, one)).map(heldPlace)),
  );
  const isNew = (resource: FhirResource): boolean => {
    const place = heldPlace(resource);
    if (taken.has(place)) return false;
    taken.add(place);
    return true;
  };
  return all.map((one) => ({
    ...one,
    resources: one.resources.filter((resource) => !isMade(resource, one) || isNew(resource)),
  }));
}
