// Which lines stand on the card, and what history has each? The seven of the form always; others as they were recorded.
import type { CardLine, HistoryEntry } from './cardShape.ts';
import { ageInDays } from './clinicalDate.ts';
import { mainKeys } from './codes.ts';
import { type Conflict, dateOf, type Ranked, rank, rankOne } from './rank.ts';
import type { WishRecord } from './records.ts';

function entryOf(record: WishRecord, isAgainst: boolean): HistoryEntry {
  const hasText = record.decision === 'conditional' || record.decision === 'unknown';
  return {
    decision: record.decision,
    date: dateOf(record),
    holder: record.holder,
    ...(record.standing === 'current' ? {} : { standing: record.standing }),
    ...(isAgainst ? { contradicts: true } : {}),
    ...(record.standing === 'current' && !record.interpreted ? { uninterpreted: true } : {}),
    ...(record.method === 'statement' ? { method: record.method } : {}),
    ...(hasText && record.verbatim !== '' ? { verbatim: record.verbatim } : {}),
  };
}

/** Entries that say the same are one, with the holders that recorded it. */
function historyOf({ history, contradicting }: Ranked): HistoryEntry[] {
  const entries = new Map<string, HistoryEntry>();
  for (const record of history) {
    const entry = entryOf(record, contradicting.includes(record));
    const group = JSON.stringify({ ...entry, holder: '' });
    const known = entries.get(group);
    if (known === undefined) entries.set(group, entry);
    else if (known.holder !== record.holder)
      known.also = [...new Set([...(known.also ?? []), record.holder])];
  }
  return [...entries.values()];
}

function lineOf(ranked: Ranked, at: Date): CardLine {
  const { winner } = ranked;
  const others = ranked.agreeing.map(({ holder }) => holder).filter((holder) => holder !== winner?.holder);
  const also = [...new Set(others)];
  const history = historyOf(ranked);
  return {
    key: ranked.key,
    decision: ranked.decision,
    conflict: ranked.conflict,
    date: dateOf(winner),
    age_days: ageInDays(winner?.date, at) ?? null,
    verbatim: winner?.verbatim ?? null,
    holder: winner?.holder ?? null,
    method: winner?.method ?? null,
    ...(winner?.by === undefined ? {} : { by: winner.by }),
    ...(also.length > 0 ? { also } : {}),
    ...(ranked.notes.length > 0 ? { notes: [...ranked.notes] } : {}),
    ...(history.length > 0 ? { history } : {}),
  };
}

const urgency: Readonly<Record<Conflict, number>> = { strong: 0, weak: 1, none: 2 };

/** The seven in their fixed order, always; then the others, those in conflict first. */
export function linesOf(records: readonly WishRecord[], at: Date): CardLine[] {
  const ranked = rank(records);
  const main = mainKeys.map((key) => ranked.find((one) => one.key === key) ?? rankOne(key, []));
  const fixed = new Set<string>(mainKeys);
  const others = ranked
    .filter(({ key }) => !fixed.has(key))
    .sort((a, b) => urgency[a.conflict] - urgency[b.conflict] || a.key.localeCompare(b.key));
  return [...main, ...others].map((one) => lineOf(one, at));
}
