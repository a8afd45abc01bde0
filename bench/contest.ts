// Who answers most in the same run? Round by round, each in turn, held against each floor.
import { type Child, cpuOf, load } from './children.ts';
import type { LoadOrder, LoadResult } from './load.ts';

export type Contestant = { name: string; child: Child; order: Omit<LoadOrder, 'count' | 'from'> };
type Shot = LoadResult & { cpuMs: number };
type Field = {
  floors: readonly Contestant[];
  others: readonly Contestant[];
  goal: number;
  /** Requests to each before the first round, until the engine has compiled what is used. */
  warmUp: number;
};
type Rules = { count: number; rounds: number; say: (line: string) => void };

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** How a contestant stands beside a floor: by what the machine did in a second, and by the processor time of the process alone. */
function standing(own: readonly Shot[], floor: readonly Shot[], goal: number): string {
  const rate = median(own.map((shot, at) => shot.perSecond / (floor[at]?.perSecond ?? 1)));
  const cpu = median(own.map((shot, at) => (floor[at]?.cpuMs ?? 1) / shot.cpuMs));
  const reached = rate >= goal ? 'yes' : 'NO';
  return `${rate.toFixed(2)} of the rate (goal ${goal}: ${reached}), ${cpu.toFixed(2)} by CPU time of the process alone`;
}

export function createContest({ count, rounds, say }: Rules) {
  let from = 0;
  let refused = 0;

  async function shoot({ name, child, order }: Contestant, many: number, quiet = false): Promise<Shot> {
    const before = cpuOf(child);
    const result = await load({ ...order, count: many, from });
    from += many;
    const shot = { ...result, cpuMs: (cpuOf(child) - before) / many };
    refused += result.refused;
    if (!quiet || result.refused > 0) {
      say(
        `  ${name.padEnd(34)} ${String(shot.perSecond).padStart(5)}/s   p50 ${shot.p50.toFixed(1).padStart(6)} ms   p99 ${shot.p99.toFixed(1).padStart(6)} ms   ${shot.cpuMs.toFixed(2)} ms CPU each` +
          (shot.refused > 0 ? `   ${shot.refused} NOT ANSWERED (${shot.status})` : ''),
      );
    }
    return shot;
  }

  /** How the others do beside each floor, round by round. */
  async function compare({ floors, others, goal, warmUp }: Field): Promise<void> {
    const all = [...floors, ...others];
    for (const one of all) await shoot(one, warmUp, true);
    const shots = new Map<Contestant, Shot[]>(all.map((one) => [one, []]));
    for (let round = 1; round <= rounds; round++) {
      for (const one of all) shots.get(one)?.push(await shoot(one, count));
    }
    for (const one of others) {
      say(`  ${one.name}, medians of ${rounds}, beside`);
      for (const floor of floors)
        say(`    ${floor.name}: ${standing(shots.get(one) ?? [], shots.get(floor) ?? [], goal)}`);
    }
  }

  /** `refused`: requests that were not answered as expected, so far. */
  return { shoot, compare, refused: () => refused };
}
