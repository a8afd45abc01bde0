// How do the tables of rows/mitz.ts come to be?
import type { Migration } from '../migrations.ts';

export const mitzTables: Migration = {
  name: '0005-mitz',
  statements: () => [
    `create table mitz_subscription (
      id text primary key, patient_hash text not null, holder_ura text not null, holder_id text not null,
      state text not null check (state in ('wanted', 'active', 'ending')), mitz_id text,
      payload_id text not null, due_at text not null, attempts integer not null, last_reason text,
      subscribed_at text, lease_until text, unique (patient_hash, holder_ura))`,
    'create index mitz_subscription_due on mitz_subscription (due_at)',
    `create table mitz_copy (
      patient_hash text not null, holder_ura text not null, payload_id text not null,
      revision integer not null, updated_at text not null, primary key (patient_hash, holder_ura))`,
  ],
};
