// Which day is a time that a system writes in its own way? An older record must not pass for one without a date.
import { describe, expect, it } from 'vitest';
import { cardOf, lineOf } from '../../../tests/world/cards.ts';
import { codes, r4Directive } from '../../../tests/world/wishes.ts';

const before = r4Directive(codes.cpr, 'permit', '2024-12-31');

const verifications = (...dates: readonly (readonly [string, boolean])[]) => ({
  extension: dates.map(([date, verified]) => ({
    url: 'http://nictiz.nl/fhir/StructureDefinition/zib-TreatmentDirective-Verification',
    extension: [
      { url: 'Verified', valueBoolean: verified },
      { url: 'VerificationDate', valueDateTime: date },
    ],
  })),
});

describe('a directive that was verified', () => {
  const deny = r4Directive(codes.cpr, 'deny', '2020-01-01');

  it.each([
    ['the last time', verifications(['2021-01-01', true], ['2025-02-01', true])],
    ['in either order', verifications(['2025-02-01', true], ['2021-01-01', true])],
    ['in R4’s own element', { verification: [{ verified: true, verificationDate: '2025-02-01' }] }],
  ])('is of that day: %s', (_, more) => {
    const card = cardOf({ ...deny, ...more }, before);
    expect(lineOf(card)).toMatchObject({ decision: 'do_not', date: '2025-02-01', conflict: 'weak' });
  });

  it.each([
    verifications(['2025-02-01', false]),
    { verification: [{ verified: false, verificationDate: '2025-02-01' }] },
  ])('is not of a day on which it was not: %j', (more) => {
    expect(lineOf(cardOf({ ...deny, ...more }, before))).toMatchObject({
      decision: 'do',
      date: '2024-12-31',
    });
  });
});

describe('a time against the rules', () => {
  it.each([
    ['2025-01-01T10:00+01:00', '2025-01-01'],
    ['2024-12-31T23:30Z', '2025-01-01'],
    ['2025-01-01T10:00:00+0100', '2025-01-01'],
    ['2025-01-01T10:00:00.123+0100', '2025-01-01'],
    ['2025-01-01T10:00', '2025-01-01'],
    ['2025-01-01 10:00:00', '2025-01-01'],
  ])('has its Dutch day: %s', (written, day) => {
    const card = cardOf(r4Directive(codes.cpr, 'deny', written), before);
    expect(lineOf(card)).toMatchObject({ decision: 'do_not', date: day, conflict: 'weak' });
    expect(card.findings).toEqual([]);
  });

  it.each(['01-01-2025', '2025-01-01T25:00Z', '2025-02-30T10:00', '2025-01-01T10:00+9900', '20250101'])(
    'is no date where it can be read in two ways, or is none: %s',
    (written) => {
      const card = cardOf(r4Directive(codes.cpr, 'deny', written), before);
      expect(lineOf(card)).toMatchObject({ decision: 'do_not', date: null, conflict: 'strong' });
      expect(card.findings).toMatchObject([{ code: 'date-missing' }]);
    },
  );
});
