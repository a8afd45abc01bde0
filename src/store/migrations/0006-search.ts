// How do the tables of rows/search.ts come to be?
import type { Migration } from '../migrations.ts';

export const searchTables: Migration = {
  name: '0006-search',
  statements: () => [
    `create table served_patient (
      id text primary key, asker_hash text not null unique, participant_id text not null, client_id text not null,
      patient_hash text not null, payload_id text not null, expires_at text not null)`,
    'create index served_patient_expiry on served_patient (expires_at)',
    `create table search_snapshot (
      id text primary key, exchange text not null, asker_hash text not null, patient_hash text not null,
      payload_id text not null, expires_at text not null)`,
    'create index search_snapshot_expiry on search_snapshot (expires_at)',
  ],
};
