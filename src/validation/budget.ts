// How much may one check cost? Processor time of this thread, so that a busy machine does not cut checks short.

/** Thrown when a check costs more than it may; caught where the check began. */
export class OverBudget extends Error {}

/** Counts the work of one check. `spend` is called for every element and throws `OverBudget`. */
export type Budget = { spend(): void };

/** The clock costs more than the check of an element: it is asked once in so many, and never for small content. */
const elementsPerLook = 64;

/** Milliseconds of processor time of this thread so far. */
export const threadTime = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

let last = { at: Number.NaN, spent: 0 };

/** Processor time of at most a millisecond ago, which is near enough to begin with: the wall clock costs far less. */
function recentThreadTime(): number {
  const at = Date.now();
  if (at !== last.at) last = { at, spent: threadTime() };
  return last.spent;
}

/** A budget that begins now. */
export function startBudget(milliseconds: number, spent?: () => number): Budget {
  const until = (spent ?? recentThreadTime)() + milliseconds;
  const look = spent ?? threadTime;
  let elements = 0;
  return {
    spend() {
      if (++elements % elementsPerLook === 0 && look() > until) throw new OverBudget();
    },
  };
}
