// How does a card stay small enough for any phone on any network? Texts are capped and history shortened, and it says so; decisions never go.

import { cappedText } from '../safeText.ts';
import type { Card, CardLine, HistoryEntry } from './cardShape.ts';
import { mainKeys } from './codes.ts';

/** Bytes of the card as compact JSON. */
export const cardLimit = 5000;

/** Letters of: the deciding text, a name, a treatment's words, who agreed, a text in the history. Then how many of each list. */
type Caps = Readonly<Record<(typeof capNames)[number], number>>;

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
const levels: readonly Caps[] = [
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

/** Entries that contradict are the last to go. */
function keptHistory(history: readonly HistoryEntry[], most: number): HistoryEntry[] {
  const wanted = [...history.filter((one) => one.contradicts), ...history.filter((one) => !one.contradicts)];
  const kept = new Set(wanted.slice(0, most));
  return history.filter((one) => kept.has(one));
}

const names = (list: readonly string[], { name, holders }: Caps): string[] =>
  list.slice(0, holders).map((one) => cappedText(one, name));

type Past = { holder: string; verbatim?: string };

function fitPast<T extends Past>(entry: T, caps: Caps): Omit<T, 'verbatim'> & { verbatim?: string } {
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

function fitLine(line: CardLine, caps: Caps): CardLine {
  const { by, also, history = [], ...rest } = line;
  const kept = keptHistory(history, caps.history);
  const omitted = history.length - kept.length;
  return {
    ...rest,
    key: cappedText(line.key, caps.key),
    verbatim: line.verbatim === null ? null : cappedText(line.verbatim, caps.text),
    holder: line.holder === null ? null : cappedText(line.holder, caps.name),
    ...(by === undefined || caps.by === 0 ? {} : { by: cappedText(by, caps.by) }),
    ...(also === undefined ? {} : { also: names(also, caps) }),
    ...(kept.length === 0 ? {} : { history: kept.map((one) => fitEntry(one, caps)) }),
    ...(omitted === 0 ? {} : { omitted }),
  };
}

function fitGoal(goal: Card['goal'], caps: Caps): Card['goal'] {
  if (goal === null) return null;
  const { history = [], ...rest } = goal;
  const kept = history.slice(0, caps.history);
  const omitted = history.length - kept.length;
  return {
    ...rest,
    verbatim: cappedText(goal.verbatim, caps.text),
    holder: cappedText(goal.holder, caps.name),
    ...(kept.length === 0 ? {} : { history: kept.map((one) => fitPast(one, caps)) }),
    ...(omitted === 0 ? {} : { omitted }),
  };
}

/** These texts of an object made safe and at most this long. */
function capAll<T extends object>(tree: T, names: readonly (keyof T)[], most: number): T {
  const capped = names.flatMap((name): [keyof T, unknown][] => {
    const value: unknown = tree[name];
    return typeof value === 'string' ? [[name, cappedText(value, most)]] : [];
  });
  return { ...tree, ...Object.fromEntries(capped) };
}

/** Holders that did not answer are the last to go. */
function keptHolders(card: Card, caps: Caps): Card['holders'] {
  const silent = card.holders.filter(({ state }) => state !== 'answered');
  const kept = new Set([...silent, ...card.holders].slice(0, caps.holders));
  return card.holders.filter((one) => kept.has(one)).map((one) => capAll(one, ['name', 'ura'], caps.name));
}

/** With an extension and words beside it; a number is of no use when cut. */
const phoneLength = 60;

function fitContact(contact: Card['representatives'][number], caps: Caps): typeof contact {
  const named = capAll(contact, ['name', 'relation', 'email', 'holder'], caps.name);
  return capAll(named, ['phone'], phoneLength);
}

function atLevel(card: Card, caps: Caps): Card {
  const isMain = (line: CardLine): boolean => mainKeys.some((key) => key === line.key);
  const others = card.lines.filter((line) => !isMain(line));
  const lines = [...card.lines.filter(isMain), ...others.slice(0, caps.others)];
  const fitted: Card = {
    ...card,
    patient: card.patient && capAll(card.patient, ['name', 'birthDate', 'bsn'], caps.name + 6),
    lines: lines.map((line) => fitLine(line, caps)),
    goal: fitGoal(card.goal, caps),
    representatives: card.representatives.slice(0, caps.people).map((one) => fitContact(one, caps)),
    capacity: card.capacity && capAll(card.capacity, ['comment', 'holder'], caps.text),
    statements: card.statements
      .slice(0, caps.statements)
      .map((one) => capAll(one, ['type', 'verbatim', 'holder'], caps.text)),
    holders: keptHolders(card, caps),
    findings: card.findings.slice(0, caps.findings).map((one) => capAll(one, ['holder', 'place'], caps.name)),
  };
  const lists = ['lines', 'representatives', 'statements', 'holders', 'findings'] as const;
  const omitted = lists.reduce((sum, name) => sum + card[name].length - fitted[name].length, 0);
  return omitted === 0 ? fitted : { ...fitted, omitted };
}

export const sizeOf = (card: Card): number => Buffer.byteLength(JSON.stringify(card));

/** The card with safe texts in at most 5,000 bytes: the fullest of the levels that fits. Nothing goes without a count. */
export function fitCard(card: Card): Card {
  for (const caps of levels) {
    const fitted = atLevel(card, caps);
    if (sizeOf(fitted) <= cardLimit) return fitted;
  }
  const last = levels.at(-1);
  const bare = last === undefined ? card : atLevel(card, last);
  return { ...bare, lines: bare.lines.slice(0, mainKeys.length), goal: null, representatives: [] };
}
