// Does the card tell all that a form says of a treatment, and never read past a limit or an answer that it does not know?
import { describe, expect, it } from 'vitest';
import { cardOf, lineOf } from '../../../tests/world/cards.ts';
import { codes, r4Directive, r4Form } from '../../../tests/world/wishes.ts';
import type { FhirResource } from '../../model.ts';
import type { Card } from './cardShape.ts';

const besluit = 'urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4.25.1';
const nullFlavor = 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor';

type Item = { linkId: string; answer?: object[]; item?: object[] };
const formOf = (...items: readonly Item[]): FhirResource => {
  const form = r4Form({}, '2025-03-01');
  return { ...form, subject: { reference: 'Patient/p1' }, item: [...(form.item as object[]), ...items] };
};
const coded = (code: string, ...item: object[]) => ({
  valueCoding: { system: besluit, code },
  ...(item.length === 0 ? {} : { item }),
});
const text = (linkId: string, valueString: string): Item => ({ linkId, answer: [{ valueString }] });

describe('an answer without a code of the list', () => {
  it.each([
    [{ valueString: 'Niet reanimeren' }, 'Niet reanimeren'],
    [{ valueCoding: { system: besluit, display: 'Niet uitvoeren' } }, 'Niet uitvoeren'],
    [{ valueInteger: 2 }, '2'],
    [{ valueBoolean: false }, 'false'],
  ])('%j is not interpreted, and its words stand beside an older yes', (given, verbatim) => {
    const form = formOf({ linkId: '1386', answer: [given] });
    const alone = cardOf(form);
    expect(lineOf(alone)).toMatchObject({ decision: 'unknown', notes: ['not_interpreted'], verbatim });
    expect(alone.findings).toMatchObject([{ code: 'decision-unreadable' }]);
    const beside = lineOf(cardOf(form, r4Directive(codes.cpr, 'permit', '2020-01-01')));
    expect(beside).toMatchObject({ decision: 'do', conflict: 'weak', notes: ['not_interpreted'] });
    expect(beside.history).toMatchObject([{ verbatim }]);
  });

  it('is undecided where its words say so', () => {
    const card = cardOf(formOf(text('1386', 'Niet besproken')));
    expect(lineOf(card)).toMatchObject({ decision: 'unknown', verbatim: 'Niet besproken' });
    expect(card.findings).toEqual([]);
  });

  it('beside one with a code leaves neither to decide', () => {
    const form = formOf({ linkId: '1386', answer: [coded('0'), { valueString: 'niet op straat' }] });
    expect(lineOf(cardOf(form))).toMatchObject({ decision: 'unknown', verbatim: '0, niet op straat' });
  });

  it('is told with its text where there is a text alone, and is nothing where there is nothing', () => {
    const noted = formOf({ linkId: '1386', item: [text('1002', 'zie brief')] });
    expect(lineOf(cardOf(noted))).toMatchObject({ decision: 'unknown', verbatim: 'zie brief' });
    const card = cardOf(formOf({ linkId: '1386' }, { linkId: '1402' }));
    expect([lineOf(card).decision, card.findings]).toEqual(['no_record', []]);
  });
});

describe('a yes in a form', () => {
  it('with a limit is the limit, in it or beside it', () => {
    const inside = formOf({ linkId: '1386', answer: [coded('0', text('1001', 'Alleen getuigd'))] });
    const beside = formOf({ linkId: '1386', answer: [coded('0')] }, text('1001', 'Alleen getuigd'));
    for (const form of [inside, beside]) {
      const card = cardOf(form);
      expect(lineOf(card)).toMatchObject({ decision: 'conditional', verbatim: 'Alleen getuigd' });
      expect(card.findings).toMatchObject([{ code: 'limit-beside-yes' }]);
    }
    const older = { system: 'urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4', code: 'JA' };
    const stu3 = formOf({ linkId: '587', answer: [{ valueCoding: older, item: [text('122', 'op OK')] }] });
    const questionnaire = { reference: 'https://api.iknl.nl/docs/pzp/stu3/Questionnaire/ACP-zib2017' };
    expect(lineOf(cardOf({ ...stu3, questionnaire })).decision).toBe('conditional');
  });

  it('with a note alone stays a yes', () => {
    const noted = formOf({ linkId: '1386', answer: [coded('0', text('1002', 'In overleg met zoon'))] });
    expect(lineOf(cardOf(noted))).toMatchObject({ decision: 'do', verbatim: 'In overleg met zoon' });
    const icd = formOf({ linkId: '1005', answer: [coded('0', text('1010', 'Laatste fase'))] });
    expect(lineOf(cardOf(icd), 'icd_off').decision).toBe('do');
  });
});

describe('another limit in a form', () => {
  const other = (...name: object[]): FhirResource =>
    formOf({
      linkId: '1421',
      item: [
        { linkId: '1422', answer: name },
        { linkId: '1402', answer: [coded('2')] },
      ],
    });
  const others = (card: Card): string[] =>
    card.lines.filter(({ decision }) => decision === 'do_not').map(({ key }) => key);
  const oth = (display: string) => ({ valueCoding: { system: nullFlavor, code: 'OTH', display } });

  it('is named by the words beside its code, unless they are the list’s own', () => {
    expect(others(cardOf(other(oth('Dialyse'))))).toEqual(['other:Dialyse']);
    const unnamed = cardOf(other(oth('Overige behandelingen')));
    expect([others(unnamed), unnamed.findings[0]?.code]).toEqual([[], 'other-not-named']);
  });

  it('is a line for each treatment that it names', () => {
    const both = cardOf(other({ valueString: 'Dialyse' }, { valueString: 'Sondevoeding' }));
    expect(others(both)).toEqual(['other:Dialyse', 'other:Sondevoeding']);
  });

  it('is named by its own question where all questions stand in one list', () => {
    const name = { linkId: '1422', answer: [{ valueString: 'Dialyse' }] };
    const flat = formOf({ linkId: '1386', answer: [coded('0')] }, name, {
      linkId: '1402',
      answer: [coded('2')],
    });
    expect(others(cardOf(flat))).toEqual(['other:Dialyse']);
  });
});
