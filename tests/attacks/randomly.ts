// How is chance repeated? A small generator from a seed (mulberry32), so that a failing body can be made again.
export type Randomly = {
  /** A whole number from 0 to `limit`, without it. */
  below(limit: number): number;
  chance(part: number): boolean;
  of<T>(values: readonly T[]): T;
};

export function randomly(seed: number): Randomly {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    below: (limit) => Math.floor(next() * Math.max(1, limit)),
    chance: (part) => next() < part,
    of: (values) => values[Math.floor(next() * values.length)] as (typeof values)[number],
  };
}
