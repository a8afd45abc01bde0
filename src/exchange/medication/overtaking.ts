// What overtakes an administration agreement or a schedule that names no agreement?
import { type Block, registeredAt } from './block.ts';
import { blocksOf, type Desk } from './draft.ts';
import { dutchDay } from './moments.ts';

/** The agreement or stop registered last that bears on what holds now: a future agreement leaves today's alone. */
export function latestEvent(desk: Desk): Block | undefined {
  let latest: Block | undefined;
  for (const block of blocksOf(desk, 'MA')) {
    const bears = block.stop ? block.stop.type !== 'cancelled' : block.period.start <= desk.at;
    if (bears && (!latest || registeredAt(block) > registeredAt(latest))) latest = block;
  }
  return latest;
}

/**
 * What was registered after the block: the latest event; or a cancellation of its day, before that day and after it. What
 * begins later is left alone by what is agreed for now.
 */
export function overtakerOf(desk: Desk, block: Block, latest: Block | undefined): Block | undefined {
  const isAfter = (one: Block | undefined): one is Block =>
    one !== undefined && registeredAt(one) > registeredAt(block);
  if (block.period.start <= desk.at && isAfter(latest)) return latest;
  return blocksOf(desk, 'MA').find(
    (one) => one.stop?.type === 'cancelled' && isAfter(one) && takesAlong(desk, one, block),
  );
}

const isSameDay = (a: Block, b: Block): boolean =>
  Number.isFinite(a.period.start) && dutchDay(a.period.start) === dutchDay(b.period.start);

/** What has begun on the day of a cancellation may belong to another agreement of that day. */
const takesAlong = (desk: Desk, cancellation: Block, block: Block): boolean =>
  isSameDay(cancellation, block) &&
  (block.period.start > desk.at || !desk.drafts.some(({ lead }) => isSameDay(lead, block)));
