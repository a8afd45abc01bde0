// What does each stop stop? The block it names; without a usable reference only what has the same start date and was registered
// no later.
import { type Block, compareIdentity, registeredAt } from './block.ts';
import { type Finding, finding } from './findings.ts';
import { dutchDay } from './moments.ts';

export type Targets = Map<Block, readonly Block[]>;

/** What each stop stops: the block it names, else those that the fallback finds. */
export function stopTargets(
  blocks: readonly Block[],
  priors: ReadonlyMap<Block, Block>,
  findings: Finding[],
): { targets: Targets; byStart: Set<Block> } {
  const targets: Targets = new Map();
  const unresolved: Block[] = [];
  for (const block of blocks) {
    const prior = priors.get(block);
    if (!block.stop) continue;
    if (prior) targets.set(block, [prior]);
    else unresolved.push(block);
  }
  if (unresolved.length === 0) return { targets, byStart: new Set() };
  const agreements = blocks.filter((block) => !block.stop);
  const found = sameStart(unresolved, agreements);
  for (const stop of unresolved) {
    const met = found.get(stop) ?? [];
    targets.set(stop, met);
    if (met.length > 0) findings.push(finding('stop-by-start', [stop, ...met]));
    else if (agreements.length > 0) findings.push(finding('stop-unresolved', [stop]));
  }
  return { targets, byStart: new Set(unresolved) };
}

const startDay = ({ period }: Block): string => (Number.isFinite(period.start) ? dutchDay(period.start) : '');

const byRegistration = (a: Block, b: Block): number =>
  registeredAt(a) - registeredAt(b) || compareIdentity(a, b);

function byDay(blocks: readonly Block[]): Map<string, Block[]> {
  const days = new Map<string, Block[]>();
  for (const block of [...blocks].sort(byRegistration)) {
    const day = startDay(block);
    const known = days.get(day);
    if (known) known.push(block);
    else days.set(day, [block]);
  }
  return days;
}

/** Gives each stop the agreements with its start date that were registered no later. */
function sameStart(stops: readonly Block[], agreements: readonly Block[]): Map<Block, readonly Block[]> {
  const found = new Map<Block, readonly Block[]>();
  const agreementsByDay = byDay(agreements);
  for (const [day, sameDay] of byDay(stops)) {
    const candidates = day === '' ? [] : (agreementsByDay.get(day) ?? []);
    for (const [stop, met] of deal(sameDay, candidates)) found.set(stop, met);
  }
  return found;
}

/**
 * Deals agreements out to stops of the same day. One registered in the same minute is met only when nothing older fits: it
 * may be the change that the stop makes room for. A further stop that meets none stops what the stop before it did.
 */
function deal(stops: readonly Block[], candidates: readonly Block[]): Map<Block, readonly Block[]> {
  const dealt = new Map<Block, readonly Block[]>();
  let next = 0;
  let before: readonly Block[] = [];
  for (const stop of stops) {
    const from = next;
    while (meets(stop, candidates[next], next === 0)) next++;
    const met = candidates.slice(from, next);
    if (stop.stop?.type === 'cancelled') dealt.set(stop, met);
    else {
      dealt.set(stop, met.length > 0 ? met : before);
      if (met.length > 0 || before.length > 0) before = [stop];
    }
  }
  return dealt;
}

function meets(stop: Block, candidate: Block | undefined, isOldest: boolean): boolean {
  if (!candidate) return false;
  const order = registeredAt(candidate) - registeredAt(stop);
  return order < 0 || (order === 0 && isOldest);
}

/** A stop that begins later yet has no stretch of its own: it undoes what had not begun. */
export const undoes = ({ stop, period }: Block): boolean =>
  stop !== undefined && (period.empty || period.end <= period.start);
