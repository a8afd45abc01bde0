// What does an answer mean, and what comes next? Every class of answer and every circumstance, without a network.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OutgoingFailure, type OutgoingReason } from '../outgoing/outgoingFailure.ts';
import { backoffMs, type Circumstances, nextState } from './nextState.ts';
import { judgeAnswer, judgeFailure, retryAfterMs, type Verdict } from './verdict.ts';

const now = new Date('2026-05-10T12:00:00.000Z');
const when = { now, longest: 3_600_000 };
const settings = { firstRetryMs: 1_000, maxRetryMs: 60_000, deadAfterMs: 86_400_000 };
const at = (change: Partial<Circumstances> = {}): Circumstances => ({
  now,
  attempt: 1,
  liveSince: now.toISOString(),
  repeatable: true,
  overtaken: false,
  settings,
  random: () => 0.5,
  ...change,
});
const verdict = (change: Partial<Verdict> = {}): Verdict => ({
  result: 'retry',
  reason: 'status-503',
  endpointFault: true,
  ...change,
});

describe('an answer', () => {
  test('every status belongs to exactly one class', () => {
    for (let status = 200; status < 600; status++) {
      const { result, endpointFault } = judgeAnswer({ status, headers: {} }, when);
      const again = status >= 500 || [408, 425, 429].includes(status);
      expect([status, result, endpointFault]).toEqual([
        status,
        status < 300 ? 'delivered' : again ? 'retry' : 'refused',
        again,
      ]);
    }
  });

  test.each([
    ['120', 120_000],
    [' 1 ', 1_000],
    ['1000000000', 3_600_000],
    ['99999999999999999999999999', 3_600_000],
    ['Sun, 10 May 2026 12:02:00 GMT', 120_000],
    ['Sunday, 10-May-26 12:02:00 GMT', 120_000],
    ['Fri, 01 Jan 2999 00:00:00 GMT', 3_600_000],
  ])('Retry-After %s is obeyed up to the cap', (text, ms) => {
    expect(retryAfterMs(text, now, when.longest)).toBe(ms);
  });

  test.each([undefined, '', '0', '-5', '1.5', '1e9', 'soon', 'Sun, 10 May 2020 12:02:00 GMT', 'NaN', '٣'])(
    'Retry-After %s is ignored',
    (text) => {
      expect(retryAfterMs(text, now, when.longest)).toBeUndefined();
    },
  );

  test('Retry-After of an answer that is final means nothing', () => {
    expect(judgeAnswer({ status: 400, headers: { 'retry-after': '5' } }, when).retryAfterMs).toBeUndefined();
  });
});

describe('a failure', () => {
  test('is unknown exactly when the request may have left and no status came', () => {
    const reasons: OutgoingReason[] = [
      'dns',
      'connection-refused',
      'unreachable',
      'tls',
      'timeout',
      'connect-timeout',
      'reset',
      'protocol',
      'too-large',
      'aborted',
    ];
    for (const reason of reasons) {
      expect(judgeFailure(new OutgoingFailure(reason, { sent: false }), when).result).toBe('retry');
      expect(judgeFailure(new OutgoingFailure(reason, { sent: true }), when).result).toBe('unknown');
    }
  });

  test('behind a status line it is that status', () => {
    const cut = (status: number) => judgeFailure(new OutgoingFailure('reset', { sent: true, status }), when);
    expect(cut(202)).toMatchObject({ result: 'delivered', reason: 'status-202' });
    expect(cut(503)).toMatchObject({ result: 'retry' });
    expect(cut(404)).toMatchObject({ result: 'refused' });
  });

  test('an address that may not be called is final and no fault of the endpoint', () => {
    expect(judgeFailure(new OutgoingFailure('refused-address'), when)).toEqual({
      result: 'refused',
      reason: 'refused-address',
      endpointFault: false,
    });
  });
});

describe('the next state', () => {
  const results: Verdict['result'][] = ['delivered', 'retry', 'refused', 'unknown'];

  test('a row is settled or due again, never neither; nothing hangs in sending or claimed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...results),
        fc.boolean(),
        fc.boolean(),
        fc.integer({ min: 1, max: 10_000 }),
        fc.option(fc.integer({ min: 1, max: 3_600_000 }), { nil: undefined }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 100_000_000 }),
        (...[result, repeatable, overtaken, attempt, wait, random, age]) => {
          const next = nextState(
            verdict({ result, ...(wait !== undefined && { retryAfterMs: wait }) }),
            at({
              repeatable,
              overtaken,
              attempt,
              random: () => random,
              liveSince: new Date(now.getTime() - age).toISOString(),
            }),
          );
          expect(['claimed', 'sending']).not.toContain(next.state);
          if (next.settled_at !== null) return;
          expect(['waiting', 'unknown']).toContain(next.state);
          const due = Date.parse(next.due_at) - now.getTime();
          expect(due).toBeGreaterThanOrEqual(Math.max(settings.firstRetryMs / 10, wait ?? 0));
          expect(due).toBeLessThanOrEqual(Math.max(settings.maxRetryMs, (wait ?? 0) * 1.1 + 1));
        },
      ),
    );
  });

  test.each([
    ['delivered', {}, 'delivered', true],
    ['refused', {}, 'failed', true],
    ['retry', {}, 'waiting', false],
    ['unknown', {}, 'unknown', false],
    ['unknown', { repeatable: false }, 'unknown', true],
    ['unknown', { repeatable: false, overtaken: true }, 'unknown', true],
    ['retry', { repeatable: false }, 'waiting', false],
    ['retry', { overtaken: true }, 'superseded', true],
    ['unknown', { overtaken: true }, 'superseded', true],
    ['retry', { liveSince: '2026-05-09T12:00:00.000Z' }, 'dead', true],
    ['unknown', { liveSince: '2026-05-09T12:00:00.000Z' }, 'dead', true],
    ['delivered', { liveSince: '2020-05-09T12:00:00.000Z' }, 'delivered', true],
  ] as const)('%s with %o becomes %s, settled: %s', (...[result, change, state, settled]) => {
    const next = nextState(verdict({ result }), at(change));
    expect([next.state, next.settled_at !== null]).toEqual([state, settled]);
  });

  test('waits grow, up to the cap, and are spread over all of it', () => {
    const bound = (attempt: number, random: number) => backoffMs(at({ attempt, random: () => random }));
    expect([1, 2, 3, 7, 8, 1_000].map((attempt) => bound(attempt, 1))).toEqual([
      1_000, 2_000, 4_000, 60_000, 60_000, 60_000,
    ]);
    expect(bound(5, 0)).toBe(100);
    expect(bound(5, 0.5)).toBe(8_000);
  });
});
