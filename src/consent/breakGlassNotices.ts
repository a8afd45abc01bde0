// Which holder must hear that its records were opened? One notice per grant and holder, made with the decision itself.
import { randomUUID } from 'node:crypto';
import type { BreakGlassGrantTable, BreakGlassNoticeTable } from '../store/rows/consent.ts';
import type { Store, Unit } from '../store/store.ts';
import { type GrantContent, grantById, readGrant } from './breakGlassGrants.ts';

/**
 * In the unit of the decision that opens the holder: no notice, no data. A second decision adds none. A grant that was
 * reviewed before it opened this holder is to be looked at once more.
 */
export async function noteHolder(
  unit: Unit,
  notice: { grantId: string; holderId: string; now: Date },
): Promise<void> {
  const noted = await unit.db
    .insertInto('break_glass_notice')
    .values({
      id: randomUUID(),
      grant_id: notice.grantId,
      holder_id: notice.holderId,
      created_at: notice.now.toISOString(),
      queued_at: null,
      read_at: null,
    })
    .onConflict((conflict) => conflict.columns(['grant_id', 'holder_id']).doNothing())
    .executeTakeFirst();
  if (noted.numInsertedOrUpdatedRows !== 1n) return;
  await unit.db
    .updateTable('break_glass_grant')
    .set({ reviewed_at: null, reviewed_by: null })
    .where('id', '=', notice.grantId)
    .where('reviewed_at', 'is not', null)
    .execute();
}

/** Notices that have not gone into an outbox yet, oldest first: all of them, lest those that cannot be sent hold up the others. */
export const waitingNotices = (
  store: Pick<Store, 'read'>,
): Promise<(BreakGlassNoticeTable & Pick<BreakGlassGrantTable, 'participant_id'>)[]> =>
  store.read
    .selectFrom('break_glass_notice as notice')
    .innerJoin('break_glass_grant as grant', 'grant.id', 'notice.grant_id')
    .selectAll('notice')
    .select('grant.participant_id')
    .where('notice.queued_at', 'is', null)
    .orderBy('notice.created_at')
    .execute();

/** True when this unit is the one that queues it. */
export async function markQueued(unit: Unit, noticeId: string, now: Date): Promise<boolean> {
  const done = await unit.db
    .updateTable('break_glass_notice')
    .set({ queued_at: now.toISOString() })
    .where('id', '=', noticeId)
    .where('queued_at', 'is', null)
    .executeTakeFirst();
  return done.numUpdatedRows === 1n;
}

export type HolderNotice = {
  notice: BreakGlassNoticeTable;
  grant: BreakGlassGrantTable;
  content: GrantContent;
};

/** What one holder may read of a grant that opened its records; undefined for another's. */
export async function readNotice(
  store: Pick<Store, 'read' | 'open'>,
  noticeId: string,
  holderId: string,
): Promise<HolderNotice | undefined> {
  const notice = await store.read
    .selectFrom('break_glass_notice')
    .selectAll()
    .where('id', '=', noticeId)
    .where('holder_id', '=', holderId)
    .executeTakeFirst();
  const grant = notice && (await grantById(store, notice.grant_id));
  if (!notice || !grant) return undefined;
  return { notice, grant, content: await readGrant(store, grant) };
}

export async function markRead(unit: Unit, noticeId: string, now: Date): Promise<void> {
  await unit.db
    .updateTable('break_glass_notice')
    .set({ read_at: now.toISOString() })
    .where('id', '=', noticeId)
    .where('read_at', 'is', null)
    .execute();
}
