// What is made of one holder's resources where they were read? What an answer needs of them, when it does not need themselves.
import type { FhirResource } from '../model.ts';
import { type CardDigest, type CardOrder, digestForCard } from './wishes/cardDigest.ts';

/** Plain values: an order may be carried out on another thread. */
export type DigestOrder = CardOrder;
export type Digest = CardDigest;

export const makeDigest = (order: DigestOrder, resources: readonly FhirResource[]): Digest =>
  digestForCard(order, resources);
