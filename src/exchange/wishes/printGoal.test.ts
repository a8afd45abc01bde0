// Is a goal that contradicts, or that nobody can read, in sight wherever the card is read?
import { describe, expect, it } from 'vitest';
import { cardOf } from '../../../tests/world/cards.ts';
import { concept, r4Form } from '../../../tests/world/wishes.ts';
import type { FhirResource } from '../../model.ts';
import { printCardComposition } from './composition.ts';
import { printCardPage } from './page.ts';
import { printCard } from './printCard.ts';

const goal = (description: object, startDate: string): FhirResource => ({
  resourceType: 'Goal',
  lifecycleStatus: 'active',
  subject: { reference: 'Patient/p1' },
  category: [concept('713603004')],
  description,
  startDate,
});
const cure = goal(concept('385987000'), '2020-01-01');
const words = 'alleen nog comfort, geen ziekenhuis meer';
const formWith = (given: object): FhirResource => {
  const form = r4Form({}, '2025-03-01');
  const item = [...(form.item as object[]), { linkId: '999', answer: [given] }];
  return { ...form, subject: { reference: 'Patient/p1' }, item };
};

describe('a goal in words of its own', () => {
  it.each([
    ['a Goal', goal({ text: words }, '2025-01-01')],
    ['a text in a form', formWith({ valueString: words })],
    ['a code in a form that is not of the list', formWith({ valueCoding: { code: '7', display: words } })],
  ])('is told, alone and beside one of the list: %s', (_, one) => {
    const alone = cardOf(one);
    expect(alone.goal).toMatchObject({ key: 'unknown', conflict: 'none', verbatim: words });
    expect(alone.findings).toMatchObject([{ code: 'goal-unreadable' }]);
    expect(cardOf(cure, one).goal).toMatchObject({
      key: 'curative',
      conflict: 'weak',
      history: [{ key: 'unknown', verbatim: words }],
    });
  });
});

it.each([
  ['nl', 'niet te duiden', 'niet beslist'],
  ['en', 'not interpreted', 'not decided'],
] as const)('a goal that cannot be read is never told as not decided: %s', (language, told, not) => {
  for (const card of [cardOf(goal({ text: words }, '2025')), cardOf(cure, goal({ text: words }, '2025'))]) {
    const lines = printCard(card, language).map(({ text }) => text);
    for (const text of [lines.join('\n'), printCardPage(card, language)]) {
      expect(text).toContain(told);
      expect(text).not.toContain(not);
    }
  }
});

describe('goals that cannot be put in order', () => {
  const relief = (date?: string) => ({ ...goal(concept('713148004'), ''), startDate: date });
  it.each(['2020-01-01', '2020', undefined])(
    'are told as opposed, the one that withholds first: %s',
    (date) => {
      for (const card of [cardOf(cure, relief(date)), cardOf(relief(date), cure)])
        expect(card.goal).toMatchObject({
          key: 'symptom_relief',
          conflict: 'strong',
          history: [{ key: 'curative' }],
        });
    },
  );

  it('are none in one record, nor in a code of another list: it is shown as it is', () => {
    const both = { coding: ['713148004', '385987000'].flatMap((code) => concept(code).coding) };
    const local = { coding: [{ system: 'http://epd.example/goals', code: '713148004' }] };
    for (const description of [both, local]) {
      const { goal: shown } = cardOf(goal(description, '2025-01-01'));
      expect(shown).toMatchObject({ key: 'unknown', verbatim: expect.stringContaining('713148004') });
    }
  });
});

describe('a goal that is on hold', () => {
  it('does not count', () => {
    expect(cardOf({ ...cure, lifecycleStatus: 'on-hold' }).goal).toBeNull();
  });
});

describe('what stands against a goal', () => {
  const card = cardOf(cure, goal(concept('713148004'), '2019-01-01'), goal({ text: words }, '2025-01-01'));
  it.each([
    [
      'in the terminal',
      printCard(card, 'en')
        .map(({ text }) => text)
        .join('\n'),
    ],
    ['on the page', printCardPage(card, 'en')],
    [
      'in the narrative',
      JSON.stringify(printCardComposition(card, { language: 'en', baseUrl: 'https://sluis.example' })),
    ],
  ])('is read %s', (_, text) => {
    const at = text.indexOf('relieve symptoms, do not prolong life');
    expect(at).toBeGreaterThan(text.indexOf('cure'));
    expect(text).toContain(words);
  });
});
