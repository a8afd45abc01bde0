// What does a use case hand to retrieve, and what does it get? The plain values between an exchange and the steps.
import type { HolderQuery } from '../holder/holder.ts';
import type {
  DataEndpoint,
  FhirResource,
  Issue,
  Participant,
  PermitBasis,
  Practitioner,
  Requester,
} from '../model.ts';
import type { Located, LocationSource } from '../routing/localisation.ts';
import type { Digest, DigestOrder } from './digest.ts';

/** Who asks about whom, and why; from the request and the token together. */
export type Asking = {
  requester: Requester;
  patientBsn: string;
  practitioner?: Practitioner;
  mandatedBy?: Practitioner;
  purposeOfUse?: string;
  /** A break-glass grant that the requester was given for this patient. */
  breakGlass?: string;
  /** Aborted when the caller no longer waits: then nobody is asked any further. */
  gone?: AbortSignal;
  requestId: string;
};

export type Retrieval = {
  exchange: string;
  /** For the audit record: `wishes.card`, `wishes.searchConsent`, `medication.overview` … */
  event: string;
  asking: Asking;
  /** Consent categories (GGC…) that the content falls under. */
  categories: readonly string[];
  /** What this endpoint is asked; empty: it is not asked. */
  queriesFor(endpoint: DataEndpoint): readonly HolderQuery[];
  deadlineMs: number;
  /** The answer has no place for what is doubtful in what was let through: then it is not looked for. */
  findingsUnused?: true;
  /** Where the answer needs only this of a holder's resources: they themselves are then not given. */
  digestFor?(holder: Located): DigestOrder;
};

/** One holder, and what came of asking it. */
export type HolderResult = {
  participant: Participant;
  endpoint: DataEndpoint;
  foundBy: readonly LocationSource[];
  state: 'answered' | 'partial' | 'denied' | 'unavailable' | 'failed' | 'timeout';
  /** A stable code when it is not `answered`. */
  reason?: string;
  basis?: PermitBasis;
  /** When the consent answer that this rests on was obtained, if not now. */
  consentAsOf?: string;
  /** As the holder gave them; of this patient and of a kind that was asked for. */
  resources: readonly FhirResource[];
  /** What was made of them, where that was ordered. */
  digest?: Digest;
  /** What is wrong with the structure of each, where it was looked at; one that is not in it is right. */
  shapes?: ReadonlyMap<FhirResource, readonly Issue[]>;
  /** ADA or 6.12 XML of this patient. */
  documents: readonly string[];
  /** What was kept back, and why; never the content. */
  withheld: readonly Issue[];
  /** What is doubtful in what was let through. */
  findings?: readonly Issue[];
  /** An input of the consent question is missing or not known: neither the patient's will nor an outage. */
  configuration?: true;
  /** The consent decision that it rests on. */
  decisionId?: string;
  /** ISO instant of its answer. */
  retrieved?: string;
};

export type Retrieved = {
  /** Sorted by name. Holders whose refusal is concealed are not among them. */
  results: readonly HolderResult[];
  /** Holders that exist and cannot be asked, and sources of localisation that did not answer. */
  missing: readonly { name: string; ura?: string; reason: string }[];
};
