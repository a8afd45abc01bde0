// Does the card keep its promises for whatever holders send? Any order, any text, any tree.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answer,
  changed,
  codes,
  patient,
  r4Directive,
  r4Form,
  r4Statement,
  stu3Directive,
  today,
} from '../../../tests/world/wishes.ts';
import type { FhirResource } from '../../model.ts';
import { buildCard } from './card.ts';
import { cardLimit, sizeOf } from './fitCard.ts';
import { printCard } from './printCard.ts';
import type { HolderAnswer } from './records.ts';

const date = fc.oneof(
  fc.constantFrom('2020', '2021-05', '2021-05-03', '2021-05-03T10:00:00+02:00', '2025-07-29', '2027-01-01'),
  fc.constant(undefined),
);
const code = fc.constantFrom(...Object.values(codes));
const text = fc.oneof(
  fc.constantFrom('Niet besproken', 'alleen thuis', 'Onbekend'),
  fc.string({ unit: 'binary', maxLength: 400 }),
);
const status = fc.constantFrom('active', 'active', 'active', 'draft', 'inactive', 'entered-in-error');

const r4 = fc
  .record({ code, date, status, decision: fc.oneof(fc.constantFrom('permit', 'deny', undefined), text) })
  .map(({ code: treatment, date: on, status: standing, decision }) => {
    const isPlain = decision === 'permit' || decision === 'deny' || decision === undefined;
    return changed(r4Directive(treatment, isPlain ? decision : { other: decision }, on), {
      status: standing,
    });
  });
const stu3 = fc
  .record({ code, date, status, decision: fc.constantFrom('JA', 'NEE', 'JA_MAAR', 'UNK'), limit: text })
  .map((one) => {
    const dates = one.date === undefined ? {} : { verified: one.date };
    const limit = one.decision === 'JA_MAAR' ? { limit: one.limit } : {};
    return changed(stu3Directive(one.code, one.decision, { ...dates, ...limit }), { status: one.status });
  });
const other = fc
  .record({ words: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), date })
  .map(({ words, date: on }) => r4Directive({ text: words }, 'deny', on));
const form = fc
  .record({ decision: fc.constantFrom('0', '1', '2', 'UNK'), text, date })
  .map((one) =>
    r4Form({ 1386: { decision: one.decision, text: one.text }, 1390: { decision: '2' } }, one.date),
  );
const statement = fc.constantFrom('2019-01-01', '2025-04-28').map((on) => r4Statement('NR', on));

const resource: fc.Arbitrary<FhirResource> = fc.oneof(r4, stu3, other, form, statement);
const holders: fc.Arbitrary<HolderAnswer[]> = fc
  .array(fc.array(resource, { maxLength: 12 }), { minLength: 1, maxLength: 5 })
  .map((lists) => lists.map((list, index) => answer(`Holder ${index}`, ...list)));

const print = (answers: readonly HolderAnswer[]): string => JSON.stringify(buildCard(answers, { at: today }));
const lineOf = (answers: readonly HolderAnswer[], key = 'cpr') =>
  buildCard(answers, { at: today }).lines.find((one) => one.key === key)!;

describe('for any records', () => {
  it('neither the order of the holders nor that of their records changes the card', () => {
    fc.assert(
      fc.property(holders, (answers) => {
        const turned = answers
          .toReversed()
          .map((one) => ({ ...one, resources: [...one.resources].reverse() }));
        expect(print(turned)).toBe(print(answers));
      }),
    );
  });

  it('the same records given twice, or in a Bundle, change no line', () => {
    fc.assert(
      fc.property(holders, (answers) => {
        const lines = (given: readonly HolderAnswer[]) =>
          buildCard(given, { at: today }).lines.map(({ key, decision, conflict }) => [
            key,
            decision,
            conflict,
          ]);
        const twice = answers.map((one) => ({ ...one, resources: [...one.resources, ...one.resources] }));
        expect(lines(twice)).toEqual(lines(answers));
        const bundled = answers.map((one) => {
          const entry = one.resources.map((each) => ({ resource: each }));
          return { ...one, resources: [{ resourceType: 'Bundle', entry }] };
        });
        expect(lines(bundled)).toEqual(lines(answers));
      }),
    );
  });

  it('a copy at a further holder adds no conflict and takes none away', () => {
    fc.assert(
      fc.property(fc.array(resource, { maxLength: 12 }), (records) => {
        const judged = (answers: readonly HolderAnswer[]) =>
          buildCard(answers, { at: today }).lines.map(({ key, decision, conflict }) => [
            key,
            decision,
            conflict,
          ]);
        expect(judged([answer('A', ...records), answer('B', ...records)])).toEqual(
          judged([answer('A', ...records)]),
        );
      }),
    );
  });

  it('a do-not-resuscitate statement of today leaves no plain do', () => {
    fc.assert(
      fc.property(holders, (answers) => {
        const statements = answer('Notary', r4Statement('NR', '2026-01-15'));
        const { decision, conflict } = lineOf([...answers, statements]);
        expect(decision === 'do' && conflict === 'none').toBe(false);
        expect(decision).toBe('do_not');
      }),
    );
  });

  it('a talk that decided nothing changes no decision and no conflict', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(r4, stu3), { maxLength: 12 }), date, (records, on) => {
        const before = lineOf([answer('A', ...records)]);
        const after = lineOf([answer('A', ...records, r4Directive(codes.cpr, { other: 'Onbekend' }, on))]);
        if (before.decision === 'no_record') return;
        expect([after.decision, after.conflict]).toEqual([before.decision, before.conflict]);
      }),
    );
  });

  it('what does not stand changes no decision and no conflict', () => {
    const ended = fc.constantFrom(
      { status: 'draft' },
      { status: 'inactive' },
      { status: 'entered-in-error' },
      { period: { end: '2025-12-31' } },
      { dateTime: '2026-01-16' },
    );
    fc.assert(
      fc.property(fc.array(resource, { maxLength: 12 }), ended, (records, change) => {
        const before = lineOf([answer('A', ...records)]);
        const gone = changed(r4Directive(codes.cpr, 'permit', '2025-12-01'), change);
        const after = lineOf([answer('A', ...records, gone)]);
        expect([after.decision, after.conflict]).toEqual([before.decision, before.conflict]);
      }),
    );
  });
});

describe('for any text', () => {
  it('the card stays within 5,000 bytes with all seven lines, and nothing of it can deceive', () => {
    const hostile = fc.string({ unit: 'binary', maxLength: 3000 });
    fc.assert(
      fc.property(holders, hostile, hostile, (answers, name, comment) => {
        const extension = [
          { url: 'http://nictiz.nl/fhir/StructureDefinition/ext-Comment', valueString: comment },
        ];
        const records = Object.values(codes).map((each) =>
          changed(r4Directive(each, 'deny', '2025-01-01'), { extension }),
        );
        const many = Array.from({ length: 60 }, (_each, index) =>
          r4Directive({ text: `${name} ${index}` }, 'permit', '2025-01-01'),
        );
        const named = { ...patient(), name: [{ text: name }] };
        const given = { holder: { name }, resources: [named, ...records, ...many] };
        const card = buildCard([...answers, given], { at: today });
        expect(sizeOf(card)).toBeLessThanOrEqual(cardLimit);
        expect(card.lines.filter(({ key }) => !key.startsWith('other:'))).toHaveLength(7);
        const printed = printCard(card, 'nl').map((line) => line.text);
        for (const shown of printed)
          expect(shown).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066\u2067]/u);
      }),
      { numRuns: 60 },
    );
  });
});

describe('for any tree', () => {
  const types = [
    'Consent',
    'Goal',
    'QuestionnaireResponse',
    'RelatedPerson',
    'Patient',
    'Observation',
    'Bundle',
  ];
  const names = 'status category provision modifierExtension extension except item answer linkId coding code'
    .split(' ')
    .concat(
      'valueCoding contact telecom name identifier patient subject period entry resource url type'.split(' '),
    );
  const tree = fc.object({ key: fc.constantFrom(...names), maxDepth: 6, withNullPrototype: false });

  it('nothing throws', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...types), tree), { maxLength: 5 }), (trees) => {
        const resources = trees.map(([resourceType, one]) => ({ ...one, resourceType }));
        const card = buildCard([{ holder: { name: 'A' }, resources }], { at: today });
        expect(card.lines.length).toBeGreaterThanOrEqual(7);
      }),
      { numRuns: 400 },
    );
  });
});
