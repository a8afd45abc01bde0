// Which dice? One seed gives every actor a sequence of its own, so that a run can be asked for again.

export type Random = {
  /** From 0 to 1, as Math.random. */
  next(): number;
  between(least: number, most: number): number;
  chance(part: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** A sequence of its own, the same for the same seed and name. */
  fork(name: string): Random;
};

/** mulberry32: small, and the same everywhere. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    between: (least, most) => least + next() * (most - least),
    chance: (part) => next() < part,
    pick: (list) => {
      const found = list[Math.floor(next() * list.length)];
      if (found === undefined) throw new Error('nothing to pick from');
      return found;
    },
    fork: (name) =>
      seeded([...name].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), seed)),
  };
}
