// How is what is past its time ended? A few at once, each in a unit of its own, and only what is still due when its turn comes.
import type { Store, Unit } from '../store/store.ts';

export const day = 24 * 60 * 60 * 1000;
/** So many in one sweep: the next one takes the rest. */
export const atOnce = 100;

/** `end` says whether it had something to do; gives for how many it had. */
export async function endEach(
  store: Pick<Store, 'write'>,
  due: readonly { id: string }[],
  end: (unit: Unit, id: string) => Promise<boolean>,
): Promise<number> {
  let ended = 0;
  for (const { id } of due) if (await store.write((unit) => end(unit, id))) ended += 1;
  return ended;
}
