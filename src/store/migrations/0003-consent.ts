// Which tables does consent need? Own records, decisions, break-glass, and the counter that drops cached permits.
import type { Migration } from '../migrations.ts';

export const consentTables: Migration = {
  name: '0003-consent',
  statements: () => [
    'create table consent_epoch (patient_hash text primary key, epoch integer not null)',
    `create table consent_record (
      id text primary key, patient_hash text not null, identifier_hash text, payload_id text not null,
      registered_by text not null, registered_at text not null, ended_at text)`,
    'create index consent_record_patient on consent_record (patient_hash) where ended_at is null',
    'create index consent_record_identifier on consent_record (identifier_hash) where ended_at is null',
    `create table consent_decision (
      id text primary key, audit_id text not null unique, at text not null, exchange text not null,
      payload_id text not null)`,
    'create index consent_decision_at on consent_decision (at)',
    'create index consent_decision_payload on consent_decision (payload_id)',
    `create table break_glass_grant (
      id text primary key, patient_hash text not null, participant_id text not null,
      practitioner_hash text not null, stage integer not null check (stage in (1, 2)),
      created_at text not null, ends_at text not null, ended_at text, payload_id text not null,
      reviewed_at text, reviewed_by text)`,
    `create index break_glass_grant_open on break_glass_grant (patient_hash, participant_id)
      where ended_at is null`,
    'create index break_glass_grant_review on break_glass_grant (created_at) where reviewed_at is null',
    `create table break_glass_notice (
      id text primary key, grant_id text not null references break_glass_grant (id), holder_id text not null,
      created_at text not null, queued_at text, read_at text, unique (grant_id, holder_id))`,
    'create index break_glass_notice_waiting on break_glass_notice (created_at) where queued_at is null',
  ],
};
