// Who did not give its whole answer? Each by name, also where there is room on the card for the name alone.
import type { Card, CardHolder } from './cardShape.ts';
import type { HolderState } from './records.ts';

export type Silent = { name: string; state: HolderState };

export const isSilent = ({ state }: Pick<CardHolder, 'state'>): boolean => state !== 'answered';

const states: readonly Exclude<HolderState, 'answered'>[] = ['timeout', 'failed', 'partial', 'refused'];

/** Those with a place among the holders first, then those that are named alone. */
export function silentIn({ holders, unanswered = {} }: Card): Silent[] {
  const alone = states.flatMap((state) => (unanswered[state] ?? []).map((name) => ({ name, state })));
  return [...holders.filter(isSilent).map(({ name, state }) => ({ name, state })), ...alone];
}

/** By what became of asking them. */
export function namesByState(silent: readonly Silent[]): NonNullable<Card['unanswered']> {
  const found = states.map((state) => [
    state,
    silent.filter((one) => one.state === state).map(({ name }) => name),
  ]);
  return Object.fromEntries(found.filter(([, names]) => names?.length));
}
