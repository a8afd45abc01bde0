// Whom does it concern that a notification has come to an end? The sender of what it announced, or took back.
import type { OutboxRow } from '../delivery/outbox.ts';
import type { Unit } from '../store/store.ts';
import type { TellingDeps } from './exchange.ts';
import { tellOfHandover } from './handover/callback.ts';
import { endOf } from './pushing/callback.ts';
import { tellOfPush } from './pushing/pushedCallback.ts';

/** In the write that ends a notification: its sender hears that the receiver was not told, or was told after all. */
export async function tellNotificationEnd(unit: Unit, row: OutboxRow, deps: TellingDeps): Promise<void> {
  const ended = await endOf(unit, row);
  if (ended === undefined) return;
  await (row.exchange === 'handover' ? tellOfHandover : tellOfPush)(unit, ended, deps);
}
