// How do the audit tests write a record, and read the signed heads that an anchor file would hold?
import type { AuditEntry } from '../../src/model.ts';
import type { Store } from '../../src/store/store.ts';
import type { AuditHeadTable } from '../../src/store/tables.ts';

export function recordDurably(store: Store, entry: AuditEntry): Promise<string> {
  return store.write(async (unit) => unit.audit(entry));
}

export async function anchorHeads(store: Pick<Store, 'read'>): Promise<AuditHeadTable[]> {
  return store.read
    .selectFrom('audit_head')
    .selectAll()
    .orderBy('at')
    .orderBy('chain')
    .orderBy('seq')
    .execute();
}
