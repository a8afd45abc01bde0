// Which rows does pushed content have? One per case of a sender; the content is sealed beside it and names nobody in the clear.

export type PushTable = {
  id: string;
  exchange: 'medication';
  task_id: string;
  bundle_id: string;
  sender_id: string;
  receiver_id: string;
  /** Keyed hash of sender and business identifier. */
  case_hash: string;
  /** Keyed hash of what was asked to be pushed. */
  content_hash: string;
  /** Keyed hash of the BSN. */
  patient_hash: string;
  state: 'in-progress' | 'expired';
  /** Counts contents from 1. */
  version: number;
  created_at: string;
  updated_at: string;
  /** When the receiver's right to the content ends. */
  grant_ends_at: string;
  /** When its sender took it back; null when it did not. */
  cancelled_at: string | null;
  /** Where the Bundle is sealed; null once it was removed. */
  payload_id: string | null;
  /** When the receiver first read the present version. */
  task_read_at: string | null;
  read_at: string | null;
  reads: number;
};

export type PushTables = { push: PushTable };
