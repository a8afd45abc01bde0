// Why was it not permitted? One code per cause. A `configuration` code never depends on the patient; `denied` has one code
// for every way in which a patient can say no, so that none shows which.
import type { ConsentAnswer } from './consent.ts';

type RefusalKind = Exclude<ConsentAnswer['kind'], 'permit'>;

/** Each code with its kind, and what it means to who reads it (docs/consent.md). */
export const reasons = {
  'patient-missing': ['configuration', 'no patient, or no valid BSN'],
  'holder-ura-missing': ['configuration', 'the data holder has no URA number here'],
  'holder-ura-unknown': ['configuration', 'the URA number of the data holder is none that Mitz takes'],
  'holder-type-missing': ['configuration', 'the data holder has no organisation type here'],
  'holder-type-unknown': ['configuration', 'the organisation type of the data holder is not known'],
  'requester-ura-missing': ['configuration', 'the asking organisation has no URA number here'],
  'requester-ura-unknown': [
    'configuration',
    'the URA number of the asking organisation is none that Mitz takes',
  ],
  'requester-type-missing': ['configuration', 'the asking organisation has no organisation type here'],
  'requester-type-unknown': [
    'configuration',
    'the organisation type of the asking organisation is not known',
  ],
  'practitioner-missing': ['configuration', 'the token names no care professional'],
  'practitioner-number-unknown': [
    'configuration',
    'the number of the professional is of no register that Mitz takes',
  ],
  'practitioner-role-missing': ['configuration', 'the token gives the professional no role'],
  'practitioner-role-unknown': ['configuration', 'the role of the professional is no UZI role code'],
  'mandate-number-unknown': [
    'configuration',
    'the number of the mandating professional is of no register that Mitz takes',
  ],
  'mandate-role-missing': ['configuration', 'the mandating professional has no role'],
  'mandate-role-unknown': ['configuration', 'the role of the mandating professional is no UZI role code'],
  'category-missing': ['configuration', 'the exchange names no data category'],
  'category-unknown': ['configuration', 'a data category is not one of the region'],
  'purpose-missing': ['configuration', 'the token gives no purpose of use'],
  'purpose-unknown': ['configuration', 'the purpose of use is not a known code'],
  'purpose-not-allowed': ['configuration', 'the policy of this exchange does not allow this purpose'],
  'break-glass-off': ['configuration', 'the region has no break-glass'],
  'break-glass-not-allowed': ['configuration', 'this organisation type or role may not use break-glass'],
  'break-glass-grant-missing': ['configuration', 'there is no break-glass grant that is open, for this use'],
  'break-glass-purpose': [
    'configuration',
    'a break-glass grant was named with a purpose that is no emergency',
  ],
  'consent-source-missing': ['configuration', 'the policy names a consent source that is not set up'],
  'no-consent': ['denied', 'the patient does not allow it'],
  'consent-indeterminate': ['unavailable', 'the consent source could not decide'],
  'consent-unavailable': ['unavailable', 'no consent source answered'],
} as const satisfies Record<string, readonly [RefusalKind, string]>;

export type RefusalReason = keyof typeof reasons;

export const kindOf = (reason: RefusalReason): RefusalKind => reasons[reason][0];
