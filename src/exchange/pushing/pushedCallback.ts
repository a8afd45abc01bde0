// What does the sender of a push hear at its callback? Its state, and why it is told; nothing about the patient.
import type { PushTable } from '../../store/rows/pushes.ts';
import type { Unit } from '../../store/store.ts';
import type { TellingDeps } from '../exchange.ts';
import { type Ended, tellSender } from './callback.ts';
import { lockPush } from './pushed.ts';
import { messageAbout } from './pushedTask.ts';

const stateOf = (row: PushTable) => (row.cancelled_at === null ? row.state : 'cancelled');

/** Tells the state of the row, which is the push as this write leaves it. */
export async function tellPushState(
  unit: Unit,
  { row, reason }: { row: PushTable; reason?: string },
  deps: TellingDeps,
): Promise<void> {
  const callback = { state: stateOf(row), ...(reason === undefined ? {} : { reason }) };
  const message = { ...messageAbout(row, deps), callback };
  await tellSender(unit, { exchange: row.exchange, row, message }, deps);
}

/** Only of the present version, while it is what was announced; who has read it anyway need not be told of it. */
export async function tellOfPush(
  unit: Unit,
  { notification, reason }: Ended,
  deps: TellingDeps,
): Promise<void> {
  const row = await lockPush(unit, notification.subject);
  const said = notification.kind === 'cancel' ? 'cancelled' : 'in-progress';
  if (row?.version !== notification.version || stateOf(row) !== said) return;
  const isRead = row.task_read_at !== null || row.read_at !== null;
  const isKnown = said === 'in-progress' && reason !== 'notification-delivered' && isRead;
  if (!isKnown) await tellPushState(unit, { row, reason }, deps);
}
