// What does a crew read first? One card of all holders' records: decisions, who contradicts, who speaks, who did not answer.
import { linesOf } from './cardLines.ts';
import { capacityOf, contactsOf, goalOf, statementsOf } from './cardPeople.ts';
import type { Card, CardFinding, CardHolder } from './cardShape.ts';
import { fitCard } from './fitCard.ts';
import { type Asked, type HolderResult, normalise, type Wishes } from './normalise.ts';
import type { Finding, HolderAnswer } from './records.ts';

/** One finding per kind and holder, with how often and where first; errors first. */
function findingsOf(findings: readonly Finding[]): CardFinding[] {
  const groups = new Map<string, CardFinding>();
  const print = (one: Finding): string => [one.severity, one.code, one.holder, one.place].join('\n');
  for (const finding of [...findings].sort((a, b) => print(a).localeCompare(print(b)))) {
    const group = `${finding.code}\n${finding.holder}`;
    const known = groups.get(group);
    if (known === undefined) groups.set(group, { ...finding, count: 1 });
    else known.count += 1;
  }
  return [...groups.values()];
}

const holderOf = ({ name, ura, state, records, leftOut, retrieved }: HolderResult): CardHolder => ({
  name,
  ...(ura === undefined ? {} : { ura }),
  state,
  records,
  ...(leftOut === 0 ? {} : { left_out: leftOut }),
  ...(retrieved === undefined ? {} : { retrieved }),
});

/** The card of wishes that were read. Plain JSON of at most 5 KB; its texts are safe to show. */
export function cardOf(wishes: Wishes, at: Date): Card {
  return fitCard({
    patient: wishes.patient,
    at: at.toISOString(),
    lines: linesOf(wishes.records, at),
    goal: goalOf(wishes.goals),
    representatives: contactsOf(wishes.contacts),
    capacity: capacityOf(wishes.capacities),
    statements: statementsOf(wishes.statements),
    holders: wishes.holders.map(holderOf).sort((a, b) => a.name.localeCompare(b.name)),
    incomplete: wishes.holders.some(({ state }) => state !== 'answered'),
    findings: findingsOf(wishes.findings),
  });
}

/**
 * The crew card of what the holders answered at a moment. Pure: the clock, the patient and the answers are all it knows,
 * and neither the order of the holders nor that of their records changes it.
 */
export const buildCard = (answers: readonly HolderAnswer[], asked: Asked): Card =>
  cardOf(normalise(answers, asked), asked.at);
