// Which break-glass grants are open, and what is sealed with them? Read here; opened and widened in breakGlass.ts.
import type { Practitioner, Requester } from '../model.ts';
import type { BreakGlassGrantTable } from '../store/rows/consent.ts';
import type { Store, Unit } from '../store/store.ts';
import type { OpenGrant } from './judge.ts';

/** What is sealed with a grant. */
export type GrantContent = {
  patientBsn: string;
  practitioner: Practitioner;
  mandatedBy?: Practitioner;
  purposeOfUse: string;
  reasons: readonly { at: string; text: string }[];
};

export const grantContext = (id: string) => `breakGlass\0${id}`;

export type Place = Pick<BreakGlassGrantTable, 'patient_hash' | 'participant_id' | 'practitioner_hash'>;

/** Where a grant belongs: patient, organisation and professional. */
export function placeOf(
  store: Pick<Store, 'hash'>,
  of: { patientBsn: string; requester: Requester; practitioner: Practitioner },
): Place {
  const { system, value } = of.practitioner.identifier;
  return {
    patient_hash: store.hash('bsn', of.patientBsn),
    participant_id: of.requester.participant.id,
    practitioner_hash: store.hash('id', JSON.stringify(['practitioner', system, value])),
  };
}

export const isOpen = (row: BreakGlassGrantTable, now: Date): boolean =>
  row.ended_at === null && row.ends_at > now.toISOString();

/** The grant that is open, and those whose end has passed unmarked. */
export async function findGrants(
  store: Pick<Store, 'read'>,
  place: Place,
  now: Date,
): Promise<{ open?: OpenGrant & { ends_at: string }; past: readonly string[] }> {
  const rows = await store.read
    .selectFrom('break_glass_grant')
    .selectAll()
    .where((where) => where.and(place))
    .where('ended_at', 'is', null)
    .orderBy('created_at', 'desc')
    .execute();
  const open = rows.find((row) => isOpen(row, now));
  const past = rows.filter((row) => row.ends_at <= now.toISOString()).map((row) => row.id);
  return { ...(open ? { open } : {}), past };
}

/** Marks grants whose end has passed, so that a gateway with a slow clock does not use them. Returns how many. */
export async function endGrants(store: Store, now: Date): Promise<number> {
  const past = await store.read
    .selectFrom('break_glass_grant')
    .select('id')
    .where('ended_at', 'is', null)
    .where('ends_at', '<=', now.toISOString())
    .execute();
  if (past.length === 0) return 0;
  const ids = past.map((row) => row.id);
  await store.write((unit) => markEnded(unit, ids, now));
  return past.length;
}

export async function markEnded(unit: Unit, ids: readonly string[], now: Date): Promise<void> {
  await unit.db
    .updateTable('break_glass_grant')
    .set({ ended_at: now.toISOString() })
    .where('id', 'in', [...ids])
    .where('ended_at', 'is', null)
    .execute();
}

export const grantById = (
  store: Pick<Store, 'read'>,
  id: string,
): Promise<BreakGlassGrantTable | undefined> =>
  store.read.selectFrom('break_glass_grant').selectAll().where('id', '=', id).executeTakeFirst();

/** What is sealed with a grant: patient, professional and reasons. */
export async function readGrant(
  store: Pick<Store, 'open'>,
  row: BreakGlassGrantTable,
): Promise<GrantContent> {
  return JSON.parse(Buffer.from(await store.open(row.payload_id, grantContext(row.id))).toString());
}
