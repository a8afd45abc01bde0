// How does a card stay small enough for any phone on any network? Texts are capped and history shortened, and it says so; decisions never go.
import { cappedText } from '../pages/safeText.ts';
import type { Card, CardLine } from './cardShape.ts';
import { mainKeys } from './codes.ts';
import { type Caps, capAll, fitLine, fitPast, levels } from './fitLine.ts';

/** Bytes of the card as compact JSON. */
export const cardLimit = 5000;

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

const isMain = ({ key }: CardLine): boolean => mainKeys.some((main) => main === key);

function keptLines({ lines }: Card, { others }: Caps): CardLine[] {
  const further = lines.filter((line) => !isMain(line));
  return [...lines.filter(isMain), ...further.slice(0, others)];
}

function atLevel(card: Card, caps: Caps): Card {
  return {
    ...card,
    patient: card.patient && capAll(card.patient, ['name', 'birthDate', 'bsn'], caps.name + 6),
    lines: keptLines(card, caps).map((line) => fitLine(line, caps)),
    goal: fitGoal(card.goal, caps),
    representatives: card.representatives.slice(0, caps.people).map((one) => fitContact(one, caps)),
    capacity: card.capacity && capAll(card.capacity, ['comment', 'holder'], caps.text),
    statements: card.statements
      .slice(0, caps.statements)
      .map((one) => capAll(one, ['type', 'verbatim', 'holder'], caps.text)),
    holders: keptHolders(card, caps),
    findings: card.findings.slice(0, caps.findings).map((one) => capAll(one, ['holder', 'place'], caps.name)),
  };
}

const lists = ['lines', 'representatives', 'statements', 'holders', 'findings'] as const;

/** Nothing goes without a count. */
function counted(fitted: Card, card: Card): Card {
  const goal = card.goal !== null && fitted.goal === null ? 1 : 0;
  const omitted = lists.reduce((sum, name) => sum + card[name].length - fitted[name].length, goal);
  return omitted === 0 ? fitted : { ...fitted, omitted };
}

export const sizeOf = (card: Card): number => Buffer.byteLength(JSON.stringify(card));

const lineAt = (card: Card, at: number, line: CardLine): Card => ({
  ...card,
  lines: card.lines.with(at, line),
});

/**
 * What may come back where there is room, the likeliest to be needed first: one that contradicts each line, the deciding words
 * of each, who did not answer, the history of each. Of each the fullest is tried first.
 */
function wishesOf(card: Card, level: number): ((fitted: Card) => Card)[][] {
  const fuller = levels.slice(0, level);
  const caps = levels[level];
  if (caps === undefined) return [];
  const lines = keptLines(card, caps);
  const withHistory = (line: CardLine, at: number, each: Caps) => (fitted: Card) => {
    const { verbatim = null } = fitted.lines[at] ?? line;
    return lineAt(fitted, at, { ...fitLine(line, each), verbatim });
  };
  const against = lines.map((line, at) =>
    caps.history === 0 && line.conflict !== 'none' ? [withHistory(line, at, { ...caps, history: 1 })] : [],
  );
  const lengths = [...new Set(fuller.map(({ text }) => text))].filter((text) => text > caps.text);
  const words = lines.map((line, at) =>
    lengths.map((text) => (fitted: Card) => {
      const verbatim = line.verbatim === null ? null : cappedText(line.verbatim, text);
      return lineAt(fitted, at, { ...(fitted.lines[at] ?? line), verbatim });
    }),
  );
  const silent = fuller.map(({ holders }) => (fitted: Card) => ({
    ...fitted,
    holders: keptHolders(card, { ...caps, holders }),
  }));
  const histories = lines.map((line, at) => fuller.map((each) => withHistory(line, at, each)));
  return [...against, ...words, silent, ...histories];
}

/** The card with safe texts in at most 5,000 bytes: the fullest of the levels that fits, then as much more as there is room. */
export function fitCard(card: Card): Card {
  const fits = (fitted: Card): boolean => sizeOf(counted(fitted, card)) <= cardLimit;
  const level = levels.findIndex((caps) => fits(atLevel(card, caps)));
  const caps = levels.at(level) ?? levels[0];
  if (caps === undefined) return card;
  const bare = atLevel(card, caps);
  if (level < 0)
    return counted(
      { ...bare, lines: bare.lines.slice(0, mainKeys.length), goal: null, representatives: [] },
      card,
    );
  let fitted = bare;
  for (const tries of wishesOf(card, level)) {
    const better = tries.map((one) => one(fitted)).find(fits);
    if (better !== undefined) fitted = better;
  }
  return counted(fitted, card);
}
