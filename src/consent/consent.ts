// What do the exchanges ask of consent? One question in, one permit or a named refusal out.
import type { Participant, Permit, PermitBasis, Practitioner, Requester } from '../model.ts';

export type ConsentQuestion = {
  exchange: string;
  patientBsn: string;
  holder: Participant;
  requester: Requester;
  /** The professional who is responsible, and the one who acts for it. */
  practitioner?: Practitioner;
  mandatedBy?: Practitioner;
  /** Never filled in by us: absent is a configuration fault. */
  purposeOfUse?: string;
  /** Data categories (GGC…); the answer is about all of them or a part. */
  categories: readonly string[];
  /** A break-glass grant that the requester refers to. */
  breakGlass?: string;
  requestId: string;
  /** When the answer is no longer of use. */
  signal: AbortSignal;
};

/**
 * `denied`: the patient's will. `configuration`: an input is missing, or a code is not known. `unavailable`: no source
 * answered. Each with a stable code that reveals nothing about the patient.
 */
export type ConsentAnswer = { decisionId: string } & (
  | { kind: 'permit'; permit: Permit; basis: PermitBasis }
  | {
      kind: 'denied' | 'configuration' | 'unavailable';
      reason: string;
      /** The region wants this holder left out of the answer, as if it had nothing. */
      concealed: boolean;
    }
);

/** The decision is recorded before it is given. Never throws for an answer of a source; throws `unavailable` when it cannot be recorded. */
export type DecideConsent = (question: ConsentQuestion) => Promise<ConsentAnswer>;
