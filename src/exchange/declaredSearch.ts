// What does a use case say of each search that its standard lists? Its shape, what holders are asked, and how matches are known.
import type { HolderQuery } from '../holder/holder.ts';
import type { DataEndpoint, FhirResource, Issue } from '../model.ts';
import type { ExchangeDeps } from './exchange.ts';
import type { HolderResult } from './retrieval.ts';
import type { SearchParameters, SearchShape } from './searching/searchShape.ts';

/** What one holder gave, in R4, before anything is chosen from it. */
export type HolderResources = { resources: readonly FhirResource[]; resolve: ResolveIn };

/** Finds what a reference in `from` means among what this holder gave. */
export type ResolveIn = (reference: unknown, from: FhirResource) => FhirResource | undefined;

/** A resource with the address that references to it mean. */
export type Placed = { fullUrl?: string; resource: FhirResource };

export type FromDocuments = (
  result: HolderResult,
  around: { deps: ExchangeDeps; requestId: string },
) => { placed: readonly Placed[]; issues: readonly Issue[] };

export type DeclaredSearch = {
  /** Name of its transaction. */
  name: string;
  documentation: string;
  exchange: 'wishes' | 'medication';
  /** Consent categories (GGC…) that its content falls under. */
  categories: readonly string[];
  shape: SearchShape;
  /** Address below the version where it is not the type of the shape. */
  path?: string;
  /** What an endpoint is asked for it; empty: it cannot answer this. */
  queriesFor(endpoint: DataEndpoint): readonly HolderQuery[];
  /** Which resources of each holder fit the search: what a holder sends beside them is no match. */
  find(given: readonly HolderResources[], parameters: SearchParameters): readonly (readonly FhirResource[])[];
  /** In R4, what can be made of a holder's documents; absent: nothing. */
  fromDocuments?: FromDocuments;
};
