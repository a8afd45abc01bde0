// What does a card need of one holder? What its resources say, read where they were fetched: then they need not travel.
import type { FhirResource } from '../../model.ts';
import { viewOf } from './holderView.ts';
import { readWishes, type WishReading } from './normalise.ts';

export type CardOrder = {
  kind: 'card';
  holderName: string;
  /** The clock: what counts is decided at this moment. */
  at: Date;
  bsn: string;
};

export type CardDigest = {
  kind: 'card';
  /** Resources that the holder gave. */
  count: number;
  reading: WishReading;
  /** Not all of them were read. */
  tooMany: boolean;
};

/** Nobody has more wishes than this; whoever sends more holds up the card for everybody. */
export const mostResources = 500;

export function digestForCard(
  { holderName, at, bsn }: CardOrder,
  resources: readonly FhirResource[],
): CardDigest {
  const view = viewOf({ holder: { name: holderName }, resources: resources.slice(0, mostResources) });
  return {
    kind: 'card',
    count: resources.length,
    reading: readWishes(view, { at, bsn }),
    tooMany: resources.length > mostResources,
  };
}
