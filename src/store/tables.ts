// Which tables exist? One set of row types for SQLite and PostgreSQL; migrations/ makes them.
// Times are ISO 8601 UTC text with milliseconds; JSON columns are text; no column holds patient content in the clear.
import type { Generated } from 'kysely';
import type { ConsentTables } from './rows/consent.ts';
import type { HolderTables } from './rows/holders.ts';
import type { LinkTables } from './rows/links.ts';
import type { MitzTables } from './rows/mitz.ts';
import type { PushTables } from './rows/pushes.ts';
import type { SearchTables } from './rows/search.ts';

/** Encrypted content: AES-256-GCM, with the id of the key that sealed it. */
export type PayloadTable = {
  id: string;
  key_id: string;
  nonce: Uint8Array;
  /** Ciphertext with the 16-byte tag at its end. */
  ciphertext: Uint8Array;
  /** Keyed hash of the context it was sealed for; authenticated with the content. */
  context_hash: string;
  created_at: string;
};

/** What each key of the ring must look like: shows a wrong key file before it does harm. */
export type RingCheckTable = { key_id: string; check_value: string };

/** Assertion ids already used, kept until they could no longer be accepted. */
export type ReplayTable = { key_hash: string; expires_at: string };

/** A participant's switches, set by command: the kill switch for sending and the block for asking. */
export type ParticipantStateTable = {
  participant_id: string;
  /** No notifications or callbacks are sent while set. */
  sending_stopped_at: string | null;
  /** Its tokens are refused while set. */
  access_blocked_at: string | null;
  changed_by: string;
};

export type HandoverTable = {
  id: string;
  task_id: string;
  composition_id: string;
  sender_id: string;
  receiver_id: string;
  /** Keyed hash of sender and case identifier; unique. */
  case_hash: string;
  /** Keyed hash of the BSN, for "who saw my record". */
  patient_hash: string | null;
  state: 'in-progress' | 'completed' | 'cancelled' | 'expired';
  /** Counts content versions from 1. */
  version: number;
  /** Counts changes of the Task from 1: its ETag. */
  task_version: number;
  created_at: string;
  updated_at: string;
  /** When the receiver's right to the clinical content ends at the latest. */
  grant_ends_at: string;
  /** Where the Task's content is sealed. */
  task_payload_id: string;
};

export type HandoverVersionTable = {
  handover_id: string;
  version: number;
  content_hash: string;
  /** The closure but its Binaries, sealed. */
  payload_id: string;
  /** Warnings of the check, sealed, for the sender. */
  findings_payload_id: string;
  received_at: string;
};

/** Leads from a served resource to its handover; Binaries have a payload of their own. */
export type HandoverResourceTable = {
  id: string;
  type: string;
  handover_id: string;
  payload_id: string | null;
};

/** The truth table's own steps; notification attempts are in `attempt`. */
export type HandoverStepTable = {
  seq: Generated<number>;
  handover_id: string;
  at: string;
  step: string;
  version: number;
  detail: string | null;
};

export type OutboxTable = {
  id: string;
  exchange: string;
  /** What it is about: a handover id. */
  subject: string;
  /** Rows with one order key leave in the order of `seq`. */
  order_key: string;
  seq: Generated<number>;
  participant_id: string;
  endpoint_id: string;
  kind: 'announce' | 'echo' | 'cancel' | 'callback';
  version: number;
  /** NotificationMessage as JSON; gateway ids and organisation identifiers only. */
  message: string;
  state: 'waiting' | 'claimed' | 'sending' | 'unknown' | 'delivered' | 'failed' | 'dead' | 'superseded';
  attempts: number;
  due_at: string;
  /** Who claimed it and until when; past that it may be taken over. */
  lease_owner: string | null;
  lease_until: string | null;
  created_at: string;
  /** From when the dead-letter age counts: made, replayed, or sending resumed. */
  live_since: string;
  /** When nothing more will be tried by itself; null while the row is live and holds back later ones of its order key. */
  settled_at: string | null;
};

/** The last event number given on a subscription: consecutive per receiver's endpoint. */
export type EventCounterTable = { stream: string; last: number };

export type AttemptTable = {
  id: string;
  outbox_id: string;
  number: number;
  started_at: string;
  ended_at: string | null;
  /** delivered, retry, refused (permanent), unknown, or null while it runs. */
  result: string | null;
  http_status: number | null;
  /** A stable code: `timeout`, `connection-refused`, `reset-after-send`, `status-503` … */
  reason: string | null;
};

/** Append-only; one hash chain per gateway. `hash` covers every column but itself and `mac`. */
export type AuditTable = {
  id: string;
  chain: string;
  /** Counts the chain's records from 1, without a gap. */
  seq: number;
  /** Rises over all chains: what came later has a higher position, whatever the gateways' clocks say. */
  position: number;
  /** The gateway's own clock. */
  at: string;
  prev_hash: string;
  hash: string;
  /** Keyed hash of `hash`: nobody without the key file can add a record. */
  mac: string;
  /** Copies from the body, for look-up. */
  event: string;
  participant_id: string | null;
  object: string | null;
  /** AuditEntry as canonical JSON, without the patient. */
  body: string;
  patient_hash: string | null;
  patient_key_id: string | null;
  /** Nonce and ciphertext of the BSN. */
  patient_payload: Uint8Array | null;
};

/** Signed heads: what shows a cut tail. */
export type AuditHeadTable = { chain: string; seq: number; hash: string; at: string; signature: string };

export type Tables = {
  payload: PayloadTable;
  ring_check: RingCheckTable;
  replay: ReplayTable;
  participant_state: ParticipantStateTable;
  handover: HandoverTable;
  handover_version: HandoverVersionTable;
  handover_resource: HandoverResourceTable;
  handover_step: HandoverStepTable;
  outbox: OutboxTable;
  attempt: AttemptTable;
  event_counter: EventCounterTable;
  audit: AuditTable;
  audit_head: AuditHeadTable;
} & HolderTables &
  LinkTables &
  PushTables &
  MitzTables &
  ConsentTables &
  SearchTables;
