// What is one holder's whole answer in R4? What a form says of somebody gives way to what the holder itself has of them.
import type { FhirResource } from '../../model.ts';
import type { ExchangeDeps } from '../exchange.ts';
import type { HolderResult } from '../retrieval.ts';
import { heldPlace } from './heldPlace.ts';
import { type InR4, toR4 } from './toR4.ts';

/** What was made of a form's answers: its own counterpart is a form. */
export const madeIn = ({ source, resources }: InR4): FhirResource[] =>
  source.resourceType === 'QuestionnaireResponse'
    ? resources.filter(({ resourceType }) => resourceType !== source.resourceType)
    : [];

/** In the order of the answer. The same ids come of the same form at every call. */
export function answerInR4(
  { participant, endpoint, resources, shapes }: HolderResult,
  deps: Pick<ExchangeDeps, 'mapNamed' | 'clock' | 'noteFault'>,
): InR4[] {
  const seed = `${participant.id}/${endpoint.id}`;
  const given = { version: endpoint.fhirVersion, seed, ...(shapes && { shapes }) };
  const all = resources.map((resource) => toR4({ ...given, resource }, deps));
  const made = new Set(all.flatMap(madeIn));
  const own = all.flatMap((one) => one.resources).filter((resource) => !made.has(resource));
  const taken = new Set(own.map(heldPlace));
  const isNew = (resource: FhirResource): boolean => {
    const place = heldPlace(resource);
    if (taken.has(place)) return false;
    taken.add(place);
    return true;
  };
  return all.map((one) => ({
    ...one,
    resources: one.resources.filter((resource) => !made.has(resource) || isNew(resource)),
  }));
}
