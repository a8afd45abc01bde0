// Is resuscitation ever told as a plain yes while a directive of another kind says in words, or by code, that there shall be none?
import { describe, expect, it } from 'vitest';
import { cardOf, lineOf } from '../../../tests/world/cards.ts';
import {
  changed,
  codes,
  concept,
  r4Directive,
  r4Form,
  r4Statement,
  stu3Directive,
} from '../../../tests/world/wishes.ts';
import type { FhirResource } from '../../model.ts';

const yes = r4Directive(codes.cpr, 'permit', '2024-01-01');
const no = r4Directive(codes.cpr, 'deny', '2024-01-01');
const comment = (text: string) => ({
  extension: [{ url: 'http://nictiz.nl/fhir/StructureDefinition/ext-Comment', valueString: text }],
});
const refusal = (text: string) => changed(r4Statement('VERB', '2025-01-01'), comment(text));
const statementOf = (code: object) =>
  changed(r4Statement('OTH', '2025-01-01'), { provision: { code: [code] } });
const lineOver = (...records: FhirResource[]) => lineOf(cardOf(...records));

const sentences = [
  'Patiënt wil niet gereanimeerd worden',
  'Draagt een niet-reanimerenpenning',
  'Niet reanimeren, wel beademen',
  'Geen reanimatie meer',
  'Do not attempt resuscitation',
  'DNACPR',
  'NR',
  'Weigert reanimatie.',
];

describe('resuscitation that a directive of another kind speaks of', () => {
  it.each(sentences)('contradicts a yes that is not newer, and stands with its words: %s', (text) => {
    const others = [
      refusal(text),
      statementOf({ text }),
      r4Directive({ text }, 'permit', '2025-01-01'),
      stu3Directive({ text }, 'JA', { verified: '2025-01-01' }),
      r4Directive(codes.hospital, { other: text }, '2025-01-01'),
      changed(r4Directive(codes.icu, 'deny', '2025-01-01'), comment(text)),
      r4Form({ 1396: { decision: '2', text } }, '2025-01-01'),
    ];
    for (const [index, other] of others.entries()) {
      const line = lineOver(yes, other);
      expect(line, `${index}`).toMatchObject({
        decision: 'do',
        conflict: 'strong',
        notes: ['not_interpreted'],
      });
      expect(
        line.history?.some(({ uninterpreted, verbatim = '' }) => uninterpreted && verbatim.includes(text)),
      ).toBe(true);
      expect(lineOver(other), `${index}`).toMatchObject({ decision: 'unknown', notes: ['not_interpreted'] });
    }
  });

  it.each(sentences)('is no contradiction of a no: %s', (text) => {
    for (const other of [refusal(text), r4Directive(codes.hospital, { other: text }, '2025-01-01')])
      expect(lineOver(no, other)).toMatchObject({ decision: 'do_not', conflict: 'none' });
  });

  it('differs from a newer yes, and says so less loudly', () => {
    const newer = r4Directive(codes.cpr, 'permit', '2025-06-01');
    expect(lineOver(newer, refusal('Wil niet gereanimeerd worden'))).toMatchObject({ conflict: 'weak' });
  });

  it('is told with a yes in words too', () => {
    const text = 'Wil gereanimeerd worden, ook thuis';
    for (const other of [refusal(text), r4Directive({ text }, 'permit', '2025-01-01')])
      expect(lineOver(no, other)).toMatchObject({ decision: 'do_not', conflict: 'weak' });
  });

  it('is not heard where nothing is said of it', () => {
    for (const text of [
      'Geen bloedtransfusie',
      'Bel tel nr 0612345678 niet na 22 uur',
      'Geen NR 12 meer nodig',
    ])
      for (const other of [refusal(text), r4Directive(codes.hospital, { other: text }, '2025-01-01')])
        expect(lineOver(yes, other)).toMatchObject({ decision: 'do', conflict: 'none' });
  });
});

describe('SNOMED’s codes for not for resuscitation', () => {
  it.each(['304253006', '450476008'])('%s as the kind of a directive is such a statement', (code) => {
    expect(lineOver(yes, statementOf(concept(code)))).toMatchObject({
      decision: 'do_not',
      conflict: 'strong',
      method: 'statement',
    });
  });

  it('as a treatment are not interpreted: a yes to them may be a no', () => {
    const notFor = (type: 'permit' | 'deny') => r4Directive('304253006', type, '2025-01-01');
    expect(lineOver(yes, notFor('permit'))).toMatchObject({ decision: 'do', conflict: 'strong' });
    for (const type of ['permit', 'deny'] as const)
      expect(lineOver(notFor(type))).toMatchObject({ decision: 'unknown', notes: ['not_interpreted'] });
    expect(lineOver(yes, notFor('deny'))).toMatchObject({ decision: 'do', conflict: 'weak' });
  });
});

it('a form that says yes to another limit called not resuscitating is not read as a yes', () => {
  const form = r4Form({ 1402: { decision: '0', text: 'Niet reanimeren' } }, '2025-01-01');
  expect(lineOver(form)).toMatchObject({ decision: 'unknown', notes: ['not_interpreted'] });
});
