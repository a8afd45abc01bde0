// Does a card that is too large lose what is repeated before it loses the words that decide?
import { expect, it } from 'vitest';
import { answer, codes, r4Directive, today } from '../../../tests/world/wishes.ts';
import { safeText } from '../pages/safeText.ts';
import { buildCard } from './card.ts';
import { cardLimit, sizeOf } from './fitCard.ts';

const limit = `Alleen op de operatiekamer of bij een getuigde circulatiestilstand met een schokbaar ritme. ${'NIET thuis en NIET op straat. '.repeat(4)}Stoppen na 10 minuten zonder herstel van de circulatie.`;

it('keeps the deciding limit whole while years of history are shortened', () => {
  const holders = ['Huisartsenpraktijk', 'Verpleeghuis', 'Ziekenhuis', 'Thuiszorg'].map((name, index) => {
    const records = [2023, 2024, 2025].flatMap((year) =>
      Object.values(codes).map((code) => {
        const isLimited = code === codes.cpr || code === codes.hospital;
        const plain = (year + index) % 2 === 0 ? 'permit' : 'deny';
        return r4Directive(code, isLimited ? { other: limit } : plain, `${year}-0${index + 1}-11`);
      }),
    );
    return answer(name, ...records);
  });
  const card = buildCard(holders, { at: today });
  expect(sizeOf(card)).toBeLessThanOrEqual(cardLimit);
  expect(card.lines[0]?.verbatim).toBe(limit);
  expect(card.lines[3]?.verbatim).toBe(limit);
});

it('loses what contradicts, and who did not answer, after all else', () => {
  const past = [...Array(20)].map((_, index) => r4Directive(codes.cpr, 'deny', `20${24 - index}-02-01`));
  const first = answer('GP', r4Directive(codes.cpr, 'deny', '2025-01-01'), ...past);
  const opposed = answer('Home', r4Directive(codes.cpr, 'permit', '1999-01-01'));
  const others = [...Array(30)].map((_, index) => answer(`Holder ${index}`));
  const silent = { holder: { name: 'Zuid' }, state: 'timeout' as const, resources: [] };
  const card = buildCard([first, opposed, ...others, silent], { at: today });
  expect(card.lines[0]?.omitted).toBeGreaterThan(0);
  expect(card.lines[0]?.history).toContainEqual(
    expect.objectContaining({ decision: 'do', date: '1999-01-01', contradicts: true }),
  );
  expect(card.holders.length).toBeLessThan(33);
  expect(card.holders).toContainEqual(expect.objectContaining({ name: 'Zuid', state: 'timeout' }));
});

const limited = (holders: number, others: number, words: string) =>
  [...Array(holders)].map((_, index) =>
    answer(
      `${words.slice(0, 50)} ${index}`,
      ...Object.values(codes).map((code) =>
        r4Directive(code, { other: `${index} ${words}` }, `20${10 + index}`),
      ),
      ...[...Array(others)].map((_each, other) => r4Directive({ text: `${words} ${other}` }, 'deny', '2024')),
    ),
  );

it('leaves no room unused while words that decide are cut', () => {
  const words =
    'alleen als de dochter erbij is en de huisarts vooraf is gebeld, anders eerst overleggen met de dienst';
  const { lines } = buildCard(limited(3, 2, words), { at: today });
  expect(lines.slice(0, 6).map(({ verbatim }) => verbatim)).toEqual(Array(6).fill(`2 ${words}`));
});

it.each([
  ['Arabic', 'فقط بعد التشاور مع العائلة في المستشفى '],
  ['Chinese', '只有在与家人商量之后才可以住院治疗 '],
  ['signs that are written out', 'al\u202eleen\u0007 thuis '],
])('keeps the words on resuscitation whole, and one that contradicts each line, in %s', (_, words) => {
  const text = words.repeat(40).slice(0, 250).trim();
  const holders = limited(15, 12, text);
  const card = buildCard(holders, { at: today });
  expect(sizeOf(card)).toBeLessThanOrEqual(cardLimit);
  expect(card.lines[0]?.verbatim).toBe(safeText(`14 ${text}`));
  for (const line of card.lines.slice(0, 6))
    expect(line).toMatchObject({ conflict: 'weak', history: [{ contradicts: true }] });
  expect(card.omitted).toBeGreaterThan(0);
});
