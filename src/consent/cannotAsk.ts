// What of the question does Mitz not take? Its rules are stricter than ours; each has a code, and none is an outage.
import { type MissingInput, takesProfessional } from '../outgoing/soapMitz.ts';
import type { AskingSide } from './inputs.ts';
import type { RefusalReason } from './reasons.ts';

const codes: Readonly<Record<MissingInput, RefusalReason>> = {
  'input-patient': 'patient-missing',
  'input-categories': 'category-unknown',
  'input-holder': 'holder-ura-unknown',
  'input-holder-type': 'holder-type-unknown',
  'input-organisation': 'requester-ura-unknown',
  'input-organisation-type': 'requester-type-unknown',
  'input-practitioner': 'practitioner-number-unknown',
  'input-mandate': 'practitioner-number-unknown',
  'input-role': 'practitioner-role-unknown',
  'input-purpose': 'purpose-not-allowed',
};

/** For Mitz the one who is responsible comes first: with a mandate that is who gave it. */
const mandatedCodes: typeof codes = {
  ...codes,
  'input-practitioner': 'mandate-number-unknown',
  'input-role': 'mandate-role-unknown',
};

/** The code, where a source failed because it does not take the question; undefined for every other reason. */
export function notTaken(reason: string | undefined, mandated: boolean): RefusalReason | undefined {
  const isMissing = (one: string | undefined): one is MissingInput =>
    one !== undefined && Object.hasOwn(codes, one);
  return isMissing(reason) ? (mandated ? mandatedCodes : codes)[reason] : undefined;
}

/** What Mitz does not take of who asks, whoever the holder is. */
export function professionalNotTaken({ practitioner, mandatedBy }: AskingSide): RefusalReason | undefined {
  if (practitioner && !takesProfessional(practitioner.identifier)) return 'practitioner-number-unknown';
  return mandatedBy && !takesProfessional(mandatedBy.identifier) ? 'mandate-number-unknown' : undefined;
}
