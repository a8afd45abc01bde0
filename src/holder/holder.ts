// What do the exchanges ask of a data holder? A few searches about one patient, within a deadline, under a permit.
import type { DataEndpoint, FhirResource, Issue, Permit } from '../model.ts';

/** One search, without its patient, who comes from the permit: `Consent?scope=treatment&_include=Consent:actor`. */
export type HolderQuery = {
  resourceType: string;
  parameters: readonly (readonly [name: string, value: string])[];
  /** The consent category (GGC…) that its content falls under; every category of the retrieval when absent. */
  category?: string;
  /** Types that its `_include`s may bring beside people, organisations and products. */
  brings?: readonly string[];
  /** Questions of the form that is asked for: by them it is known where its holder calls it something else. */
  linkIds?: readonly string[];
};

export type HolderAsk = {
  queries: readonly HolderQuery[];
  requestId: string;
  /** Aborted at the deadline; what came in by then is kept. */
  signal: AbortSignal;
};

export type HolderReply = {
  /** `partial`: it answered, but not whole; what it gave is in `resources`. */
  state: 'answered' | 'partial' | 'failed' | 'timeout';
  /** A stable code when it is not `answered`: `status-503`, `breaker-open`, `too-large`, `not-fhir` … */
  reason?: string;
  /** As the holder gave them, unpacked from their Bundles, in its own FHIR version. Nothing is checked yet but their form. */
  resources: readonly FhirResource[];
  /** What is wrong with the structure of each, where it was looked at; one that is not in it is right. */
  shapes?: ReadonlyMap<FhirResource, readonly Issue[]>;
  /** ADA or 6.12 XML, for endpoints of those kinds. */
  documents?: readonly string[];
  /** ISO instant. */
  retrieved: string;
};

/** Throws nothing that a holder does; throws `fault` for a permit of another holder, or one that has expired. */
export type FetchFrom = (
  endpoint: DataEndpoint,
  permit: Permit,
  ask: HolderAsk & { holderId: string },
) => Promise<HolderReply>;
