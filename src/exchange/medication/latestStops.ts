// Which stops go with building blocks that are given without the rest? The latest of each treatment, and each that names one of them.
import { type Block, namesOf, registeredAt } from './block.ts';

const kinOf = ({ kind, treatment }: Block): string => `${kind} ${treatment}`;
const keyOf = (block: Block, record: string): string => `${kinOf(block)} ${record}`;
const isCancellation = ({ stop }: Block): boolean => stop?.type === 'cancelled';

const keysOf = (block: Block): string[] => namesOf(block).map((name) => keyOf(block, name));

/** Stops by the block that each names; what was entered in error stops nothing. */
function stopsByTarget(blocks: readonly Block[]): Map<string, Block[]> {
  const stops = blocks.filter(({ stop, enteredInError }) => stop && !enteredInError);
  return Map.groupBy(stops, (stop) => (stop.prior === undefined ? '' : keyOf(stop, stop.prior)));
}

/**
 * The stop registered last of each treatment and kind, and beside it the last cancellation: that one takes back what was
 * still to come, and stops nothing. A stop that was itself cancelled is none.
 * http://nictiz.nl/fhir/OperationDefinition/mp-latest-stops
 */
export function latestStops(blocks: readonly Block[], treatments?: ReadonlySet<string>): Block[] {
  const byTarget = stopsByTarget(blocks);
  const isTakenBack = (stop: Block): boolean =>
    keysOf(stop).some((key) => byTarget.get(key)?.some((by) => by !== stop && isCancellation(by)));
  const latest = new Map<string, Block>();
  for (const stop of [...byTarget.values()].flat()) {
    if ((treatments && !treatments.has(stop.treatment)) || isTakenBack(stop)) continue;
    const key = `${isCancellation(stop)} ${kinOf(stop)}`;
    const known = latest.get(key);
    if (!known || registeredAt(stop) > registeredAt(known)) latest.set(key, stop);
  }
  const chosen = new Set(latest.values());
  return blocks.filter((block) => chosen.has(block));
}

/**
 * The stops of these blocks, the stops and cancellations of those stops too, and stops of the same treatment whose
 * reference leads nowhere: one of these may stop what was found.
 */
export function stopsOf(found: readonly Block[], all: readonly Block[]): Block[] {
  const byTarget = stopsByTarget(all);
  const records = new Set(all.flatMap(keysOf));
  const kin = new Set(found.map(kinOf));
  const unresolved = [...byTarget]
    .filter(([target]) => !records.has(target))
    .flatMap(([, stops]) => stops.filter((stop) => kin.has(kinOf(stop))));
  const stops = new Set<Block>(unresolved);
  const waiting = [...found, ...unresolved];
  for (let block = waiting.pop(); block; block = waiting.pop())
    for (const stop of keysOf(block).flatMap((key) => byTarget.get(key) ?? [])) {
      if (stops.has(stop)) continue;
      stops.add(stop);
      waiting.push(stop);
    }
  return [...stops];
}
