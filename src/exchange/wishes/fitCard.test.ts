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
