// What does an answer, or the lack of one, mean for a notification? Pure; the classes of HTTP are RFC 9110, section 15.
import type { OutgoingAnswer, OutgoingFailure } from '../outgoing/outgoing.ts';

export type Verdict = {
  result: 'delivered' | 'retry' | 'refused' | 'unknown';
  /** Stable code: `status-202`, `timeout`, `token-status-503` … */
  reason: string;
  status?: number;
  /** How long the receiver asked to be left alone. */
  retryAfterMs?: number;
  /** Counts against the endpoint's circuit breaker. */
  endpointFault: boolean;
};

const worthRetrying = new Set([408, 425, 429]);

const resultOf = (status: number): Verdict['result'] => {
  if (status >= 200 && status < 300) return 'delivered';
  return status >= 500 || worthRetrying.has(status) ? 'retry' : 'refused';
};

/** Retry-After as milliseconds from `now`, at most `longest`; undefined when absent, past, negative or not a time. */
export function retryAfterMs(value: string | undefined, now: Date, longest: number): number | undefined {
  const text = value?.trim() ?? '';
  const wait = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now.getTime();
  const isDate = /^\d+$/.test(text) || /^[A-Z][a-z]{2,8},? /.test(text);
  return isDate && wait > 0 ? Math.min(wait, longest) : undefined;
}

/** `prefix` tells a token endpoint's answer from the receiver's own. */
export function judgeAnswer(
  answer: Pick<OutgoingAnswer, 'status' | 'headers'>,
  when: { now: Date; longest: number; prefix?: string },
): Verdict {
  const result = resultOf(answer.status);
  const wait = retryAfterMs(answer.headers['retry-after'], when.now, when.longest);
  return {
    result,
    reason: `${when.prefix ?? ''}status-${answer.status}`,
    status: answer.status,
    endpointFault: result === 'retry',
    ...(result === 'retry' && wait !== undefined && { retryAfterMs: wait }),
  };
}

/** A status line that came is an answer, whatever became of the body after it; else it counts whether the request left. */
export function judgeFailure(failure: OutgoingFailure, when: { now: Date; longest: number }): Verdict {
  if (failure.status !== undefined && failure.status >= 200) {
    return judgeAnswer({ status: failure.status, headers: {} }, when);
  }
  const reason = failure.sent && failure.reason === 'reset' ? 'reset-after-send' : failure.reason;
  const permanent = failure.reason === 'refused-address' || failure.reason === 'invalid-request';
  if (permanent) return { result: 'refused', reason, endpointFault: false };
  return {
    result: failure.sent ? 'unknown' : 'retry',
    reason,
    endpointFault: failure.reason !== 'aborted',
  };
}
