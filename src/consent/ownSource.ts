// What do the patient's own records here say? The consent source that needs no other party.
import type { Clock } from '../model.ts';
import type { Store } from '../store/store.ts';
import { readInputs } from './inputs.ts';
import { listConsents } from './ownRecords.ts';
import { ruleOn } from './precedence.ts';
import { type ConsentSettings, policyFor } from './settings.ts';
import type { CategoryDecision, ConsentSource } from './source.ts';
import { together } from './together.ts';

/** Answers for each category that a record speaks of, by the national rules of precedence. */
export function createOwnSource(deps: {
  store: Pick<Store, 'read' | 'open' | 'hash'>;
  clock: Clock;
  settings: ConsentSettings;
}): ConsentSource {
  const consentsOf = together((patientBsn) => listConsents(deps.store, patientBsn));
  return async (question) => {
    const read = readInputs(question, deps.settings);
    if ('fault' in read) return { state: 'failed', reason: read.fault };
    try {
      const kept = await consentsOf(question.patientBsn);
      const records = kept.map((one) => one.consent);
      const at = {
        now: deps.clock(),
        specific: policyFor(deps.settings, question.exchange).specificPurposes,
      };
      const rulings = read.inputs.categories.flatMap((category) => {
        const ruling = ruleOn(records, read.inputs, { category, ...at });
        return ruling ? [{ category, ...ruling }] : [];
      });
      const decisions = new Map<string, CategoryDecision>(
        rulings.map(({ category, decision }) => [category, decision]),
      );
      const because = [...new Set(rulings.flatMap((ruling) => ruling.because))].join(' ');
      return { state: 'answered', decisions, ...(because ? { because } : {}) };
    } catch {
      return { state: 'failed', reason: 'store' };
    }
  };
}
