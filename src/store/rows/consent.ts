// Which rows does consent keep? Own records, decisions with their traces, break-glass grants and notices to holders.

/** How often what is known of a patient's will has changed: what is cached under an older number counts no more. */
export type ConsentEpochTable = { patient_hash: string; epoch: number };

/** A patient's consent or objection, registered here; its content is sealed. */
export type ConsentRecordTable = {
  id: string;
  patient_hash: string;
  /** Keyed hash of registrar and business identifier: a later record with the same replaces it. */
  identifier_hash: string | null;
  payload_id: string;
  registered_by: string;
  registered_at: string;
  /** Set when it was withdrawn or replaced; it counts no more and stays readable for the record. */
  ended_at: string | null;
};

/** One decision: leads from its audit record to the sealed trace. */
export type ConsentDecisionTable = {
  id: string;
  audit_id: string;
  at: string;
  exchange: string;
  payload_id: string;
};

/** Break-glass: one requester may see one patient's records for a short time. */
export type BreakGlassGrantTable = {
  id: string;
  patient_hash: string;
  participant_id: string;
  practitioner_hash: string;
  /** 1: minimum data; 2: widened by a second explicit step. */
  stage: number;
  created_at: string;
  ends_at: string;
  /** Set once any gateway has seen the end pass: a gateway with a slow clock does not open it again. */
  ended_at: string | null;
  /** Patient, practitioner and the written reasons, sealed. */
  payload_id: string;
  reviewed_at: string | null;
  reviewed_by: string | null;
};

/** What a holder must be told: its records were opened under a grant. One per grant and holder. */
export type BreakGlassNoticeTable = {
  id: string;
  grant_id: string;
  holder_id: string;
  created_at: string;
  /** When it went into the outbox; null while the holder has no endpoint for it. */
  queued_at: string | null;
  /** When the holder fetched it. */
  read_at: string | null;
};

export type ConsentTables = {
  consent_epoch: ConsentEpochTable;
  consent_record: ConsentRecordTable;
  consent_decision: ConsentDecisionTable;
  break_glass_grant: BreakGlassGrantTable;
  break_glass_notice: BreakGlassNoticeTable;
};
