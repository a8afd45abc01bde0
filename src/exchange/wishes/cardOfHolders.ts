// What does the card say of what the holders answered, and of those who did not?
import { uraSystem } from '../../fhir/identifiers.ts';
import type { Participant } from '../../model.ts';
import type { HolderResult, Retrieved } from '../retrieval.ts';
import { buildCard } from './card.ts';
import type { Card } from './cardShape.ts';
import type { HolderAnswer, HolderState } from './records.ts';

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

function answerOf(result: HolderResult): HolderAnswer {
  const { participant, endpoint, state, retrieved, resources } = result;
  const ura = uraOf(participant);
  return {
    holder: { name: participant.name, ...(ura === undefined ? {} : { ura }) },
    state: states[state],
    method: endpoint.method,
    fhirVersion: endpoint.fhirVersion,
    ...(retrieved === undefined ? {} : { retrieved }),
    resources,
  };
}

/** Who exists and could not be asked is on the card as silent: what is missing may be the opposite of what is there. */
export function cardOfHolders({ results, missing }: Retrieved, asked: { at: Date; bsn: string }): Card {
  const silent = missing.map(
    ({ name, ura, reason }): HolderAnswer => ({
      holder: { name, ...(ura === undefined ? {} : { ura }) },
      state: reason === 'timeout' ? 'timeout' : 'failed',
      resources: [],
    }),
  );
  return buildCard([...results.map(answerOf), ...silent], asked);
}
