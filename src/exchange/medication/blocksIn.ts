// Which resources are these building blocks? Back from what was chosen to the resources that it was read from.
import type { FhirResource } from '../../model.ts';
import type { HolderResources } from '../declaredSearch.ts';
import type { Block } from './block.ts';
import { readFhir } from './readFhir.ts';

/** The resources of the chosen blocks, in the order of the choice. */
export function blocksIn(
  given: HolderResources,
  choose: (blocks: readonly Block[]) => readonly Block[],
): FhirResource[] {
  const contents = given.resources.map((resource, place) => ({ resource, place: String(place) }));
  const chosen = choose(readFhir(contents, 'holder').blocks);
  return chosen.flatMap(({ place }) => given.resources[Number(place.split('#')[0])] ?? []);
}
