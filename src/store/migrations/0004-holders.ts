// How does the regional index come to be? One row per patient, exchange and participant.
import type { Migration } from '../migrations.ts';

export const holderTables: Migration = {
  name: '0004-holders',
  statements: () => [
    `create table holder_index (
      patient_hash text not null, exchange text not null, participant_id text not null, registered_at text not null,
      primary key (patient_hash, exchange, participant_id))`,
  ],
};
