// Does the patient object to a holder of whom too little is known to ask consent for? Where refusals are concealed it is then not named.
import type { Clock } from '../model.ts';
import type { Store } from '../store/store.ts';
import type { ConsentQuestion } from './consent.ts';
import { askingFault, emergencyPurposes, inputsOf } from './inputs.ts';
import { listConsents } from './ownRecords.ts';
import { ruleOn } from './precedence.ts';
import { type ConsentSettings, policyFor } from './settings.ts';

type Deps = { store: Pick<Store, 'read' | 'open' | 'hash'>; clock: Clock; settings: ConsentSettings };

/** Only the patient's own records here can tell: every other source wants to know what the holder is. */
export async function objectsAnyway(question: ConsentQuestion, deps: Deps): Promise<boolean> {
  const { store, clock, settings } = deps;
  const policy = policyFor(settings, question.exchange);
  if (!policy.concealRefusal || !policy.sources.includes('own')) return false;
  if (askingFault(question, settings) !== undefined) return false;
  const inputs = inputsOf(question, settings);
  const isUrgent = emergencyPurposes.includes(inputs.purposeOfUse);
  if (isUrgent && settings.breakGlass.overrideObjection) return false;
  const records = (await listConsents(store, question.patientBsn)).map(({ consent }) => consent);
  const at = { now: clock(), specific: policy.specificPurposes };
  return inputs.categories.every(
    (category) => ruleOn(records, inputs, { category, ...at })?.decision === 'deny',
  );
}
