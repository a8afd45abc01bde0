// How is a registered set taken back, and is somebody's copy of it still current?
import { openRegistered } from '../../holder/registered.ts';
import type { FhirResource } from '../../model.ts';
import type { Unit } from '../../store/store.ts';
import type { ExchangeDeps } from '../exchange.ts';
import { readSetName, readSetQuestion } from './registrationInput.ts';
import { type About, endVersion, entryOf, nameHash, nameOf, unknownSet } from './registrationRows.ts';

export type CopyState = 'current' | 'superseded' | 'revoked';
type Deps = Pick<ExchangeDeps, 'store'>;
type AboutSet = About & { set: string };

/** The gateway's id of the set, said so or by the participant's own name of it. Throws `notFound` where it has none of that name. */
export async function setToRevoke(
  body: FhirResource | undefined,
  about: About,
  { store }: Deps,
): Promise<string> {
  const name = readSetName(body);
  if (name === undefined) return readSetQuestion(body, { version: false }).set;
  const row = await store.read
    .selectFrom('registered_set')
    .select('id')
    .where('exchange', '=', about.exchange)
    .where('participant_id', '=', about.requester.participant.id)
    .where('name_hash', '=', nameHash(about, nameOf(name), store))
    .executeTakeFirst();
  if (!row) throw unknownSet();
  return row.id;
}

/**
 * Ends a set. Revoking twice is once. The participant stays in the regional index: it may have other records, and "no
 * record" does less harm than a holder that is not asked. Throws `notFound` for a set that is not this participant's.
 */
export async function revokeSet(about: AboutSet, { store }: Deps): Promise<number> {
  const known = await findSet(about, store);
  if (known.participant_id !== about.requester.participant.id) throw unknownSet();
  const patientBsn = await patientOf(known, store);
  return store.write(async (unit) => {
    const row = await lockSet(unit, known.id);
    const revoked = row.state === 'current';
    if (revoked) await endSet(unit, row, about.now.toISOString());
    const detail = { result: revoked ? 'revoked' : 'same', version: row.version };
    const event = `${about.exchange}.revoked`;
    unit.audit({ ...entryOf(about, row.id), event, action: 'D', patientBsn, detail });
    return row.version;
  });
}

async function findSet({ set, exchange }: AboutSet, store: Deps['store']) {
  const row = await store.read
    .selectFrom('registered_set as s')
    .innerJoin('registered_version as v', (join) =>
      join.onRef('v.set_id', '=', 's.id').onRef('v.version', '=', 's.version'),
    )
    .select(['s.id', 's.participant_id', 's.version', 's.state', 'v.payload_id'])
    .where('s.id', '=', set)
    .where('s.exchange', '=', exchange)
    .executeTakeFirst();
  if (!row) throw unknownSet();
  return row;
}

type Found = Awaited<ReturnType<typeof findSet>>;

const patientOf = async ({ id, version, payload_id }: Found, store: Deps['store']): Promise<string> =>
  (await openRegistered({ id, version, payloadId: payload_id }, store)).patientBsn;

const lockSet = (unit: Unit, id: string) =>
  unit.db
    .updateTable('registered_set')
    .set((eb) => ({ updated_at: eb.ref('updated_at') }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();

async function endSet(unit: Unit, row: Awaited<ReturnType<typeof lockSet>>, at: string): Promise<void> {
  await endVersion(unit, row, at);
  const ended = { state: 'revoked', updated_at: at } as const;
  await unit.db.updateTable('registered_set').set(ended).where('id', '=', row.id).execute();
}

/**
 * Says whether a copy is still current, and nothing of its content: whoever has the set's id got it with the copy.
 * Throws `notFound` for a set or a version that never was.
 */
export async function checkCopy(
  about: AboutSet & { version: number },
  { store }: Deps,
): Promise<{ state: CopyState; version: number }> {
  const row = await findSet(about, store);
  if (about.version > row.version) throw unknownSet();
  const patientBsn = await patientOf(row, store);
  const superseded = about.version < row.version ? 'superseded' : 'current';
  const state: CopyState = row.state === 'revoked' ? 'revoked' : superseded;
  await store.write(async (unit) => {
    const detail = { result: state, version: about.version };
    const event = `${about.exchange}.copyChecked`;
    unit.audit({ ...entryOf(about, row.id), event, action: 'R', patientBsn, detail });
  });
  return { state, version: row.version };
}
