// Of agreements that nothing overtook: which one holds now, which later, which held last?
import { type Block, compareIdentity, registeredAt } from './block.ts';
import { type Finding, finding } from './findings.ts';
import { holdsAt } from './period.ts';
import type { RuleId } from './rules.ts';
import { undoes } from './stopTargets.ts';
import type { Dropped } from './supersede.ts';

export type Verdict = {
  current?: Block;
  /** What holds as well and was registered at the same moment: which of them is meant cannot be said. */
  tied: Block[];
  future: Block[];
  past?: Block;
  dropped: Map<Block, Dropped>;
};

/** Latest registered first; then the later start, then the record, so that the order of input never matters. */
export const latestFirst = (a: Block, b: Block): number =>
  registeredAt(b) - registeredAt(a) ||
  compareNumbers(b.period.start, a.period.start) ||
  compareIdentity(b, a);

/** Latest end first; of equal ends the stop, then the latest registered. */
const latestEndFirst = (a: Block, b: Block): number =>
  compareNumbers(b.period.end, a.period.end) ||
  Number(Boolean(b.stop)) - Number(Boolean(a.stop)) ||
  latestFirst(a, b);

/** Also for infinities, whose difference is no number. */
const compareNumbers = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

type Sorted = { running: Block[]; endingStops: Block[]; future: Block[]; past: Block[] };

/**
 * Decides for one moment. A running agreement hides stops; without one, a stop whose end is still ahead carries today's
 * dosing. What has ended counts only when nothing runs.
 */
export function judge(blocks: readonly Block[], at: number, findings: Finding[]): Verdict {
  const dropped: Verdict['dropped'] = new Map();
  const sorted = sort(blocks, at, dropped);
  const put = (rest: readonly Block[], rule: RuleId, by: Block): void => {
    for (const block of rest) dropped.set(block, { rule, by: [by] });
  };
  const [running, ...rivals] = sorted.running.sort(latestFirst);
  const { tied = [], outdone = [] } = Object.groupBy(rivals, (one) =>
    isTied(one, running) ? 'tied' : 'outdone',
  );
  const [ending, ...otherStops] = sorted.endingStops.sort(latestFirst);
  const future = sorted.future.sort(latestFirst);
  if (running) {
    if (rivals.length > 0) findings.push(finding('several-in-force', [running, ...rivals]));
    put(outdone, 'rival', running);
    put(sorted.endingStops, 'hidden-by-agreement', running);
  } else if (ending) put(otherStops, 'rival', ending);
  const current = running ?? ending;
  if (current) {
    for (const block of sorted.past) put([block], block.stop ? 'hidden-by-agreement' : 'earlier', current);
    const newer = sorted.past.filter((block) => isNewer(block, current)).sort(latestFirst);
    if (newer.length > 0) findings.push(finding('earlier-again', [current, ...newer]));
    return { current, tied, future, dropped };
  }
  const [past, ...earlier] = sorted.past.sort(latestEndFirst);
  if (!past) return { tied, future, dropped };
  put(earlier, 'earlier', past);
  return { tied, future, past, dropped };
}

const isTied = (a: Block, b: Block | undefined): boolean =>
  b !== undefined && registeredAt(a) === registeredAt(b);

/** Agreed after another and for no earlier a time: once it has ended, it is not certain that the other holds again. */
const isNewer = (block: Block, than: Block): boolean =>
  registeredAt(block) > registeredAt(than) && block.period.start >= than.period.start;

function placeOf(block: Block, at: number): keyof Sorted | RuleId {
  const { period, stop } = block;
  if (stop?.type === 'cancelled') return 'cancellation';
  if (period.start > at) return undoes(block) ? 'stop-of-later' : 'future';
  if (!holdsAt(period, at) || undoes(block)) return 'past';
  return stop ? 'endingStops' : 'running';
}

function sort(blocks: readonly Block[], at: number, dropped: Verdict['dropped']): Sorted {
  const sorted: Sorted = { running: [], endingStops: [], future: [], past: [] };
  for (const block of blocks) {
    const place = placeOf(block, at);
    if (place in sorted) sorted[place as keyof Sorted].push(block);
    else dropped.set(block, { rule: place as RuleId, by: [] });
  }
  return sorted;
}
