// Is one treatment one line, whatever words or code it comes with?
import { describe, expect, it } from 'vitest';
import { answer, codes, concept, r4Directive, stu3Directive, today } from '../../../tests/world/wishes.ts';
import type { FhirResource } from '../../model.ts';
import { buildCard } from './card.ts';
import type { CardLine } from './cardShape.ts';
import { keyWords } from './cardWords.ts';
import { treatmentOfText } from './treatment.ts';

const told = (...resources: readonly FhirResource[]): CardLine[] =>
  buildCard([answer('GP', ...resources)], { at: today }).lines.filter(
    ({ decision }) => decision !== 'no_record',
  );
const coded = (display: string) => ({
  coding: [{ system: 'http://snomed.info/sct', code: '229912004', display }],
});

describe('a treatment without a line of its own', () => {
  it.each([
    [coded('enterale voeding'), { text: 'sondevoeding (SNOMED CT - 229912004)' }],
    [coded('enterale voeding'), { text: 'Enterale voeding.' }],
    [coded('enterale voeding'), coded('sondevoeding')],
    [{ text: 'sondevoeding' }, { text: 'sondevoeding (SNOMED CT - 229912004)' }],
    [concept('229912004'), coded('sondevoeding')],
  ])('is one line, and a contradiction is seen: %j and %j', (one, other) => {
    const lines = told(r4Directive(one, 'permit', '2025-02-01'), r4Directive(other, 'deny', '2025-03-01'));
    expect(lines).toMatchObject([{ decision: 'do_not', conflict: 'weak' }]);
  });

  it('is not one with another that has another code', () => {
    const [food, dialysis] = [coded('enterale voeding'), concept('108241001')];
    expect(told(r4Directive(food, 'deny', '2025'), r4Directive(dialysis, 'deny', '2025'))).toHaveLength(2);
  });
});

describe('a SNOMED code', () => {
  it.each([
    'http://snomed.info/sct/11000146104',
    'http://snomed.info/sct|http://snomed.info/sct/11000146104',
    'https://snomed.info/sct',
    undefined,
  ])('is known whatever edition its system names: %s', (system) => {
    const code = { coding: [{ system, code: codes.cpr, display: 'CPR' }] };
    expect(told(r4Directive(code, 'deny', '2025'))).toMatchObject([{ key: 'cpr', decision: 'do_not' }]);
  });

  it('is not known of another system', () => {
    const code = { coding: [{ system: 'http://snomed.info/other', code: codes.cpr, display: 'CPR' }] };
    expect(told(r4Directive(code, 'deny', '2025'))).toMatchObject([
      { key: 'cpr', decision: 'unknown', notes: ['not_interpreted'] },
      { key: 'other:CPR', decision: 'do_not' },
    ]);
  });
});

describe('a treatment in words', () => {
  it('is known by SNOMED’s own, with what they stand for behind them', () => {
    for (const [text, key] of [
      ['Cardiopulmonale resuscitatie (verrichting)', 'cpr'],
      ['Cardiopulmonary resuscitation (procedure)', 'cpr'],
      ['Artificial respiration (procedure)', 'ventilation'],
      ['Admission to intensive care unit (procedure)', 'icu'],
      ['Opname in ziekenhuis (verrichting)', 'hospital'],
      ['Antibiotic therapy (procedure)', 'antibiotics'],
      ['Administration of blood product (procedure)', 'blood'],
    ] as const)
      expect(treatmentOfText(text).key, text).toBe(key);
  });

  it('is known by the card’s own labels, in both languages', () => {
    for (const [key, words] of Object.entries(keyWords))
      for (const label of Object.values(words)) expect(treatmentOfText(label).key, label).toBe(key);
  });

  it('stands on the line of its code, so that a newer no is seen', () => {
    const named = { coding: [{ code: 'OTH' }], text: 'Reanimeren' };
    const lines = told(
      r4Directive(codes.cpr, 'permit', '2024-01-01'),
      r4Directive(named, 'deny', '2025-01-01'),
    );
    expect(lines).toMatchObject([{ key: 'cpr', decision: 'do_not', conflict: 'weak' }]);
  });

  it('that deny by themselves are never read: a no to them would be a yes. They stand on the line as they are', () => {
    for (const text of ['Niet reanimeren', 'niet-reanimeren', 'Geen reanimatie', 'Do not resuscitate'])
      for (const decision of ['permit', 'deny'] as const) {
        const denied = r4Directive({ text }, decision, '2025-01-01');
        const raw = `${text}: ${decision}`;
        expect(told(denied)).toMatchObject([{ key: 'cpr', decision: 'unknown', verbatim: raw }]);
        const [line] = told(r4Directive(codes.cpr, 'permit', '2020-01-01'), denied);
        const conflict = decision === 'permit' ? 'strong' : 'weak';
        expect(line).toMatchObject({ decision: 'do', conflict, notes: ['not_interpreted'] });
      }
    const coded = { ...concept(codes.cpr), text: 'Niet reanimeren' };
    expect(told(r4Directive(coded, 'permit', '2025'))).toMatchObject([
      { key: 'cpr', decision: 'unknown', verbatim: 'Niet reanimeren: permit' },
    ]);
    expect(told(r4Directive(coded, 'deny', '2025'))).toMatchObject([{ key: 'cpr', decision: 'do_not' }]);
    expect(treatmentOfText('Geen antibiotica')).toMatchObject({ key: 'antibiotics', ambiguous: true });
    expect(treatmentOfText('Geen bezoek').key).toBe('other:Geen bezoek');
  });

  it('as the display of a coding without a code are words all the same', () => {
    const named = (display: string) => ({ coding: [{ code: 'OTH', display: 'overig' }, { display }] });
    const lines = told(
      r4Directive({ coding: [{ display: 'Reanimatie' }] }, 'deny', '2025-01-01'),
      stu3Directive(named('Dialyse'), 'NEE', { verified: '2025-01-01' }),
    );
    expect(lines).toMatchObject([
      { key: 'cpr', decision: 'do_not' },
      { key: 'other:Dialyse', decision: 'do_not' },
    ]);
  });
});
