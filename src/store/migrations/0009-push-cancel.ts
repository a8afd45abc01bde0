// How does a push come to be taken back? The moment beside the end of its grant.
import type { Migration } from '../migrations.ts';

export const pushCancel: Migration = {
  name: '0009-push-cancel',
  statements: () => ['alter table push add column cancelled_at text'],
};
