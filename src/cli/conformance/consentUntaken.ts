// Which questions are whole here and not taken by Mitz? Its request is written for each, and says why it cannot be.
import type { ConsentQuestion } from '../../consent/consent.ts';
import { writeClosedRequest } from '../../consent/mitz/closedRequest.ts';
import type { RefusalReason } from '../../consent/reasons.ts';
import { askedBy, organisation, outcomeOf, sampleQuestion } from './consentCast.ts';

type Untaken = { cause: string; code: RefusalReason; change: Partial<ConsentQuestion> };

const stranger = { identifier: { system: 'urn:x', value: '1' }, role: '01.015' };
const questions: readonly Untaken[] = [
  {
    cause: 'a holder whose URA is no number',
    code: 'holder-ura-unknown',
    change: { holder: organisation('6.59', 'Z3') },
  },
  {
    cause: 'a requester whose URA is no number',
    code: 'requester-ura-unknown',
    change: { requester: askedBy(organisation('6.66', 'Z3')) },
  },
  {
    cause: 'a professional of no register',
    code: 'practitioner-number-unknown',
    change: { practitioner: stranger },
  },
  { cause: 'a mandate of no register', code: 'mandate-number-unknown', change: { mandatedBy: stranger } },
];

/** Each with the reason that the closed question gives. */
export const untaken = questions.map((one) => ({
  ...one,
  reason: outcomeOf(() => writeClosedRequest({ ...sampleQuestion, ...one.change })),
}));
