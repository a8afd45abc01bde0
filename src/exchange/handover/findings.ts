// How is a finding about a handover told? Rule ids are stable; texts in Dutch and English; never a value of the patient's.
import { GatewayError } from '../../errors.ts';
import { groupIssues } from '../../fhir/outcome.ts';
import type { Issue } from '../../model.ts';
import { remarkTexts } from './remarkTexts.ts';
import { gateTexts } from './ruleTexts.ts';

const ruleTexts = { ...gateTexts, ...remarkTexts };

export type Rule = keyof typeof ruleTexts;

/** One finding. `places` are FHIRPath expressions from the root of the message. */
export function finding(rule: Rule, places: readonly string[] = []): Issue {
  const { severity, code, nl, en } = ruleTexts[rule];
  return { severity, code, rule, text: { nl, en }, ...(places.length > 0 ? { expression: places } : {}) };
}

/** What is kept with a handover: equal causes as one, so that ten thousand of them stay small. */
export function keepable(issues: readonly Issue[]): Issue[] {
  return groupIssues(issues).groups.map(({ issue, places }) => ({
    ...issue,
    ...(places.length > 0 ? { expression: places } : {}),
  }));
}

/** The 422 that names everything that is wrong, at once. */
export function refuse(issues: readonly Issue[]): GatewayError {
  return new GatewayError('unprocessable', 'The handover cannot be accepted', { issues });
}
