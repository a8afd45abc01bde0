// What does a crew get when it asks? Its card, and the address of a page for the phone.
import type { Card, CardLine } from '../../exchange/wishes/cardShape.ts';
import { type Asker, jsonIn, type Parameter } from '../../sandbox/ambulance.ts';
import { patientBsn } from '../../sandbox/fixtures.ts';

export const crew = 'crew → gateway';

/** The card, and the address of its page when that was asked. */
export type Asked = { card: Card; link: string };

/** Throws what the gateway said instead of a card. */
export async function askCard(asker: Asker, ...more: readonly Parameter[]): Promise<Asked> {
  const answer = { name: 'answer', valueString: 'card' };
  const called = await asker.operation('wishes', patientBsn, [answer, ...more]);
  const card = jsonIn(called) as Card;
  const [, link = ''] = /<([^>]+)>/.exec(called.headers.get('link') ?? '') ?? [];
  return { card, link };
}

export const lineOf = (card: Card, key: string): CardLine | undefined =>
  card.lines.find((line) => line.key === key);

export const said = (card: Card, ...keys: readonly string[]): string =>
  keys.map((key) => `${key} ${lineOf(card, key)?.decision} (${lineOf(card, key)?.holder})`).join(', ');

export const stateOf = (card: Card, holder: { name: string }): string =>
  card.holders.find(({ name }) => name === holder.name)?.state ?? 'not named';
