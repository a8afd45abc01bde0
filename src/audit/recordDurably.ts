// How does a reader leave its record before anything is shown? No record, no data.
import type { AuditEntry } from '../model.ts';
import type { Store } from '../store/store.ts';

/** Resolves with the record's id once it is durable; rejects with `unavailable`, and then nothing may leave. */
export function recordDurably(store: Store, entry: AuditEntry): Promise<string> {
  return store.write(async (unit) => unit.audit(entry));
}
