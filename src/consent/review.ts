// Which emergencies still want a second pair of eyes? The review list of break-glass grants.
import type { BreakGlassGrantTable, BreakGlassNoticeTable } from '../store/rows/consent.ts';
import type { Store } from '../store/store.ts';

export type Reviewable = { grant: BreakGlassGrantTable; notices: readonly BreakGlassNoticeTable[] };

/** Grants that nobody has reviewed, oldest first; with `all` the reviewed ones too. */
export async function listGrants(store: Pick<Store, 'read'>, { all = false } = {}): Promise<Reviewable[]> {
  const grants = await store.read
    .selectFrom('break_glass_grant')
    .selectAll()
    .$if(!all, (some) => some.where('reviewed_at', 'is', null))
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  if (grants.length === 0) return [];
  const notices = await store.read
    .selectFrom('break_glass_notice')
    .selectAll()
    .orderBy('holder_id')
    .execute();
  return grants.map((grant) => ({
    grant,
    notices: notices.filter((notice) => notice.grant_id === grant.id),
  }));
}

/** Marks a grant as reviewed, with a record of who did. False when there is none that waits for review. */
export async function markReviewed(
  store: Store,
  id: string,
  { by, now }: { by: string; now: Date },
): Promise<boolean> {
  return store.write(async (unit) => {
    const done = await unit.db
      .updateTable('break_glass_grant')
      .set({ reviewed_at: now.toISOString(), reviewed_by: by })
      .where('id', '=', id)
      .where('reviewed_at', 'is', null)
      .executeTakeFirst();
    if (done.numUpdatedRows !== 1n) return false;
    unit.audit({
      event: 'breakGlass.reviewed',
      action: 'U',
      outcome: 'success',
      object: `BreakGlass/${id}`,
      exchange: 'break-glass',
      detail: { by },
    });
    return true;
  });
}
