// Which agreements of one kind in one treatment are overtaken by others? Relations first, then a narrow fallback for stops
// without a usable reference: they meet only what has the same start date and was registered no later.
import { type Block, compareIdentity, registeredAt } from './block.ts';
import { type Finding, finding } from './findings.ts';
import { dutchDay } from './moments.ts';
import { holdsAt } from './period.ts';
import { inCircles, type Records, resolve } from './relate.ts';
import type { RuleId } from './rules.ts';

export type Dropped = { rule: RuleId; by: readonly Block[] };
export type Superseded = {
  survivors: Block[];
  dropped: Map<Block, Dropped>;
  /** What stopped or cancelled a block, and what replaced it. */
  stoppedBy: Map<Block, Block>;
  replacedBy: Map<Block, Block>;
};
export type Context = { at: number; records: Records; findings: Finding[] };

/** Sorts agreements of one kind into those that still count and those that others stopped, cancelled or replaced. */
export function supersede(blocks: readonly Block[], context: Context): Superseded {
  const priors = priorsOf(blocks, context);
  const { targets, byStart } = stopTargets(blocks, priors, context.findings);
  const cancelled = [...targets].filter(([stop]) => stop.stop?.type === 'cancelled');
  const voided = new Set(cancelled.flatMap(([, met]) => met));
  const result: Superseded = {
    survivors: [],
    dropped: new Map(),
    stoppedBy: new Map(),
    replacedBy: new Map(),
  };
  for (const [stop, met] of targets)
    for (const one of voided.has(stop) ? [] : met) prefer(result.stoppedBy, one, stop);
  for (const [block, prior] of priors)
    if (!block.stop && !voided.has(block)) replace(block, prior, { result, context });
  const outdone = outdoneStops(targets, result.stoppedBy);
  for (const block of blocks) {
    const later = outdone.get(block);
    if (later && !result.stoppedBy.has(block)) result.dropped.set(block, { rule: 'rival', by: [later] });
    else drop(block, result, byStart);
  }
  return result;
}

/** Of several stops of one block the one registered last counts; a cancellation only when it came before what it cancels. */
function outdoneStops(targets: Targets, stoppedBy: ReadonlyMap<Block, Block>): Map<Block, Block> {
  const found = new Map<Block, Block>();
  for (const [stop, met] of targets) {
    const winners = met.map((one) => stoppedBy.get(one)).filter((one) => one !== undefined);
    const [later] = winners;
    if (!later || stop.stop?.type === 'cancelled' || winners.includes(stop)) continue;
    if (later.stop?.type !== 'cancelled' || registeredAt(later) <= later.period.start) found.set(stop, later);
  }
  return found;
}

/** A change that is still to come leaves in force what runs today, and paused what is interrupted today. */
function replace(
  block: Block,
  prior: Block,
  { result, context }: { result: Superseded; context: Context },
): void {
  const isPaused = prior.stop?.type === 'interrupted' && prior.period.start <= context.at;
  const comes = block.period.start > context.at && (isPaused || holdsAt(prior.period, context.at));
  if (!comes) prefer(result.replacedBy, prior, block);
  else if (!result.stoppedBy.has(prior) && prior.period.end > block.period.start)
    context.findings.push(finding('change-without-stop', [block, prior]));
}

/** The later registered of two that overtake the same block; the record settles a tie, so that input order does not. */
function prefer(map: Map<Block, Block>, overtaken: Block, by: Block): void {
  const known = map.get(overtaken);
  const order = known ? registeredAt(by) - registeredAt(known) : 1;
  if (order > 0 || (order === 0 && known && by.record > known.record)) map.set(overtaken, by);
}

function drop(block: Block, result: Superseded, byStart: ReadonlySet<Block>): void {
  const stop = result.stoppedBy.get(block);
  const change = result.replacedBy.get(block);
  if (!stop && !change) {
    result.survivors.push(block);
    return;
  }
  const by = [stop, change].filter((one) => one !== undefined);
  const stopRule = stop && byStart.has(stop) ? 'stopped-by-start' : 'stopped-by';
  const rule = stop?.stop?.type === 'cancelled' ? 'cancelled-by' : change ? 'replaced' : stopRule;
  result.dropped.set(block, { rule, by });
}

/** The block that each block names as the one before it. Of a circle only its stops are believed: a stop may not be lost. */
function priorsOf(blocks: readonly Block[], context: Context): Map<Block, Block> {
  const priors = new Map<Block, Block>();
  for (const block of blocks) {
    const prior = resolve(block, block.prior, context);
    if (prior) priors.set(block, prior);
  }
  for (const circle of inCircles(priors)) {
    const ordered = [...circle].sort((a, b) => compareIdentity(a, b));
    context.findings.push(finding('relation-cycle', ordered));
    const changes = circle.filter((block) => !block.stop);
    for (const block of changes.length > 0 ? changes : circle) priors.delete(block);
  }
  return priors;
}

type Targets = Map<Block, readonly Block[]>;

/** What each stop stops: the block it names, else those that the fallback finds. */
function stopTargets(
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
