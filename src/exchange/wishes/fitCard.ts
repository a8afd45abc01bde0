// How does a card stay small enough for any phone on any network? Texts are capped and history shortened, and it says so; decisions never go.
import type { Card, CardLine, HistoryEntry } from './cardShape.ts';
import { mainKeys } from './codes.ts';
import { cappedText } from './safeText.ts';

/** Bytes of the card as compact JSON. */
export const cardLimit = 5000;

type Caps = {
  /** Letters of the deciding text, of a name or label, and of a text in the history. */
  text: number;
  name: number;
  past: number;
  /** How many of each list. */
  history: number;
  others: number;
  people: number;
  statements: number;
  holders: number;
  findings: number;
};

const levels: readonly Caps[] = [
  {
    text: 600,
    name: 120,
    past: 300,
    history: 12,
    others: 12,
    people: 6,
    statements: 6,
    holders: 24,
    findings: 16,
  },
  {
    text: 400,
    name: 80,
    past: 160,
    history: 8,
    others: 10,
    people: 5,
    statements: 5,
    holders: 20,
    findings: 12,
  },
  {
    text: 240,
    name: 60,
    past: 100,
    history: 6,
    others: 8,
    people: 4,
    statements: 4,
    holders: 16,
    findings: 8,
  },
  {
    text: 160,
    name: 48,
    past: 60,
    history: 4,
    others: 6,
    people: 4,
    statements: 3,
    holders: 14,
    findings: 6,
  },
  {
    text: 110,
    name: 40,
    past: 40,
    history: 3,
    others: 5,
    people: 3,
    statements: 2,
    holders: 12,
    findings: 4,
  },
  { text: 80, name: 30, past: 24, history: 2, others: 4, people: 3, statements: 1, holders: 10, findings: 3 },
  { text: 40, name: 20, past: 12, history: 1, others: 3, people: 2, statements: 0, holders: 8, findings: 2 },
  { text: 16, name: 10, past: 0, history: 0, others: 2, people: 1, statements: 0, holders: 4, findings: 1 },
];

/** Entries that contradict are the last to go. */
function keptHistory(history: readonly HistoryEntry[], most: number): HistoryEntry[] {
  const wanted = [...history.filter((one) => one.contradicts), ...history.filter((one) => !one.contradicts)];
  const kept = new Set(wanted.slice(0, most));
  return history.filter((one) => kept.has(one));
}

const names = (list: readonly string[], { name, holders }: Caps): string[] =>
  list.slice(0, holders).map((one) => cappedText(one, name));

function fitEntry(entry: HistoryEntry, caps: Caps): HistoryEntry {
  const { verbatim, also, ...rest } = entry;
  return {
    ...rest,
    holder: cappedText(entry.holder, caps.name),
    ...(verbatim === undefined || caps.past === 0 ? {} : { verbatim: cappedText(verbatim, caps.past) }),
    ...(also === undefined ? {} : { also: names(also, caps) }),
  };
}

function fitLine(line: CardLine, caps: Caps): CardLine {
  const { by, also, history = [], ...rest } = line;
  const kept = keptHistory(history, caps.history);
  const omitted = history.length - kept.length;
  return {
    ...rest,
    key: cappedText(line.key, caps.name + 6),
    verbatim: line.verbatim === null ? null : cappedText(line.verbatim, caps.text),
    holder: line.holder === null ? null : cappedText(line.holder, caps.name),
    ...(by === undefined ? {} : { by: cappedText(by, caps.name) }),
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
    ...(kept.length === 0
      ? {}
      : { history: kept.map((one) => ({ ...one, holder: cappedText(one.holder, caps.name) })) }),
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

const phoneLength = 24;

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
