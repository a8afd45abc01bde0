// How do the tables of rows/pushes.ts come to be?
import type { Migration } from '../migrations.ts';

export const pushes: Migration = {
  name: '0008-pushes',
  statements: () => [
    `create table push (
      id text primary key, exchange text not null check (exchange in ('medication')),
      task_id text not null unique, bundle_id text not null unique,
      sender_id text not null, receiver_id text not null, case_hash text not null, content_hash text not null,
      patient_hash text not null, state text not null check (state in ('in-progress', 'expired')),
      version integer not null, created_at text not null, updated_at text not null, grant_ends_at text not null,
      payload_id text, task_read_at text, read_at text, reads integer not null,
      unique (exchange, sender_id, case_hash))`,
    `create index push_running on push (grant_ends_at) where state = 'in-progress'`,
    'create index push_content on push (grant_ends_at) where payload_id is not null',
    'create index push_patient on push (patient_hash)',
  ],
};
