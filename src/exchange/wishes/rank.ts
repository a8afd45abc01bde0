// What counts for one treatment, and who contradicts it? The newest explicit decision of those that stand; never silently.
import { isBefore, mayBeSameDay, shownDate } from './clinicalDate.ts';
import type { Decision, Method, Standing, WishRecord } from './records.ts';
import { groupsAmong } from './treatment.ts';

export type Conflict = 'none' | 'weak' | 'strong';

export type Ranked = {
  key: string;
  decision: Decision | 'no_record';
  conflict: Conflict;
  /** The record that decides; absent where none stands. */
  winner: WishRecord | undefined;
  /** Others that say the same on the same day. */
  agreeing: readonly WishRecord[];
  /** Current records that say something else. */
  contradicting: readonly WishRecord[];
  /** Every other record, newest first; those that contradict among them. */
  history: readonly WishRecord[];
  notes: readonly string[];
};

const methodOrder: Readonly<Record<Method, number>> = { resource: 0, form: 1, statement: 2 };
/** Of two that cannot be put in order, the one that withholds: never a plain yes. */
const caution: Readonly<Record<Decision, number>> = { do_not: 0, conditional: 1, do: 2, unknown: 3 };

const print = (one: WishRecord): string =>
  [
    one.holder,
    one.place,
    one.decision,
    one.date?.written,
    one.verbatim,
    one.standing,
    one.by,
    ...one.identifiers,
  ].join('\n');

/** Newest first; a total order, so that the order of the holders never shows. */
function newestFirst(a: WishRecord, b: WishRecord): number {
  const start = (one: WishRecord): number => one.date?.when.start ?? Number.NEGATIVE_INFINITY;
  const difference = start(a) === start(b) ? 0 : start(b) - start(a);
  return (
    difference ||
    methodOrder[a.method] - methodOrder[b.method] ||
    caution[a.decision] - caution[b.decision] ||
    print(a).localeCompare(print(b))
  );
}

/** Those that no other is later than; one without a date may be the latest. */
function latestOf(records: readonly WishRecord[]): WishRecord[] {
  return records.filter(({ date }) => !date || !records.some((other) => isBefore(date, other.date)));
}

const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

const limits = new WeakMap<WishRecord, string>();

/** The words of a limit, each between spaces, made once; of any other decision the words change nothing. */
function limitOf(record: WishRecord): string {
  if (record.decision !== 'conditional') return '';
  const limit = limits.get(record) ?? ` ${plain(record.verbatim)} `;
  limits.set(record, limit);
  return limit;
}

const negation = / (?:niet|nooit|geen|zonder|not|never|no|without)(?= )/g;
const countOf = (text: string): number => text.match(negation)?.length ?? 0;

/** Does one say all that the other says? */
const covers = (one: WishRecord, other: WishRecord): boolean =>
  one.decision === other.decision && limitOf(one).includes(limitOf(other));

/** Two limits differ unless one says all that the other says, and no "not" more. */
const contradicts = (a: WishRecord, b: WishRecord): boolean =>
  (!covers(a, b) && !covers(b, a)) || countOf(limitOf(a)) !== countOf(limitOf(b));

/** The deciding record: the latest; of several that may be of one time the cautious one, in that day's fullest words. */
function winnerOf(records: readonly WishRecord[]): WishRecord | undefined {
  const [first] = latestOf(records).sort(
    (a, b) => caution[a.decision] - caution[b.decision] || newestFirst(a, b),
  );
  if (first === undefined) return undefined;
  const same = records.filter((one) => covers(one, first) && first.date && dateOf(one) === dateOf(first));
  const [fullest = first] = same.sort(
    (a, b) =>
      limitOf(b).length - limitOf(a).length ||
      methodOrder[a.method] - methodOrder[b.method] ||
      newestFirst(a, b),
  );
  return fullest;
}

/** A do-not-resuscitate statement, or what can hardly be a yes, that is not older than somebody's yes. */
function isStatementAgainst(records: readonly WishRecord[]): boolean {
  const statements = records.filter(
    ({ method, decision, denies }) => denies || (method === 'statement' && decision === 'do_not'),
  );
  const permits = records.filter(({ decision }) => decision === 'do' || decision === 'conditional');
  return statements.some((statement) => permits.some((permit) => !isBefore(statement.date, permit.date)));
}

const isStill: ReadonlySet<Standing> = new Set(['current', 'future', 'draft']);

/** By a business identifier, or by one holder's own id. */
const isCopy = (a: WishRecord, b: WishRecord): boolean =>
  a.identifiers.some((identifier) => b.identifiers.includes(identifier)) ||
  (a.holder === b.holder && a.place === b.place && !a.place.endsWith('/?'));

/** A copy of the same record, not older, that ended or was revoked: who has this one may not know yet. */
function hasEndedElsewhere(winner: WishRecord, records: readonly WishRecord[]): boolean {
  return records.some(
    (one) =>
      !isStill.has(one.standing) &&
      isCopy(one, winner) &&
      (mayBeSameDay(one.date, winner.date) || !isBefore(one.date, winner.date)),
  );
}

type Judged = Pick<Ranked, 'conflict' | 'contradicting' | 'notes'>;

function judge(winner: WishRecord, current: readonly WishRecord[], all: readonly WishRecord[]): Judged {
  const explicit = current.filter(({ decision }) => decision !== 'unknown');
  const undecided = current.filter((one) => one.decision === 'unknown' && one.interpreted);
  const unread = current.filter((one) => !one.interpreted);
  const mayDiffer = unread.some(({ denies }) => !(denies && winner.decision === 'do_not'));
  const contradicting = explicit.filter((one) => contradicts(one, winner));
  const sameDay = contradicting.some((one) => mayBeSameDay(one.date, winner.date));
  const ended = hasEndedElsewhere(winner, all);
  const isNewer = (one: WishRecord): boolean => !isBefore(one.date, winner.date);
  const notes = [
    ...(undecided.some(isNewer) && winner.decision !== 'unknown' ? ['newer_not_decided'] : []),
    ...(unread.length > 0 ? ['not_interpreted'] : []),
    ...(ended ? ['ended_elsewhere'] : []),
  ];
  const isWeak = contradicting.length > 0 || ended || (mayDiffer && explicit.length > 0);
  const isStrong = sameDay || isStatementAgainst([...explicit, ...unread]);
  return { conflict: isStrong ? 'strong' : isWeak ? 'weak' : 'none', contradicting, notes };
}

const agrees = (one: WishRecord, winner: WishRecord): boolean =>
  one !== winner &&
  one.standing === 'current' &&
  one.interpreted === winner.interpreted &&
  !contradicts(one, winner) &&
  covers(winner, one) &&
  mayBeSameDay(one.date, winner.date);

/** Ranks the records of one treatment. The result does not depend on the order in which they are given. */
export function rankOne(key: string, records: readonly WishRecord[]): Ranked {
  const sorted = [...records].sort(newestFirst);
  const current = sorted.filter(({ standing }) => standing === 'current');
  const explicit = current.filter(({ decision }) => decision !== 'unknown');
  const winner = winnerOf(explicit) ?? winnerOf(current);
  if (winner === undefined) {
    const nothing = { winner, agreeing: [], contradicting: [], notes: [] };
    return { key, decision: 'no_record', conflict: 'none', history: sorted, ...nothing };
  }
  const isExplicit = winner.decision !== 'unknown';
  const judged = judge(winner, current, isExplicit ? sorted : current);
  const agreeing = sorted.filter((one) => agrees(one, winner));
  const history = sorted.filter((one) => one !== winner && !agreeing.includes(one));
  return {
    key,
    decision: winner.decision,
    winner,
    agreeing,
    history,
    conflict: isExplicit ? judged.conflict : 'none',
    contradicting: isExplicit ? judged.contradicting : [],
    notes: judged.notes,
  };
}

/** One line for each treatment that anybody recorded; the key of a group is that of its newest record. */
export function rank(records: readonly WishRecord[]): Ranked[] {
  const groupOf = groupsAmong(records);
  const groups = new Map<string, WishRecord[]>();
  for (const record of records) {
    const group = groupOf(record);
    groups.set(group, [...(groups.get(group) ?? []), record]);
  }
  return [...groups.values()].map((group) => {
    const [first] = [...group].sort((a, b) => newestFirst(a, b) || a.key.localeCompare(b.key));
    return rankOne(first?.key ?? '', group);
  });
}

/** The day that decides, as shown. */
export const dateOf = (record: WishRecord | undefined): string | null =>
  record?.date === undefined ? null : shownDate(record.date);
