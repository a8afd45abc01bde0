// What does the card say of what the holders answered, and of those who did not?
import { uraSystem } from '../../fhir/identifiers.ts';
import type { Participant } from '../../model.ts';
import type { HolderResult, Retrieved } from '../retrieval.ts';
import { cardOf } from './card.ts';
import { type CardOrder, digestForCard } from './cardDigest.ts';
import type { Card } from './cardShape.ts';
import { type HolderPart, joinReadings } from './normalise.ts';
import type { HolderState } from './records.ts';

export type { Card };

/** On the card a refusal is a refusal, and everything else that kept a holder from answering is a fault. */
const states: Readonly<Record<HolderResult['state'], HolderState>> = {
  answered: 'answered',
  partial: 'partial',
  denied: 'refused',
  unavailable: 'failed',
  failed: 'failed',
  timeout: 'timeout',
};

export const uraOf = ({ identifiers }: Participant): string | undefined =>
  identifiers.find(({ system }) => system === uraSystem)?.value;

type AskedCard = { at: Date; bsn: string };

/** What a card needs of this holder. */
export const cardOrder = ({ name }: Pick<Participant, 'name'>, asked: AskedCard): CardOrder => ({
  kind: 'card',
  holderName: name,
  ...asked,
});

function partOf(result: HolderResult, asked: AskedCard): HolderPart {
  const { participant, state, retrieved, resources } = result;
  const ura = uraOf(participant);
  const { reading, tooMany } = result.digest ?? digestForCard(cardOrder(participant, asked), resources);
  return {
    holder: { name: participant.name, ...(ura === undefined ? {} : { ura }) },
    state: tooMany ? 'partial' : states[state],
    ...(retrieved === undefined ? {} : { retrieved }),
    reading,
  };
}

/** Who exists and could not be asked is on the card as silent: what is missing may be the opposite of what is there. */
export function cardOfHolders({ results, missing }: Retrieved, asked: AskedCard): Card {
  const silent = missing.map(
    ({ name, ura, reason }): HolderPart => ({
      holder: { name, ...(ura === undefined ? {} : { ura }) },
      state: reason === 'timeout' ? 'timeout' : 'failed',
      reading: undefined,
    }),
  );
  const parts = [...results.map((result) => partOf(result, asked)), ...silent];
  return cardOf(joinReadings(parts, asked.bsn), asked.at);
}
