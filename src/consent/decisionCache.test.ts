// What is remembered, for how long, and for whom? Never longer than what it rests on lasts.
import { describe, expect, test } from 'vitest';
import { createDecisionCache, secondsOf } from './decisionCache.ts';
import type { Inputs } from './inputs.ts';
import type { Judged } from './judge.ts';
import { consentSettings, policyFor } from './settings.ts';

const organisation = { participantId: 'gp', ura: '90000001', type: 'Z3', category: 'RPZAC001' };
const inputs: Inputs = {
  exchange: 'wishes',
  holder: organisation,
  requester: organisation,
  practitioner: { system: 's', value: '1', role: '01.071' },
  purposeOfUse: 'TREAT',
  categories: ['GGC002', 'GGC013'],
};
const policy = { permitCacheSeconds: 60, refusalCacheSeconds: 20 };
const seconds = (judged: Judged, more: object = {}) =>
  secondsOf(judged, inputs, policyFor(consentSettings.parse({ policy: { ...policy, ...more } }), 'wishes'));
const answered = { source: 'mitz', state: 'answered' } as const;
const timedOut = { source: 'mitz', state: 'failed', reason: 'timeout' } as const;
const permit = (basis: 'mitz' | 'notified' | 'presumed' | 'breakGlass', categories = inputs.categories) =>
  ({ kind: 'permit', basis, rule: basis, categories }) as const;
const denied = { kind: 'denied', reason: 'no-consent', rule: 'mitz' } as const;

describe('a decision is remembered', () => {
  test('as long as the policy says: a whole permit, a refusal, and a part for the shorter of both', () => {
    expect(seconds({ verdict: permit('mitz'), steps: [answered] })).toBe(60);
    expect(seconds({ verdict: denied, steps: [answered] })).toBe(20);
    const part = permit('mitz', ['GGC002']);
    expect(seconds({ verdict: part, steps: [answered] })).toBe(20);
    expect(seconds({ verdict: part, steps: [answered] }, { permitCacheSeconds: 10 })).toBe(10);
  });

  test.each<[string, Judged['verdict'], Judged['steps']]>([
    ['a permit of break-glass', permit('breakGlass'), []],
    ['a presumed permit', permit('presumed'), []],
    ['a copy that stood in', { ...permit('notified'), rule: 'outage-copy' }, [timedOut]],
    ['a refusal by a copy that stood in', { ...denied, rule: 'notified' }, [timedOut]],
    ['a part, where the rest had no answer', permit('notified', ['GGC002']), [timedOut]],
    ['an outage', { kind: 'unavailable', reason: 'consent-unavailable', rule: 'sources' }, [timedOut]],
    [
      'a fault of the question',
      { kind: 'configuration', reason: 'purpose-not-allowed', rule: 'purpose' },
      [],
    ],
  ])('never: %s', (_name, verdict, steps) => {
    expect(seconds({ verdict, steps })).toBe(0);
  });
});

describe('what is remembered', () => {
  const at = new Date('2026-03-02T10:00:00Z');
  const later = (ms: number) => new Date(at.getTime() + ms);
  const kept = { judged: { verdict: denied, steps: [] }, at, seconds: 60 };

  test('ends with its time, with a change of the patient’s will, and for a clock that was set back', () => {
    const cache = createDecisionCache(10);
    const found = (epoch: number, now: Date) => {
      cache.put('key', 1, kept);
      return cache.get('key', epoch, now) !== undefined;
    };
    expect([found(1, at), found(1, later(59_999)), found(1, later(60_000))]).toEqual([true, true, false]);
    expect([found(2, at), found(0, at), found(1, later(-1))]).toEqual([false, false, false]);
    expect(cache.get('key', 1, at)).toBeUndefined();
  });

  test('gives way to newer ones, those first that were not used', () => {
    const cache = createDecisionCache(2);
    for (const key of ['one', 'two']) cache.put(key, 1, kept);
    cache.get('one', 1, at);
    cache.put('three', 1, kept);
    expect(['one', 'two', 'three'].map((key) => cache.get(key, 1, at) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
  });
});
