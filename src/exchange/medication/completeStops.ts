// What does a stop leave unsaid, or say otherwise, of what it stops? Its start is a copy of the other's: one that came later says when
// it stops. Without instructions of its own, it carries on those of what it stops.
import type { Block } from './block.ts';
import type { Kept } from './deduplicate.ts';
import { finding } from './findings.ts';
import { dutchDay } from './moments.ts';
import { type Everywhere, type Records, recordsOf } from './relate.ts';
import { present } from './tree.ts';

const mostHops = 100;

/** The agreement behind a stop, through stops of stops. */
function stoppedBy(stop: Block, records: Records): Block | undefined {
  const find = (named: string | undefined): Block | undefined =>
    named === undefined ? undefined : records.find(named)?.block;
  let target = find(stop.prior);
  for (let hop = 0; hop < mostHops && target?.stop; hop++) {
    const next = find(target.prior);
    if (!next) break;
    target = next;
  }
  return target === stop ? undefined : target;
}

/** The stop with the start, and where it has none the instructions, of what it stops; itself when that changes nothing. */
function completed(stop: Block, target: Block): Block {
  const startsLater = stop.period.start > target.period.start;
  const lacksDosing = stop.dosage === undefined && target.dosage !== undefined;
  if (!startsLater && !lacksDosing) return stop;
  const { start, startText } = target.period;
  return present<Block>({
    ...stop,
    period: startsLater ? present({ ...stop.period, start, startText, empty: false }) : stop.period,
    dosage: stop.dosage ?? target.dosage,
    route: stop.route ?? target.route,
  });
}

const dayOf = (moment: number): string => (Number.isFinite(moment) ? dutchDay(moment) : '');

function findingsOf(stop: Block, target: Block, at: number): Kept['findings'] {
  const isOtherDay = dayOf(stop.period.start) !== dayOf(target.period.start);
  const startsLater = stop.period.start > target.period.start && isOtherDay;
  const lacksDosing = stop.dosage === undefined && target.dosage !== undefined && stop.period.end > at;
  return [
    ...(startsLater ? [finding('stop-starts-later', [stop, target])] : []),
    ...(lacksDosing ? [finding('stop-without-dosing', [stop, target])] : []),
  ];
}

const isCompletable = ({ stop, prior }: Block): boolean =>
  stop !== undefined && stop.type !== 'cancelled' && prior !== undefined;

/** The blocks with their stops completed; what was taken from another block is told. */
export function completeStops(kept: Kept, everywhere: Everywhere, at: number): Kept {
  if (!kept.blocks.some(isCompletable)) return kept;
  const kin = Map.groupBy(kept.blocks, ({ kind, treatment }) => `${kind} ${treatment}`);
  const holdersOf = new Map(kept.holdersOf);
  const findings = [...kept.findings];
  const blocks = [...kin.values()].flatMap((group) => {
    const records = group.some(isCompletable) ? recordsOf(group, everywhere) : undefined;
    return group.map((block) => {
      const target = records && isCompletable(block) ? stoppedBy(block, records) : undefined;
      if (!target) return block;
      findings.push(...findingsOf(block, target, at));
      const whole = completed(block, target);
      holdersOf.set(whole, kept.holdersOf.get(block) ?? [block.holder]);
      return whole;
    });
  });
  return { ...kept, blocks, findings, holdersOf };
}
