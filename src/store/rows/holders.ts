// Which rows does the regional index keep? Who says to have records of whom, for which exchange; nobody in the clear.

export type HolderIndexTable = {
  /** Keyed hash of the BSN. */
  patient_hash: string;
  exchange: string;
  participant_id: string;
  registered_at: string;
};

export type HolderTables = { holder_index: HolderIndexTable };
