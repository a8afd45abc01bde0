// Is a form read whatever it calls itself, and does each decision go with its own treatment?
import { describe, expect, it } from 'vitest';
import { cardOf, lineOf } from '../../../tests/world/cards.ts';
import { codes, r4Form } from '../../../tests/world/wishes.ts';
import type { FhirResource } from '../../model.ts';

const besluit = 'urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4.25.1';
const nullFlavor = 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor';
const base = 'https://api.iknl.nl/docs/pzp/stu3/Questionnaire';

const formOf = (questionnaire: string | undefined, ...items: readonly object[]): FhirResource => ({
  ...r4Form({}, '2025-03-01'),
  subject: { reference: 'Patient/p1' },
  questionnaire,
  item: [
    { linkId: '963', answer: [{ valueDateTime: '2025-03-01' }] },
    { linkId: '83', item: items },
  ],
});
const decided = (linkId: string, code: string) => ({
  linkId,
  answer: [{ valueCoding: { system: besluit, code } }],
});
const about = (linkId: string, code: string) => ({
  linkId,
  answer: [{ valueCoding: { system: 'http://snomed.info/sct', code } }],
});

describe('a form', () => {
  it.each([undefined, 'https://epd.example/Questionnaire/palliatief'])(
    'that answers one treatment by its code is read, whatever its questionnaire: %s',
    (questionnaire) => {
      const card = cardOf(formOf(questionnaire, decided('1386', '2')));
      expect(lineOf(card)).toMatchObject({ decision: 'do_not', date: '2025-03-01' });
    },
  );

  it('that names the other version’s questionnaire is read by the questions that it answers', () => {
    const card = cardOf(formOf(`${base}/ACP-zib2017`, decided('1386', '2'), decided('1390', '0')));
    expect(lineOf(card)).toMatchObject({ decision: 'do_not', date: '2025-03-01' });
    expect(lineOf(card, 'icu')).toMatchObject({ decision: 'do' });
    expect(card.findings).toEqual([]);
  });

  it('of somebody else, with one number in common and no decision, is none', () => {
    const card = cardOf(formOf(undefined, { linkId: '587', answer: [{ valueString: 'paracetamol' }] }));
    expect([card.holders[0]?.records, card.findings]).toEqual([0, []]);
  });
});

describe('questions in one row, of which no table knows the numbers', () => {
  const pairs = [
    [about('a', codes.cpr), decided('b', '0')],
    [about('c', codes.ventilation), decided('d', '2')],
  ];

  it.each([
    ['after', pairs],
    ['before', pairs.map((pair) => pair.toReversed())],
  ])('decide on the treatment that they stand %s', (_, rows) => {
    const card = cardOf(formOf('https://epd.example/Questionnaire/eigen', ...rows.flat()));
    expect(lineOf(card)).toMatchObject({ decision: 'do', conflict: 'none' });
    expect(lineOf(card, 'ventilation')).toMatchObject({ decision: 'do_not', conflict: 'none' });
    expect(card.findings).toMatchObject([{ code: 'question-unknown', count: 2 }]);
  });

  it('leave a known question about something else out of it', () => {
    const icd = { linkId: '1006', answer: [{ valueCoding: { system: nullFlavor, code: 'UNK' } }] };
    const card = cardOf(formOf(`${base}/ACP-zib2020`, about('1420', codes.blood), decided('1399', '0'), icd));
    expect(lineOf(card, 'blood')).toMatchObject({ decision: 'do', conflict: 'none' });
    expect(lineOf(card, 'blood').notes).toBeUndefined();
  });
});
