// What is the goal, can the patient decide, who else speaks, and what did the patient declare? The card beside its lines.
import type { CardCapacity, CardContact, CardGoal, CardStatement } from './cardShape.ts';
import { isBefore, mayBeSameDay, shownDate } from './clinicalDate.ts';
import type { GoalKey } from './codes.ts';
import { isFirstContact, mergeContacts, speaks } from './contacts.ts';
import type { Capacity, ClinicalDate, Contact, GoalRecord, Statement } from './records.ts';

const shown = (date: ClinicalDate | undefined): string | null =>
  date === undefined ? null : shownDate(date);
const startOf = (date: ClinicalDate | undefined): number => date?.when.start ?? 0;

type Entry = NonNullable<CardGoal['history']>[number];

const leastFirst: readonly GoalKey[] = ['symptom_relief', 'life_prolonging', 'curative'];

/** Of goals that cannot be put in order the one that withholds, as of decisions. */
const winnerOf = (goals: readonly GoalRecord[]): GoalRecord | undefined =>
  goals
    .filter(({ date }) => date === undefined || !goals.some((other) => isBefore(date, other.date)))
    .sort((a, b) => leastFirst.indexOf(a.goal) - leastFirst.indexOf(b.goal))[0];

/** Goals rank like treatments: the newest explicit one; an undecided talk never overrides it. */
export function goalOf(goals: readonly GoalRecord[]): CardGoal | null {
  const print = ({ goal, holder, verbatim, date }: GoalRecord): string =>
    [goal, holder, verbatim, date?.written].join('\n');
  const order = (a: GoalRecord, b: GoalRecord): number =>
    startOf(b.date) - startOf(a.date) ||
    Number(a.method === 'form') - Number(b.method === 'form') ||
    print(a).localeCompare(print(b));
  const current = goals.filter(({ standing }) => standing === 'current').sort(order);
  const explicit = current.filter(({ goal }) => goal !== 'unknown');
  const winner = winnerOf(explicit) ?? current[0];
  if (winner === undefined) return null;
  const others = explicit.filter(({ goal }) => goal !== winner.goal);
  const isStrong = others.some(({ date }) => mayBeSameDay(date, winner.date));
  // one that cannot be read may be another goal: it is told beside any that can
  const against = current.filter((one) => others.includes(one) || (explicit.length > 0 && !one.interpreted));
  const entries = against.map(
    (one): Entry => ({
      key: one.goal,
      date: shown(one.date),
      holder: one.holder,
      ...(one.interpreted ? {} : { uninterpreted: true, verbatim: one.verbatim }),
    }),
  );
  const isSame = (a: Entry, b: Entry): boolean =>
    a.key === b.key && a.date === b.date && a.verbatim === b.verbatim;
  const history = entries.filter((one, index) => entries.findIndex((other) => isSame(one, other)) === index);
  return {
    key: winner.goal,
    ...(winner.interpreted ? {} : { uninterpreted: true }),
    conflict: isStrong ? 'strong' : against.length > 0 ? 'weak' : 'none',
    date: shown(winner.date),
    verbatim: winner.verbatim,
    holder: winner.holder,
    ...(history.length > 0 ? { history } : {}),
  };
}

/**
 * Whether the patient can decide: the newest dated judgement beside those without a date, which may be newer. Where they
 * differ the card says "no" and that they differ, so that the representative is called.
 */
export function capacityOf(capacities: readonly Capacity[]): CardCapacity | null {
  const latest = capacities.filter(
    (one) => one.date === undefined || !capacities.some((other) => isBefore(one.date, other.date)),
  );
  const print = (one: Capacity): string => [one.holder, one.comment, one.date?.written].join('\n');
  const [first] = latest.sort(
    (a, b) =>
      Number(a.capable) - Number(b.capable) ||
      startOf(b.date) - startOf(a.date) ||
      print(a).localeCompare(print(b)),
  );
  if (first === undefined) return null;
  return {
    capable: first.capable,
    conflict: latest.some(({ capable }) => capable !== first.capable),
    date: shown(first.date),
    ...(first.comment === undefined ? {} : { comment: first.comment }),
    holder: first.holder,
  };
}

/** Those who speak for the patient first, then the first contacts. */
export const contactsOf = (contacts: readonly Contact[]): CardContact[] =>
  mergeContacts(contacts).map((one) => ({
    name: one.name,
    roles: [...one.roles].filter((role) => speaks([role]) || isFirstContact([role])).sort(),
    ...(one.relation === undefined ? {} : { relation: one.relation }),
    phone: one.phone ?? null,
    ...(one.phone === undefined && one.email !== undefined ? { email: one.email } : {}),
    holder: one.holder,
  }));

/** Advance directives that stand and are not about resuscitation, newest first, each once. */
export function statementsOf(statements: readonly Statement[]): CardStatement[] {
  const print = ({ holder, type, verbatim, date }: Statement): string =>
    [holder, type, verbatim, date?.written].join('\n');
  const entries = statements
    .filter(({ standing }) => standing === 'current')
    .sort((a, b) => startOf(b.date) - startOf(a.date) || print(a).localeCompare(print(b)))
    .map(({ type, date, verbatim, holder }) => ({ type, date: shown(date), verbatim, holder }));
  const sameAs = (a: CardStatement, b: CardStatement): boolean =>
    a.type === b.type && a.date === b.date && a.verbatim === b.verbatim;
  return entries.filter((one, index) => entries.findIndex((other) => sameAs(one, other)) === index);
}
