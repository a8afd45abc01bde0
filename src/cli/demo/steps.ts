// What do the stories share? Waiting until something holds, and commands as an operator runs them.
import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Cast, RegionCast } from './cast.ts';
import type { Timeline } from './timeline.ts';

/** Throws when it does not hold in time. */
export async function until(holds: () => boolean, withinMs = 15_000): Promise<void> {
  const limit = Date.now() + withinMs;
  while (!holds()) {
    if (Date.now() > limit) throw new Error(`not within ${withinMs / 1000} s`);
    await wait(10);
  }
}

const commandLine = fileURLToPath(new URL('../../cli.ts', import.meta.url));

/** Runs a command on the settings of this cast; gives its exit code and all that it printed. */
export function sluis(cast: Cast, ...words: readonly string[]): Promise<{ code: number; text: string }> {
  return new Promise((resolve) => {
    const argv = [commandLine, ...words, '--config', cast.folder.settingsFile];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.stderr.on('data', (chunk) => (text += chunk));
    child.on('close', (code) => resolve({ code: code ?? 1, text: text.trim() }));
  });
}

/** The audit record is whole, as `sluis audit verify` finds. */
export const tellVerified = (timeline: Timeline, cast: Cast): Promise<void> =>
  timeline.step({ who: 'operator', what: 'sluis audit verify', expected: 'whole' }, async () => {
    const { code, text } = await sluis(cast, 'audit', 'verify');
    return code === 0 ? 'whole' : `exit ${code}: ${text}`;
  });

/** The holders enter their patient, and the gateway has Mitz tell it of changes for each of them. */
export function tellEntered(timeline: Timeline, { region }: RegionCast): Promise<void> {
  const { subscriptions } = region.consent.mitz;
  const step = {
    who: 'holders → gateway',
    what: 'say of whom they have records',
    expected: '9 entries, 7 holders followed at Mitz',
  };
  return timeline.step(step, async () => {
    const entries = await region.enterPatient();
    await until(() => subscriptions.size >= region.holders.size);
    return `${entries} entries, ${subscriptions.size} holders followed at Mitz`;
  });
}
