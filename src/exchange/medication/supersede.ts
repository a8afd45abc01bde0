// Which agreements of one kind in one treatment are overtaken by others?
import { type Block, compareIdentity, registeredAt } from './block.ts';
import { type Finding, finding } from './findings.ts';
import { dutchDay } from './moments.ts';
import { inCircles, type Records, resolve } from './relate.ts';
import type { RuleId } from './rules.ts';
import { stopTargets, type Targets, undoes } from './stopTargets.ts';

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
  context.findings.push(...stopsOfReplaced(targets, result));
  const outdone = outdoneStops(targets, result.stoppedBy);
  for (const block of blocks) {
    const later = outdone.get(block);
    if (later && !result.stoppedBy.has(block)) result.dropped.set(block, { rule: 'rival', by: [later] });
    else drop(block, result, byStart);
  }
  return result;
}

/** Stops of what had been changed already: whether the change is meant too, they do not say. The change goes on. */
function stopsOfReplaced(targets: Targets, { stoppedBy, replacedBy }: Superseded): Finding[] {
  return [...targets].flatMap(([stop, met]) =>
    met.flatMap((one) => {
      const change = replacedBy.get(one);
      const isLater = change && registeredAt(stop) > registeredAt(change) && endsAfterStart(stop, change);
      const bears = stoppedBy.get(one) === stop && stop.stop?.type !== 'cancelled';
      return change && isLater && bears && !stoppedBy.has(change)
        ? [finding('stop-of-replaced', [stop, change])]
        : [];
    }),
  );
}

/** By the day: the technical stop of a change ends when the change begins. */
const endsAfterStart = (stop: Block, { period }: Block): boolean =>
  Number.isFinite(stop.period.end) &&
  (!Number.isFinite(period.start) || dutchDay(stop.period.end - 1) > dutchDay(period.start));

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

/** A change that is still to come leaves in force what holds until then, paused what is interrupted today, and ended what is over. */
function replace(
  block: Block,
  prior: Block,
  { result, context }: { result: Superseded; context: Context },
): void {
  const isPaused = prior.stop?.type === 'interrupted' && prior.period.start <= context.at;
  const holdsUntil = prior.period.end > context.at && prior.period.start < block.period.start;
  const isOver = prior.period.end <= context.at;
  const comes = block.period.start > context.at && (isPaused || ((isOver || holdsUntil) && !undoes(prior)));
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
