// Which rows do one-time links and registered records have? Content is sealed beside them; they name nobody in the clear.

/** A page that may be opened once. The token itself is nowhere. */
export type OneTimeLinkTable = {
  id: string;
  /** SHA-256 of the token. */
  token_hash: string;
  kind: 'card' | 'overview';
  /** Where the page is sealed; null once it was shown. */
  payload_id: string | null;
  /** Whose system asked for it. */
  participant_id: string;
  created_at: string;
  expires_at: string;
  opened_at: string | null;
};

/** Records that a participant without a server of its own keeps here: one row per set, whatever its version. */
export type RegisteredSetTable = {
  id: string;
  exchange: 'wishes' | 'medication';
  participant_id: string;
  /** Keyed hash of what the participant calls it, or of its first content. */
  name_hash: string;
  /** Keyed hash of the BSN. */
  patient_hash: string;
  /** Counts versions from 1. */
  version: number;
  state: 'current' | 'revoked';
  created_at: string;
  updated_at: string;
};

export type RegisteredVersionTable = {
  set_id: string;
  version: number;
  /** Keyed hash of the content. */
  content_hash: string;
  payload_id: string;
  registered_at: string;
  /** When a later version or a revocation took its place. */
  ended_at: string | null;
};

export type LinkTables = {
  one_time_link: OneTimeLinkTable;
  registered_set: RegisteredSetTable;
  registered_version: RegisteredVersionTable;
};
