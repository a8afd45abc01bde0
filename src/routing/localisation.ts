// What do the exchanges ask of localisation? The data holders of one patient, and which source knew of them.
import type { DataEndpoint, Participant, Practitioner, Requester } from '../model.ts';

export type LocateQuestion = {
  exchange: string;
  patientBsn: string;
  requester: Requester;
  practitioner?: Practitioner;
  mandatedBy?: Practitioner;
  purposeOfUse?: string;
  categories: readonly string[];
  requestId: string;
  signal: AbortSignal;
};

/** The sources, each configured or not, asked in the order of the settings. */
export type LocationSource = 'mitz' | 'nvi' | 'regional' | 'list';

export type Located = {
  participant: Participant;
  endpoint: DataEndpoint;
  foundBy: readonly LocationSource[];
};

export type Localisation = {
  /** One per participant and endpoint, sorted by participant id. */
  holders: readonly Located[];
  /** Holders that a source named and that cannot be asked here: by URA, or by id and name. They make an answer incomplete. */
  unreachable: readonly { participantId?: string; ura?: string; name: string; reason: string }[];
  sources: readonly { source: LocationSource; state: 'answered' | 'failed' | 'timeout'; reason?: string }[];
};

/** Never throws for what a source does. */
export type Localise = (question: LocateQuestion) => Promise<Localisation>;
