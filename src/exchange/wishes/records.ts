// What does the gateway know of one wish, whatever form it came in? The inner model: no FHIR shape, only what ranking needs.
import type { FhirDate } from '../../fhir/dates.ts';
import type { FhirResource } from '../../model.ts';
import type { GoalKey } from './codes.ts';

export type Holder = { name: string; ura?: string };

/** What became of asking a holder. `partial`: it answered, and said itself that there is more. */
export type HolderState = 'answered' | 'partial' | 'refused' | 'failed' | 'timeout';

/** One holder's answer as it came in; the resources may be Bundles, STU3 or R4. */
export type HolderAnswer = {
  holder: Holder;
  /** `answered` when absent. */
  state?: HolderState;
  /** When it answered, as an ISO instant. */
  retrieved?: string;
  resources: readonly FhirResource[];
};

export type Decision = 'do' | 'do_not' | 'conditional' | 'unknown';

/** Only `current` counts; everything else is history. `unclear`: a status that FHIR does not know. */
export type Standing =
  | 'current'
  | 'draft'
  | 'future'
  | 'ended'
  | 'revoked'
  | 'rejected'
  | 'entered_in_error'
  | 'unclear';

export type Method = 'resource' | 'form' | 'statement';

/** A date as it was written, with the stretch of time it stands for. */
export type ClinicalDate = { written: string; when: FhirDate };

export type WishRecord = {
  /** `cpr` … `icd_off`, or `other:` and the treatment in the source's words. */
  key: string;
  /** The SNOMED code of an `other:` treatment, where it has one. */
  code?: string;
  decision: Decision;
  /** False when something in it could change its meaning; then its decision is `unknown` and `verbatim` is raw. */
  interpreted: boolean;
  /** It is not interpreted, and can hardly be a yes. */
  denies?: true;
  /** A statement is a do-not-resuscitate declaration of the patient, not a directive agreed in a talk. */
  method: Method;
  date: ClinicalDate | undefined;
  standing: Standing;
  /** The source's own words: free text where there is any, else the answer as it stands. */
  verbatim: string;
  holder: string;
  /** `Consent/id` at the holder. */
  place: string;
  /** `system|value` of its business identifiers: copies share them. */
  identifiers: readonly string[];
  /** Who agreed, or who held the talk. */
  by: string | undefined;
};

export type GoalRecord = {
  goal: GoalKey;
  /** False when it is no goal of the list, or something in it could change its meaning; then it is `unknown`. */
  interpreted: boolean;
  verbatim: string;
  date: ClinicalDate | undefined;
  standing: Standing;
  method: Method;
  holder: string;
};

export type Contact = {
  name: string;
  /** Codes as in RolCodelijst, two digits; 310141000146103 is a written power of attorney. */
  roles: readonly string[];
  relation: string | undefined;
  phone: string | undefined;
  email: string | undefined;
  /** Of the record that names this person; none where it is a person's own, kept up to date. */
  date: ClinicalDate | undefined;
  holder: string;
};

export type Capacity = {
  capable: boolean;
  comment: string | undefined;
  date: ClinicalDate | undefined;
  holder: string;
};

/** An advance directive of another kind than do-not-resuscitate. */
export type Statement = {
  type: string;
  verbatim: string;
  date: ClinicalDate | undefined;
  standing: Standing;
  holder: string;
};

/** What the reader of a card must know about the records themselves; texts by code in cardWords.ts. */
export type Finding = { severity: 'error' | 'warning'; code: string; holder: string; place: string };

export type Found = {
  records: WishRecord[];
  goals: GoalRecord[];
  contacts: Contact[];
  capacities: Capacity[];
  statements: Statement[];
  findings: Finding[];
};

export const nothing = (): Found => ({
  records: [],
  goals: [],
  contacts: [],
  capacities: [],
  statements: [],
  findings: [],
});
