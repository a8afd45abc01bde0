// How do the tables of tables.ts come to be? Steps that only go forward; the same steps on both databases.
import { consentTables } from './migrations/0003-consent.ts';
import { holderTables } from './migrations/0004-holders.ts';
import { mitzTables } from './migrations/0005-mitz.ts';
import { searchTables } from './migrations/0006-search.ts';
import { links } from './migrations/0007-links.ts';
import { pushes } from './migrations/0008-pushes.ts';
import { pushCancel } from './migrations/0009-push-cancel.ts';

/** What the two databases call differently. */
export type Spelling = {
  blob: string;
  serial: string;
  bigint: string;
  appendOnly: (table: string) => string[];
};

export type Migration = { name: string; statements: (spelling: Spelling) => string[] };

export const sqliteSpelling: Spelling = {
  blob: 'blob',
  serial: 'integer primary key autoincrement',
  bigint: 'integer',
  appendOnly: (table) =>
    ['update', 'delete'].map(
      (change) => `create trigger ${table}_no_${change} before ${change} on ${table}
        begin select raise(abort, '${table} is append-only'); end`,
    ),
};

export const postgresqlSpelling: Spelling = {
  blob: 'bytea',
  serial: 'bigint generated always as identity primary key',
  bigint: 'bigint',
  appendOnly: (table) => [
    `create or replace function refuse_change() returns trigger language plpgsql as
       $$ begin raise exception '% is append-only', tg_table_name; end $$`,
    `create trigger ${table}_append_only before update or delete or truncate on ${table}
       for each statement execute function refuse_change()`,
    ...(table === 'audit' ? ['create sequence audit_position'] : []),
  ],
};

const payloads = ({ blob }: Spelling) => [
  `create table payload (
    id text primary key, key_id text not null, nonce ${blob} not null, ciphertext ${blob} not null,
    context_hash text not null, created_at text not null)`,
  'create index payload_key on payload (key_id)',
  'create table ring_check (key_id text primary key, check_value text not null)',
];

const participants = () => [
  'create table replay (key_hash text primary key, expires_at text not null)',
  'create index replay_expiry on replay (expires_at)',
  `create table participant_state (
    participant_id text primary key, sending_stopped_at text, access_blocked_at text, changed_by text not null)`,
];

const handovers = ({ serial }: Spelling) => [
  `create table handover (
    id text primary key, task_id text not null unique, composition_id text not null unique,
    sender_id text not null, receiver_id text not null, case_hash text not null, patient_hash text,
    state text not null check (state in ('in-progress', 'completed', 'cancelled', 'expired')),
    version integer not null, task_version integer not null,
    created_at text not null, updated_at text not null, grant_ends_at text not null,
    task_payload_id text not null, unique (sender_id, case_hash))`,
  'create index handover_patient on handover (patient_hash) where patient_hash is not null',
  `create index handover_running on handover (grant_ends_at) where state = 'in-progress'`,
  `create table handover_version (
    handover_id text not null references handover (id), version integer not null, content_hash text not null,
    payload_id text not null, findings_payload_id text not null, received_at text not null,
    primary key (handover_id, version))`,
  `create table handover_resource (
    id text primary key, type text not null, handover_id text not null references handover (id), payload_id text)`,
  'create index handover_resource_handover on handover_resource (handover_id)',
  `create table handover_step (
    seq ${serial}, handover_id text not null references handover (id), at text not null,
    step text not null, version integer not null, detail text)`,
  'create index handover_step_handover on handover_step (handover_id)',
];

const liveStates = `state in ('waiting', 'claimed', 'sending', 'unknown')`;

/** Outbox rows that still have something to do: few, however long the history. */
const live = 'settled_at is null';

const outbox = ({ serial }: Spelling) => [
  `create table outbox (
    seq ${serial}, id text not null unique, exchange text not null, subject text not null, order_key text not null,
    participant_id text not null, endpoint_id text not null,
    kind text not null check (kind in ('announce', 'echo', 'cancel', 'callback')),
    version integer not null, message text not null,
    state text not null check (${liveStates} or state in ('delivered', 'failed', 'dead', 'superseded')),
    attempts integer not null, due_at text not null, lease_owner text, lease_until text,
    created_at text not null, live_since text not null, settled_at text)`,
  'create table event_counter (stream text primary key, last integer not null)',
  `create index outbox_due on outbox (due_at) where ${live}`,
  `create index outbox_endpoint on outbox (participant_id, endpoint_id, seq) where ${live}`,
  `create index outbox_order on outbox (order_key, seq) where ${live}`,
  `create index outbox_stuck on outbox (participant_id, seq) where state in ('dead', 'failed')`,
  'create index outbox_subject on outbox (subject)',
  `create table attempt (
    id text primary key, outbox_id text not null references outbox (id), number integer not null,
    started_at text not null, ended_at text, result text, http_status integer, reason text)`,
  'create index attempt_outbox on attempt (outbox_id)',
];

const audit = ({ blob, bigint, appendOnly }: Spelling) => [
  `create table audit (
    id text not null unique, chain text not null, seq ${bigint} not null, position ${bigint} not null unique,
    at text not null, prev_hash text not null, hash text not null, mac text not null, event text not null,
    participant_id text, object text, body text not null, patient_hash text, patient_key_id text,
    patient_payload ${blob}, primary key (chain, seq))`,
  'create index audit_patient on audit (patient_hash, position) where patient_hash is not null',
  'create index audit_object on audit (object, position) where object is not null',
  `create table audit_head (
    chain text not null, seq ${bigint} not null, hash text not null, at text not null, signature text not null,
    primary key (chain, seq))`,
  ...appendOnly('audit'),
  ...appendOnly('audit_head'),
];

/** Never changed once released, only added to. */
export const migrations: readonly Migration[] = [
  {
    name: '0001-first',
    statements: (spelling) =>
      [payloads, participants, handovers, outbox, audit].flatMap((tables) => tables(spelling)),
  },
  {
    name: '0002-outbox-settled',
    statements: () => [
      `create index outbox_settled on outbox (settled_at) where state in ('delivered', 'superseded')`,
    ],
  },
  consentTables,
  holderTables,
  mitzTables,
  searchTables,
  links,
  pushes,
  pushCancel,
];
