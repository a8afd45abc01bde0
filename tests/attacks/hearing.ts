// What did holders and Mitz hear of a question, and whose records are in the answer?
import { must } from './attack.ts';
import { holderNames, uraOf } from './region.ts';
import { type HolderName, holderSketches } from './regionCast.ts';
import type { Seen, Stage } from './stage.ts';
import type { Passed } from './twister.ts';

/** What each holder and Mitz were asked while `work` ran. */
export type Heard = { holders: Record<HolderName, Passed[]>; closed: Passed[]; all: Passed[] };

export async function hearing<Result>(
  stage: Stage,
  work: () => Promise<Result>,
): Promise<{ result: Result; heard: Heard }> {
  const { holders, mitzWire } = stage.region;
  const marks = new Map(holderNames.map((name) => [name, holders[name].wire.log.length]));
  const mark = mitzWire.log.length;
  const result = await work();
  // subscriptions are made by themselves, some time after a patient was entered
  const all = mitzWire.log.slice(mark).filter(({ path }) => !path.includes('/abonnementen/'));
  const heard = Object.fromEntries(
    holderNames.map((name) => [name, holders[name].wire.log.slice(marks.get(name))]),
  ) as Heard['holders'];
  return {
    result,
    heard: { holders: heard, all, closed: all.filter((one) => one.path.includes('gesloten')) },
  };
}

export const silent = (heard: Heard): void => {
  const asked = holderNames.filter((name) => heard.holders[name].length > 0);
  must(asked.length === 0, `holders were asked: ${asked.join(', ')}`);
};

const wordPattern = /Vermelding([DEFG])([a-z]+)/g;

const packedPattern = /"data":"([A-Za-z0-9+/=]{40,})"/g;

/** Whose records from which holder are in the answer, as `Dyes`: in the open and in what is packed as base64. */
export function wordsIn({ text }: Pick<Seen, 'text'>): string[] {
  const packed = [...text.matchAll(packedPattern)].map(([, data = '']) =>
    Buffer.from(data, 'base64').toString('utf8'),
  );
  const found = [text, ...packed].flatMap((one) =>
    [...one.matchAll(wordPattern)].map(([, at, name]) => `${at}${name}`),
  );
  return [...new Set(found)].sort();
}

export function mustHold(seen: Seen, words: readonly string[], what: string): void {
  must(seen.status === 200, `${what}: ${seen.status} ${seen.text.slice(0, 200)}`);
  const found = wordsIn(seen);
  must(
    found.join() === [...words].sort().join(),
    `${what}: holds ${found.join(' ')} instead of ${words.join(' ')}`,
  );
}

const late: readonly (string | undefined)[] = ['partial', 'timeout', 'failed', 'silent'];

/** As `mustHold`, where a slow machine may make a holder late: what it lacks, the answer tells. Says whether it is whole. */
export function mustHoldOrTell(seen: Seen, words: readonly string[], what: string): boolean {
  const found = wordsIn(seen);
  const there = words.filter((word) => {
    const at = word.charAt(0).toLowerCase() as HolderName;
    return found.includes(word) || !late.includes(stateOf(seen, at));
  });
  mustHold(seen, there, what);
  return there.length === words.length;
}

type StateRow = { ura?: string; holder?: string; state?: string; outcome?: string; reason?: string };

/** What the card or the overview says of this holder: `answered`, `refused`, `denied` …; nothing when it is not named. */
export function stateOf(seen: Seen, at: HolderName): string | undefined {
  const { who } = holderSketches[at];
  const { holders = [] } = JSON.parse(seen.text) as { holders?: StateRow[] };
  const row = holders.find(({ ura, holder }) => ura === uraOf(who) || holder === who.id);
  return row?.state ?? row?.outcome;
}
