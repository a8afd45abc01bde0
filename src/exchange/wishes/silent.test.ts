// Does everybody who did not answer stay on the card, however many they are, without hiding what was decided?
import { expect, it } from 'vitest';
import { lineOf } from '../../../tests/world/cards.ts';
import { answer, bsn, codes, otherBsn, patient, r4Directive, today } from '../../../tests/world/wishes.ts';
import { buildCard } from './card.ts';
import type { Card } from './cardShape.ts';
import { cardLimit, sizeOf } from './fitCard.ts';
import { printCardPage } from './page.ts';
import { printCard } from './printCard.ts';
import { silentIn } from './silent.ts';

const words =
  'alleen na overleg met de dochter en de huisarts, en nooit in de nacht zonder dat iemand is gebeld. ';
const nameOf = (index: number) => `Huisartsenpraktijk ${index} Aan de Kade`;

function cardWith(silent: number, long = false): Card {
  const text = long ? words.repeat(5) : 'alleen thuis';
  const past = [...Array(long ? 12 : 1)].flatMap((_, year) =>
    Object.values(codes).map((code) =>
      r4Directive(code, { other: `${year} ${text}` }, `20${10 + year}-02-01`),
    ),
  );
  return buildCard(
    [
      answer('Verpleeghuis Het Veer', ...past),
      ...[...Array(silent)].map((_, index) => ({
        holder: { name: nameOf(index), ura: `9000${1000 + index}` },
        state: index % 3 === 0 ? ('refused' as const) : ('timeout' as const),
        resources: [],
      })),
    ],
    { at: today },
  );
}

it.each([
  [9, false],
  [9, true],
  [24, true],
  [45, false],
  [45, true],
])('names each of %i, beside long texts: %s', (count, long) => {
  const card = cardWith(count, long);
  expect(sizeOf(card)).toBeLessThanOrEqual(cardLimit);
  const told = silentIn(card);
  expect(told).toHaveLength(count);
  for (const [index, one] of told.entries()) expect(one.name, `${index}`).toMatch(/^Huisartsenpraktijk/);
  expect(new Set(told.map(({ name }) => name)).size).toBe(count);
  expect(told.filter(({ state }) => state === 'refused')).toHaveLength(Math.ceil(count / 3));
  expect(lineOf(card)).toMatchObject({ decision: 'conditional' });
});

it('counts those for whom there is no room at all, and fills what room there is', () => {
  const card = cardWith(600, true);
  expect(sizeOf(card)).toBeLessThanOrEqual(cardLimit);
  expect(card.incomplete).toBe(true);
  expect(silentIn(card).length).toBeGreaterThan(60);
  expect(card.omitted).toBeGreaterThanOrEqual(600 - silentIn(card).length);
  expect(card.lines).toHaveLength(7);
});

it('says all their names in the terminal and on the page, where few stand before resuscitation', () => {
  const card = cardWith(45);
  const terminal = printCard(card, 'en')
    .map(({ text }) => text)
    .join('\n');
  const page = printCardPage(card, 'en');
  for (const { name } of silentIn(card)) {
    expect(terminal).toContain(name);
    expect(page).toContain(name);
  }
  const before = page.slice(0, page.indexOf('<h2>'));
  expect(before).toContain('30× did not answer in time');
  expect(before).toContain('15× may not share: no consent');
  expect(before.match(/Huisartsenpraktijk/g)?.length ?? 0).toBeLessThan(7);
});

it('says of nobody that it has no record whose records were left out', () => {
  const strange = {
    holder: { name: 'Praktijk' },
    resources: [patient(otherBsn), r4Directive(codes.cpr, 'deny', '2025-01-01')],
  };
  const card = buildCard([strange, answer('Verpleeghuis')], { at: today, bsn });
  expect(card.holders).toContainEqual(expect.objectContaining({ name: 'Praktijk', left_out: 1 }));
  const page = printCardPage(card, 'en').replace(/<[^>]+>/g, '');
  expect(page).toContain('No record of this at Verpleeghuis.');
  expect(page).not.toMatch(/No record of this at [^.;]*Praktijk/);
});

it('shows links in a colour of the page, also within a warning', () => {
  const [style = ''] = /<style>[\s\S]*?<\/style>/.exec(printCardPage(cardWith(45), 'en')) ?? [];
  expect(style).toMatch(/(?:^|[}\s>])a \{ color: var\(--link\)/);
  expect(style).toContain('.alarm a { color: inherit }');
});
