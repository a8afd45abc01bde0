// Does a card that is too large lose what is repeated before it loses the words that decide?
import { expect, it } from 'vitest';
import { answer, codes, r4Directive, today } from '../../../tests/world/wishes.ts';
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
