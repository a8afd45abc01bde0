// What is kept of a federated search? The ids under which patients were given out, and answers that have further pages.

/** An id that one asker got for one patient; it leads to nobody else's patient and to nobody else. */
export type ServedPatientTable = {
  id: string;
  /** Keyed hash of participant, client and patient: the same asker gets the same id again while it lives. */
  asker_hash: string;
  participant_id: string;
  client_id: string;
  patient_hash: string;
  /** The BSN, sealed. */
  payload_id: string;
  expires_at: string;
};

/** The answer to one search, sealed, for its further pages. */
export type SearchSnapshotTable = {
  id: string;
  exchange: string;
  /** Keyed hash of everything that the consent decisions rested on: participant, client, practitioner, purpose. */
  asker_hash: string;
  patient_hash: string;
  payload_id: string;
  expires_at: string;
};

export type SearchTables = {
  served_patient: ServedPatientTable;
  search_snapshot: SearchSnapshotTable;
};
