// How does the same region look where the rules are stricter? A gateway beside the others: no break-glass, refusals concealed.
import { enterPatients } from './questions.ts';
import type { Stage } from './stage.ts';

const started = new WeakMap<Stage, Promise<Stage>>();

const consent = {
  region: 'strict',
  exchanges: {
    wishes: { concealRefusal: true, permitCacheSeconds: 0 },
    medication: { concealRefusal: true, permitCacheSeconds: 0, purposes: ['COC'] },
  },
};

async function start(stage: Stage): Promise<Stage> {
  const { there } = await stage.another({ consent }, { sameKeys: true });
  await enterPatients(there, ['yes', 'no', 'mix']);
  return there;
}

/** Started when it is first needed, for all cases of a run together. */
export function strictRegion(stage: Stage): Promise<Stage> {
  const there = started.get(stage) ?? start(stage);
  started.set(stage, there);
  return there;
}
