// How do the tables of rows/links.ts come to be?
import type { Migration } from '../migrations.ts';

export const links: Migration = {
  name: '0007-links',
  statements: () => [
    `create table one_time_link (
      id text primary key, token_hash text not null unique, kind text not null check (kind in ('card', 'overview')),
      payload_id text, participant_id text not null, created_at text not null, expires_at text not null,
      opened_at text)`,
    'create index one_time_link_expiry on one_time_link (expires_at)',
    `create table registered_set (
      id text primary key, exchange text not null check (exchange in ('wishes', 'medication')),
      participant_id text not null, name_hash text not null, patient_hash text not null, version integer not null,
      state text not null check (state in ('current', 'revoked')), created_at text not null,
      updated_at text not null, unique (exchange, participant_id, name_hash))`,
    `create index registered_set_patient on registered_set (patient_hash, exchange, participant_id)
      where state = 'current'`,
    `create table registered_version (
      set_id text not null references registered_set (id), version integer not null, content_hash text not null,
      payload_id text not null, registered_at text not null, ended_at text, primary key (set_id, version))`,
  ],
};
