// What may leave, to whom, until when? One rule for every read; not yours and not known are the same answer.
import { GatewayError } from '../errors.ts';
import type { Requester } from '../model.ts';

/** What the rule looks at: one handover, with its parties and the receiver's right. */
export type Held = {
  sender_id: string;
  receiver_id: string;
  state: 'in-progress' | 'completed' | 'cancelled' | 'expired';
  grant_ends_at: string;
};

export const notKnown = () => new GatewayError('notFound', 'No such resource');

/** The workflow Task: both parties, also after the grant has ended. */
export function releaseTask<Row extends Held>(row: Row | undefined, requester: Requester): Row {
  const { id } = requester.participant;
  if (!row || (row.receiver_id !== id && row.sender_id !== id)) throw notKnown();
  return row;
}

/** The content: its receiver alone, while the grant lives. The clock decides, also before the sweep has been by. */
export function releaseContent<Row extends Held>(row: Row | undefined, requester: Requester, now: Date): Row {
  if (!row || row.receiver_id !== requester.participant.id) throw notKnown();
  if (grantLives(row, now)) return row;
  throw new GatewayError('denied', 'The right to this content has ended', { reason: 'grant-ended' });
}

export function grantLives(row: Held, now: Date): boolean {
  return row.state === 'in-progress' && now.toISOString() < row.grant_ends_at;
}
