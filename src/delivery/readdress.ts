// What becomes of a row whose endpoint is no longer in use? It is written for the one in its place, and waits its turn there.
import type { Unit } from '../store/store.ts';
import { printMessage, readMessage } from './message.ts';
import type { OutboxRow } from './outbox.ts';
import { isOvertaken } from './settle.ts';

/** Takes a claimed row to another endpoint of its participant, where the same may have been said already by what came later. */
export async function readdress(
  unit: Unit,
  row: OutboxRow,
  to: { endpointId: string; now: Date },
): Promise<void> {
  const now = to.now.toISOString();
  const moved: OutboxRow = { ...row, endpoint_id: to.endpointId };
  const overtaken = await isOvertaken(unit, moved, 'all');
  // a number on the subscription of before says nothing here
  const { eventNumber, ...message } = readMessage(row.message);
  await unit.db
    .updateTable('outbox')
    .set({
      endpoint_id: to.endpointId,
      message: printMessage(message),
      ...(overtaken ? { state: 'superseded', settled_at: now } : { state: row.state, due_at: now }),
      lease_owner: null,
      lease_until: null,
    })
    .where('id', '=', row.id)
    .where('state', '=', 'claimed')
    .where('lease_owner', '=', row.lease_owner)
    .execute();
}
