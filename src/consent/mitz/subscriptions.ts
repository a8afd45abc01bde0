// Does Mitz tell us when a patient changes its mind? Subscriptions per patient and holder: kept, asked, renewed, ended.
// A holder without one does not appear in open answers either.
import { isBsn } from '../../fhir/identifiers.ts';
import type { AuditEntry, Clock, Participant } from '../../model.ts';
import type { Outgoing } from '../../outgoing/outgoing.ts';
import { CannotAsk, typeOf, uraOf } from '../../outgoing/soapMitz.ts';
import type { Store, Unit } from '../../store/store.ts';
import { dropPermits } from '../epoch.ts';
import { dropCopy } from './copy.ts';
import { askSubscription, endSubscription, type Sent } from './sendSubscription.ts';
import type { MitzSettings } from './settings.ts';
import type { Subscribed } from './subscriptionResource.ts';
import {
  claim,
  dueIds,
  endLater,
  forget,
  lockRow,
  openSubscribed,
  type SubscriptionRow,
  want,
} from './subscriptionRows.ts';

export type SubscriptionDeps = { store: Store; clock: Clock; outgoing: Outgoing; settings: MitzSettings };
export type SubscribedPatient = { bsn: string; birthDate?: string };
type State = SubscriptionRow['state'] | 'none';

/** `isEntered` is asked in the same unit, when nobody else can enter the patient any more before it ends. */
export type Ending = { bsn: string; holder: Participant; isEntered?(): Promise<boolean> };

export type Subscriptions = {
  /** In the unit that registers the patient at this holder. Throws `CannotAsk` when the holder has no URA or type. */
  plan(unit: Unit, patient: SubscribedPatient, holder: Participant): Promise<void>;
  /**
   * In the unit that takes an entry of the patient at this holder out: unless another one is left, ends the copy at once,
   * and the rest later. Throws `CannotAsk`.
   */
  planEnd(unit: Unit, ending: Ending): Promise<void>;
  /** Plans, and asks Mitz at once. What Mitz did not take is tried again later. Throws `CannotAsk`. */
  subscribe(patient: SubscribedPatient, holder: Participant): Promise<State>;
  /** Forgets the copy at once, and ends the subscription at Mitz, now or later. Throws `CannotAsk`. */
  unsubscribe(bsn: string, holder: Participant): Promise<State>;
  /** All of them, without patients. */
  list(): Promise<SubscriptionRow[]>;
  /** Asks, renews and ends what is due; how many there were. For a sweep. */
  sendDue(): Promise<number>;
};

const dayMs = 86_400_000;
const mostAtOnce = 100;
const backOff = (attempts: number): number => Math.min(60_000 * 2 ** attempts, dayMs);

function subscribedOf({ bsn, birthDate }: SubscribedPatient, holder: Participant): Subscribed {
  if (!isBsn(bsn)) throw new CannotAsk('input-patient');
  const holderType = typeOf(holder, 'input-holder-type').code;
  return { bsn, birthDate, holderUra: uraOf(holder, 'input-holder'), holderType };
}

const entryOf = (event: string, sent: Sent, about: { row: SubscriptionRow; bsn: string }): AuditEntry => ({
  event,
  action: event === 'mitz.unsubscribed' ? 'D' : 'C',
  outcome: sent.reason === undefined ? 'success' : 'failed',
  ...(sent.reason !== undefined && { reason: sent.reason }),
  patientBsn: about.bsn,
  detail: { holder: about.row.holder_id, attempt: about.row.attempts + 1 },
});

/** What Mitz said of it is kept, also when somebody ended the subscription while it was being asked. */
async function settle(
  deps: SubscriptionDeps,
  row: SubscriptionRow,
  sent: Sent & { bsn: string },
): Promise<void> {
  const now = deps.clock();
  const failed = sent.reason !== undefined;
  const wait = failed ? backOff(row.attempts) : deps.settings.renewDays * dayMs;
  const ending = row.state === 'ending';
  await deps.store.write(async (unit) => {
    unit.audit(entryOf(ending ? 'mitz.unsubscribed' : 'mitz.subscribed', sent, { row, bsn: sent.bsn }));
    const current = await unit.db
      .selectFrom('mitz_subscription')
      .select('state')
      .where('id', '=', row.id)
      .executeTakeFirst();
    if (!failed && ending && current?.state === 'ending') return forget(unit, row);
    const moved = current?.state !== row.state;
    await unit.db
      .updateTable('mitz_subscription')
      .set({
        lease_until: null,
        last_reason: sent.reason ?? null,
        attempts: failed ? row.attempts + 1 : 0,
        ...(sent.mitzId !== undefined && { mitz_id: sent.mitzId, subscribed_at: now.toISOString() }),
        ...(!moved && { due_at: new Date(now.getTime() + wait).toISOString() }),
        ...(!moved && !failed && { state: 'active' as const }),
      })
      .where('id', '=', row.id)
      .execute();
  });
}

async function work(deps: SubscriptionDeps, id: string): Promise<State> {
  const row = await claim(deps.store, id, deps.clock());
  if (row) {
    const subscribed = await openSubscribed(deps.store, row);
    const sent =
      row.state === 'ending'
        ? await endSubscription(deps, row)
        : await askSubscription(deps, row, subscribed);
    await settle(deps, row, { ...sent, bsn: subscribed.bsn });
  }
  const after = await deps.store.read
    .selectFrom('mitz_subscription')
    .select('state')
    .where('id', '=', id)
    .executeTakeFirst();
  return after?.state ?? 'none';
}

export function createSubscriptions(deps: SubscriptionDeps): Subscriptions {
  const { store, clock } = deps;
  const plan = (unit: Unit, patient: SubscribedPatient, holder: Participant): Promise<string> => {
    const subscribed = subscribedOf(patient, holder);
    const patientHash = store.hash('bsn', patient.bsn);
    return want(unit, { subscribed, patientHash, holderId: holder.id, now: clock() });
  };
  const planEnd = async (unit: Unit, { bsn, holder, isEntered }: Ending): Promise<string | undefined> => {
    const key = { patientHash: store.hash('bsn', bsn), holderUra: uraOf(holder, 'input-holder') };
    const row = await lockRow(unit, key);
    if (await isEntered?.()) return undefined;
    await dropCopy(unit, key);
    await dropPermits(unit, key.patientHash);
    if (row) await endLater(unit, row.id, clock());
    return row?.id;
  };
  return {
    plan: async (unit, patient, holder) => void (await plan(unit, patient, holder)),
    subscribe: async (patient, holder) =>
      work(deps, await store.write((unit) => plan(unit, patient, holder))),
    planEnd: async (unit, ending) => void (await planEnd(unit, ending)),
    unsubscribe: async (bsn, holder) => {
      const id = await store.write((unit) => planEnd(unit, { bsn, holder }));
      return id === undefined ? 'none' : work(deps, id);
    },
    list: () => store.read.selectFrom('mitz_subscription').selectAll().orderBy('holder_id').execute(),
    sendDue: async () => {
      const ids = await dueIds(store, clock(), mostAtOnce);
      for (const id of ids) await work(deps, id);
      return ids.length;
    },
  };
}
