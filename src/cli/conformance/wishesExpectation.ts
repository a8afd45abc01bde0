// How is one expectation about a crew card checked and told?
import type { Card, CardLine } from '../../exchange/wishes/cardShape.ts';

export type Expectation = { name: string; holds: boolean; found: string };

export type Wanted = Partial<Pick<CardLine, 'decision' | 'conflict' | 'date' | 'method'>> & { text?: string };

export const lineOf = (card: Card, key: string): CardLine | undefined =>
  card.lines.find((line) => line.key === key);

function fits(line: CardLine | undefined, { text, ...wanted }: Wanted): boolean {
  if (line === undefined) return false;
  const isSame = (Object.keys(wanted) as (keyof typeof wanted)[]).every(
    (name) => line[name] === wanted[name],
  );
  return isSame && (text === undefined || (line.verbatim ?? '').includes(text));
}

export const shown = (line: CardLine | undefined): string =>
  line === undefined
    ? 'no such line'
    : `${line.decision}, conflict ${line.conflict}, ${line.date}, ${line.method}, “${line.verbatim}”`;

export const expectLine = (
  set: string,
  card: Card,
  [key, wanted]: readonly [string, Wanted],
): Expectation => {
  const line = lineOf(card, key);
  const words = Object.entries(wanted).map(([name, value]) => `${name} ${value}`);
  return { name: `${set}: ${key} ${words.join(', ')}`, holds: fits(line, wanted), found: shown(line) };
};
