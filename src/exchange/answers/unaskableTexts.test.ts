// Does every question that may be put to nobody come back with what to do about it, in both languages?
import { describe, expect, test } from 'vitest';
import { kindOf, type RefusalReason, reasons } from '../../consent/reasons.ts';
import { unaskableIssues } from './unaskableTexts.ts';

/** The holder's, the exchange's and the region's own, which no asker can mend; and the patient, which has a text of its own. */
const notTheAskers = /^(holder|category|consent|patient)-/;
const askers = (Object.keys(reasons) as RefusalReason[]).filter(
  (reason) => kindOf(reason) === 'configuration' && !notTheAskers.test(reason),
);

describe('a question that may be put to nobody', () => {
  test.each(askers.filter((reason) => reason !== 'requester-ura-unknown'))('%s says what to do', (reason) => {
    const [issue, ...more] = unaskableIssues({ kind: 'incomplete', reason });
    expect(issue).toMatchObject({ severity: 'error', code: 'required', rule: reason });
    expect(more).toEqual([]);
    const { nl = '', en = '' } = (issue?.text ?? {}) as { nl?: string; en?: string };
    expect(nl.length).toBeGreaterThan(25);
    expect(en.length).toBeGreaterThan(25);
    expect(nl).not.toBe(en);
  });

  test('is forbidden when it is whole, and nothing is said for what is not the asker’s to mend', () => {
    expect(unaskableIssues({ kind: 'notAllowed', reason: 'purpose-not-allowed' })).toMatchObject([
      { code: 'forbidden' },
    ]);
    expect(unaskableIssues({ kind: 'incomplete', reason: 'category-unknown' })).toEqual([]);
  });
});
