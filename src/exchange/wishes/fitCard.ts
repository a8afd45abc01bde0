// How does a card stay small enough for any phone on any network? Texts are capped and history shortened, and it says so; decisions never go.
import { cappedText } from '../pages/safeText.ts';
import type { Card, CardLine } from './cardShape.ts';
import { mainKeys } from './codes.ts';
import { type Caps, capAll, fitLine, fitPast, levels } from './fitLine.ts';
import { isSilent, namesByState, silentIn } from './silent.ts';

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

/** A name that is shorter names nobody. */
const leastName = 32;

type Holders = Required<Pick<Card, 'holders'>> & Pick<Card, 'unanswered'>;

/** Holders that did not answer, and whose records were somebody else's, are the last to go; those that did not keep their name. */
function keptHolders(card: Card, caps: Caps, most = card.holders.length): Holders {
  const silent = card.holders.filter(isSilent);
  const strange = card.holders.filter(({ left_out }) => left_out !== undefined);
  const kept = new Set([...strange, ...silent, ...card.holders].slice(0, caps.holders));
  const nameLength = (one: Pick<Card['holders'][number], 'state'>): number =>
    isSilent(one) ? Math.max(caps.name, leastName) : caps.name;
  const alone = silent
    .filter((one) => !kept.has(one))
    .slice(0, most)
    .map(({ name, state }) => ({ name: cappedText(name, nameLength({ state })), state }));
  return {
    holders: card.holders
      .filter((one) => kept.has(one))
      .map((one) => capAll(one, ['name', 'ura'], nameLength(one))),
    ...(alone.length === 0 ? {} : { unanswered: namesByState(alone) }),
  };
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
    ...keptHolders(card, caps),
    findings: card.findings.slice(0, caps.findings).map((one) => capAll(one, ['holder', 'place'], caps.name)),
  };
}

const lists = ['lines', 'representatives', 'statements', 'holders', 'findings'] as const;

/** Nothing goes without a count. */
function counted(fitted: Card, card: Card): Card {
  const goal = card.goal !== null && fitted.goal === null ? 1 : 0;
  const named = silentIn({ ...fitted, holders: [] }).length;
  const omitted = lists.reduce((sum, name) => sum + card[name].length - fitted[name].length, goal - named);
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
  const silent = fuller.map(({ holders }) => ({ unanswered: _, ...fitted }: Card) => ({
    ...fitted,
    ...keptHolders(card, { ...caps, holders }),
  }));
  const histories = lines.map((line, at) => fuller.map((each) => withHistory(line, at, each)));
  return [...against, ...words, silent, ...histories];
}

const fits = (fitted: Card, card: Card): boolean => sizeOf(counted(fitted, card)) <= cardLimit;

/** The seven lines, and as many names of who did not answer as there is room for. */
function barest(card: Card, { unanswered: _, ...bare }: Card): Card {
  const caps = levels.at(-1);
  const least = { ...bare, lines: bare.lines.slice(0, mainKeys.length), goal: null, representatives: [] };
  if (caps === undefined) return counted(least, card);
  let [enough, tooMany] = [0, card.holders.length + 1];
  while (tooMany - enough > 1) {
    const most = Math.floor((enough + tooMany) / 2);
    if (fits({ ...least, ...keptHolders(card, caps, most) }, card)) enough = most;
    else tooMany = most;
  }
  return counted({ ...least, ...keptHolders(card, caps, enough) }, card);
}

/** The card with safe texts in at most 5,000 bytes: the fullest of the levels that fits, then as much more as there is room. */
export function fitCard(card: Card): Card {
  const level = levels.findIndex((caps) => fits(atLevel(card, caps), card));
  const caps = levels.at(level) ?? levels[0];
  if (caps === undefined) return card;
  const bare = atLevel(card, caps);
  if (level < 0) return barest(card, bare);
  let fitted = bare;
  for (const tries of wishesOf(card, level)) {
    const better = tries.map((one) => one(fitted)).find((one) => fits(one, card));
    if (better !== undefined) fitted = better;
  }
  return counted(fitted, card);
}
