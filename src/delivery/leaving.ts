// What does a message say that is known only when it leaves? Its number on a subscription, and which announcement it takes back.
import type { Endpoint } from '../model.ts';
import type { Unit } from '../store/store.ts';
import { type NotificationMessage, printMessage, readMessage } from './message.ts';
import { lastHeard, type OutboxRow } from './outbox.ts';

type Leaving = { row: OutboxRow; endpoint: Endpoint };

/** The message as it leaves; a repeat says the same. */
export async function asItLeaves(unit: Unit, leaving: Leaving): Promise<NotificationMessage> {
  const message = readMessage(leaving.row.message);
  return numbered(
    unit,
    leaving,
    leaving.row.kind === 'cancel' ? await naming(unit, leaving.row, message) : message,
  );
}

/** What was never told cannot be taken back: the receiver knows the version before it. */
async function naming(
  unit: Unit,
  row: OutboxRow,
  message: NotificationMessage,
): Promise<NotificationMessage> {
  const told = await lastHeard(unit, row.subject)
    .where('o.participant_id', '=', row.participant_id)
    .where('o.seq', '<', row.seq)
    .executeTakeFirst();
  if (!told) return message;
  const { notificationIdentifier } = readMessage(told.message);
  return { ...message, notificationIdentifier };
}

/** Over a subscription a message has a number, which a repeat keeps. */
async function numbered(
  unit: Unit,
  { row, endpoint }: Leaving,
  message: NotificationMessage,
): Promise<NotificationMessage> {
  if (endpoint.shape !== 'E' || row.kind === 'callback' || message.eventNumber !== undefined) return message;
  const given = { ...message, eventNumber: await nextEventNumber(unit, row) };
  await unit.db
    .updateTable('outbox')
    .set({ message: printMessage(given) })
    .where('id', '=', row.id)
    .execute();
  return given;
}

/** The next consecutive number on the receiver's subscription; the row's lock makes it so at every gateway. */
async function nextEventNumber(unit: Unit, row: OutboxRow): Promise<number> {
  const counted = await unit.db
    .insertInto('event_counter')
    .values({ stream: `${row.participant_id}/${row.endpoint_id}`, last: 1 })
    .onConflict((conflict) =>
      conflict.column('stream').doUpdateSet((eb) => ({ last: eb('event_counter.last', '+', 1) })),
    )
    .returning('last')
    .executeTakeFirstOrThrow();
  return Number(counted.last);
}
