// What does the sender of a handover hear at its callback? Its state, and why it is told; nothing about the patient.
import type { Unit } from '../../store/store.ts';
import type { TellingDeps } from '../exchange.ts';
import { type Ended, tellSender } from '../pushing/callback.ts';
import { messageAbout } from './announcement.ts';
import { hasRead, lockHandover } from './records.ts';
import type { HandoverRow } from './task.ts';

type Why = { reason?: string };

/** Tells the state of the row, which is the handover as this write leaves it. */
export async function tellState(
  unit: Unit,
  { row, reason }: Why & { row: HandoverRow },
  deps: TellingDeps,
): Promise<void> {
  const handoverUrl = `${deps.baseUrl}/handover/${row.id}`;
  const callback = { handoverUrl, state: row.state, ...(reason === undefined ? {} : { reason }) };
  const message = { ...messageAbout(row, deps), callback };
  await tellSender(unit, { exchange: 'handover', row, message }, deps);
}

/** Only of the present version, while it is what was announced; who has read the Task anyway need not be told of it. */
export async function tellOfHandover(
  unit: Unit,
  { notification, reason }: Ended,
  deps: TellingDeps,
): Promise<void> {
  const row = await lockHandover(unit, notification.subject);
  const said = notification.kind === 'cancel' ? 'cancelled' : 'in-progress';
  if (row?.version !== notification.version || row.state !== said) return;
  const isKnown = said === 'in-progress' && reason !== 'notification-delivered' && (await hasRead(unit, row));
  if (!isKnown) await tellState(unit, { row, reason }, deps);
}
