// Which resources are these building blocks? Back from what was chosen to the resources that it was read from.
import type { FhirResource } from '../../model.ts';
import type { HolderResources } from '../declaredSearch.ts';
import type { Block } from './block.ts';
import { readFhir } from './readFhir.ts';

type ByHolder<T> = readonly (readonly T[])[];

/** The resources of the blocks that were chosen of each holder, in the order of the choice. */
export function blocksIn(
  given: readonly HolderResources[],
  choose: (blocks: ByHolder<Block>) => ByHolder<Block>,
): FhirResource[][] {
  const read = given.map(({ resources }) => {
    const contents = resources.map((resource, place) => ({ resource, place: String(place) }));
    return readFhir(contents, 'holder').blocks;
  });
  return choose(read).map((chosen, index) =>
    chosen.flatMap(({ place }) => given[index]?.resources[Number(place.split('#')[0])] ?? []),
  );
}
