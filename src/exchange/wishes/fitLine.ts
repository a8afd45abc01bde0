// How is one line of the card made shorter? Texts are capped, its history too, and both say so.
import { cappedText } from '../pages/safeText.ts';
import type { CardLine, HistoryEntry } from './cardShape.ts';

/** Letters of: the deciding text, a name, a treatment's words, who agreed, a text in the history. Then how many of each list. */
export type Caps = Readonly<Record<(typeof capNames)[number], number>>;

const capNames = [
  'text',
  'name',
  'key',
  'by',
  'past',
  'history',
  'others',
  'people',
  'statements',
  'holders',
  'findings',
] as const;

const capsOf = (numbers: readonly number[]): Caps => {
  const at = (name: (typeof capNames)[number]): number => numbers[capNames.indexOf(name)] ?? 0;
  return {
    text: at('text'),
    name: at('name'),
    key: at('key'),
    by: at('by'),
    past: at('past'),
    history: at('history'),
    others: at('others'),
    people: at('people'),
    statements: at('statements'),
    holders: at('holders'),
    findings: at('findings'),
  };
};

/** What is repeated goes first; the deciding words are the last to be cut. */
export const levels: readonly Caps[] = [
  [600, 120, 160, 120, 300, 12, 12, 6, 6, 24, 16],
  [600, 80, 120, 60, 160, 8, 12, 5, 5, 20, 12],
  [600, 60, 100, 30, 120, 6, 10, 5, 4, 16, 8],
  [600, 60, 90, 20, 80, 5, 8, 4, 4, 16, 6],
  [600, 48, 80, 0, 60, 4, 8, 4, 3, 14, 5],
  [600, 40, 80, 0, 40, 3, 6, 4, 3, 14, 4],
  [600, 32, 60, 0, 30, 2, 5, 3, 2, 12, 3],
  [400, 32, 60, 0, 30, 2, 5, 3, 2, 12, 3],
  [300, 24, 50, 0, 30, 2, 4, 3, 2, 12, 3],
  [200, 24, 50, 0, 20, 2, 4, 3, 1, 10, 3],
  [140, 24, 50, 0, 20, 2, 4, 3, 1, 10, 3],
  [80, 24, 50, 0, 20, 2, 4, 3, 1, 10, 3],
  [40, 20, 30, 0, 12, 1, 3, 2, 0, 8, 2],
  [16, 10, 16, 0, 0, 0, 2, 1, 0, 4, 1],
].map(capsOf);

/** Entries that contradict are the last to go, then those that nobody can read. */
function keptHistory(history: readonly HistoryEntry[], most: number): HistoryEntry[] {
  const weight = ({ contradicts, uninterpreted }: HistoryEntry): number =>
    contradicts ? 2 : uninterpreted ? 1 : 0;
  const wanted = history.toSorted((a, b) => weight(b) - weight(a));
  const kept = new Set(wanted.slice(0, most));
  return history.filter((one) => kept.has(one));
}

const names = (list: readonly string[], { name, holders }: Caps): string[] =>
  list.slice(0, holders).map((one) => cappedText(one, name));

type Past = { holder: string; verbatim?: string };

export function fitPast<T extends Past>(entry: T, caps: Caps): Omit<T, 'verbatim'> & { verbatim?: string } {
  const { verbatim, ...rest } = capAll(entry, ['holder'], caps.name);
  return {
    ...rest,
    ...(verbatim === undefined || caps.past === 0 ? {} : { verbatim: cappedText(verbatim, caps.past) }),
  };
}

function fitEntry(entry: HistoryEntry, caps: Caps): HistoryEntry {
  const { also, ...rest } = entry;
  return {
    ...fitPast(rest, caps),
    ...(also === undefined ? {} : { also: names(also, caps) }),
  };
}

/** What decides on resuscitation is as long as it may be on any card. */
export const mostWords = ({ key }: CardLine, { text }: Caps): number =>
  key === 'cpr' ? Math.max(text, levels[0]?.text ?? 0) : text;

export function fitLine(line: CardLine, caps: Caps): CardLine {
  const { by, also, history = [], ...rest } = line;
  const kept = keptHistory(history, caps.history);
  const omitted = history.length - kept.length;
  return {
    ...rest,
    key: cappedText(line.key, caps.key),
    verbatim: line.verbatim === null ? null : cappedText(line.verbatim, mostWords(line, caps)),
    holder: line.holder === null ? null : cappedText(line.holder, caps.name),
    ...(by === undefined || caps.by === 0 ? {} : { by: cappedText(by, caps.by) }),
    ...(also === undefined ? {} : { also: names(also, caps) }),
    ...(kept.length === 0 ? {} : { history: kept.map((one) => fitEntry(one, caps)) }),
    ...(omitted === 0 ? {} : { omitted }),
  };
}

/** These texts of an object made safe and at most this long. */
export function capAll<T extends object>(tree: T, names: readonly (keyof T)[], most: number): T {
  const capped = names.flatMap((name): [keyof T, unknown][] => {
    const value: unknown = tree[name];
    return typeof value === 'string' ? [[name, cappedText(value, most)]] : [];
  });
  return { ...tree, ...Object.fromEntries(capped) };
}
