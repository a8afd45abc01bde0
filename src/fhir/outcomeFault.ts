// Does an OperationOutcome inside an answer say that the answer is not whole? http://hl7.org/fhir/R4/operationoutcome.html
import type { FhirResource } from '../model.ts';

/** Codes of http://hl7.org/fhir/issue-type that say that something is missing, whatever the severity. */
const lacking: ReadonlySet<unknown> = new Set([
  'transient',
  'lock-error',
  'no-store',
  'exception',
  'timeout',
  'incomplete',
  'throttled',
  'too-costly',
  'too-long',
  'suppressed',
  'security',
  'login',
  'expired',
  'forbidden',
]);

/** Whatever else is written there may be an error. */
const harmless: ReadonlySet<unknown> = new Set(['warning', 'information', 'success']);

/** What an OperationOutcome makes of the answer that it stands in, if anything. */
export function outcomeFault({ issue }: FhirResource): 'outcome-error' | 'outcome-incomplete' | undefined {
  if (!Array.isArray(issue)) return 'outcome-error';
  const issues = issue.filter((one) => typeof one === 'object' && one !== null);
  if (issues.length === 0 || issues.some(({ severity }) => !harmless.has(severity))) return 'outcome-error';
  return issues.some(({ code }) => lacking.has(code)) ? 'outcome-incomplete' : undefined;
}
