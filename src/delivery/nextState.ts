// Where does a row of the outbox go after an attempt? Pure.
import type { OutboxTable } from '../store/tables.ts';
import type { DeliverySettings } from './settings.ts';
import type { Verdict } from './verdict.ts';

export type NextState = { state: OutboxTable['state']; due_at: string; settled_at: string | null };

export type Circumstances = {
  now: Date;
  /** Which attempt this was, from 1. */
  attempt: number;
  liveSince: string;
  repeatable: boolean;
  /** A later announcement or cancellation of the same subject waits: this one need not be said any more. */
  overtaken: boolean;
  settings: Pick<DeliverySettings, 'firstRetryMs' | 'maxRetryMs' | 'deadAfterMs'>;
  /** From 0 to 1. */
  random: () => number;
};

/** Exponential backoff with full jitter, never less than a tenth of the first wait: no hot loop. */
export function backoffMs({
  attempt,
  settings,
  random,
}: Pick<Circumstances, 'attempt' | 'settings' | 'random'>): number {
  const { firstRetryMs, maxRetryMs } = settings;
  const bound = Math.min(maxRetryMs, firstRetryMs * 2 ** Math.min(attempt - 1, 30));
  return Math.max(firstRetryMs / 10, Math.round(random() * bound));
}

/** The receiver's own wait comes first, with a little more so that a fleet does not come back all at once. */
function waitMs(verdict: Verdict, at: Circumstances): number {
  const backoff = backoffMs(at);
  if (verdict.retryAfterMs === undefined) return backoff;
  return Math.max(backoff, Math.round(verdict.retryAfterMs * (1 + at.random() / 10)));
}

const settledStates = { delivered: 'delivered', refused: 'failed' } as const;

export function nextState(verdict: Verdict, at: Circumstances): NextState {
  const now = at.now.toISOString();
  const settled = (state: OutboxTable['state']): NextState => ({ state, due_at: now, settled_at: now });
  if (verdict.result === 'delivered' || verdict.result === 'refused')
    return settled(settledStates[verdict.result]);
  if (verdict.result === 'unknown' && !at.repeatable) return settled('unknown');
  if (at.overtaken) return settled('superseded');
  if (at.now.getTime() - Date.parse(at.liveSince) >= at.settings.deadAfterMs) return settled('dead');
  const due = new Date(at.now.getTime() + waitMs(verdict, at));
  return {
    state: verdict.result === 'unknown' ? 'unknown' : 'waiting',
    due_at: due.toISOString(),
    settled_at: null,
  };
}
