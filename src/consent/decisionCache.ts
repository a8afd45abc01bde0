// Was this very question answered a moment ago? The key holds every input of the decision, and the epoch of the patient.
import { hash } from 'node:crypto';
import type { Inputs } from './inputs.ts';
import type { Judged } from './judge.ts';
import type { ConsentPolicy } from './settings.ts';

export type Remembered = { judged: Judged; at: Date };

export type DecisionCache = {
  get(key: string, epoch: number, now: Date): Remembered | undefined;
  put(key: string, epoch: number, remembered: Remembered & { seconds: number }): void;
};

/** One input more or less, or another policy, is another key. */
export function keyOf(patientHash: string, inputs: Inputs, policyVersion: string): string {
  return hash('sha256', JSON.stringify([patientHash, policyVersion, inputs]), 'base64');
}

/** Seconds that a decision may be remembered: as long as its least lasting part. A source that failed may answer in a moment. */
export function secondsOf({ verdict, steps }: Judged, inputs: Inputs, policy: ConsentPolicy): number {
  const refusalSeconds = steps.some(({ state }) => state === 'failed') ? 0 : policy.refusalCacheSeconds;
  if (verdict.kind === 'denied') return refusalSeconds;
  if (verdict.kind !== 'permit') return 0;
  if (!['own', 'mitz', 'notified'].includes(verdict.basis) || verdict.rule === 'outage-copy') return 0;
  const whole = verdict.categories.length === inputs.categories.length;
  return whole ? policy.permitCacheSeconds : Math.min(policy.permitCacheSeconds, refusalSeconds);
}

/** Least recently used goes first; what it holds ends with the process. */
export function createDecisionCache(size: number): DecisionCache {
  const entries = new Map<string, Remembered & { epoch: number; until: number }>();
  return {
    get(key, epoch, now) {
      const found = entries.get(key);
      if (!found) return undefined;
      entries.delete(key);
      // a clock that was set back makes nothing younger
      const alive = now.getTime() < found.until && now >= found.at && found.epoch === epoch;
      if (!alive) return undefined;
      entries.set(key, found);
      return found;
    },
    put(key, epoch, { seconds, judged, at }) {
      if (size === 0 || seconds === 0) return;
      entries.delete(key);
      entries.set(key, { judged, at, epoch, until: at.getTime() + seconds * 1_000 });
      const oldest = entries.size > size ? entries.keys().next().value : undefined;
      if (oldest !== undefined) entries.delete(oldest);
    },
  };
}
