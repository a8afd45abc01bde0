// Which rows does Mitz need? Subscriptions per patient and holder, and the copies that its notifications leave.

export type MitzSubscriptionTable = {
  id: string;
  patient_hash: string;
  /** Eight digits. */
  holder_ura: string;
  /** Participant id, for people. */
  holder_id: string;
  /** wanted: to be asked of Mitz. active: Mitz has it. ending: to be ended there. */
  state: 'wanted' | 'active' | 'ending';
  /** The id that Mitz gave; null before that. */
  mitz_id: string | null;
  /** Patient and organisation type, sealed. */
  payload_id: string;
  /** When there is something to do for it again. */
  due_at: string;
  attempts: number;
  last_reason: string | null;
  subscribed_at: string | null;
  /** One gateway at a time works on it. */
  lease_until: string | null;
};

/** All that was notified about one patient at one holder, sealed as one. */
export type MitzCopyTable = {
  patient_hash: string;
  holder_ura: string;
  payload_id: string;
  /** Rises with each change: who read an older one writes nothing. */
  revision: number;
  updated_at: string;
};

export type MitzTables = { mitz_subscription: MitzSubscriptionTable; mitz_copy: MitzCopyTable };
