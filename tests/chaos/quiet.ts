// Is everything done? What is unknown is asked again, what waits is waited for, and then the sender asks how each case stands.
import { setTimeout as wait } from 'node:timers/promises';
import type { Callers } from './callers.ts';
import type { Evidence, History, Told } from './history.ts';
import type { Receiver } from './receiver.ts';
import { deliveryLimits } from './world.ts';

export type Quiet = Pick<Evidence, 'rows' | 'unfinished'>;

const moving = ['waiting', 'claimed', 'sending'];
const quietMs = 2 * deliveryLimits.maxRetryMs;

/** Waits until nothing moves any more for twice the longest backoff, at most `limitMs`. */
export async function untilQuiet(options: {
  opsUrl: string;
  receivers: readonly Receiver[];
  limitMs: number;
}): Promise<Quiet> {
  const limit = Date.now() + options.limitMs;
  let still = { picture: '', since: Date.now() };
  for (;;) {
    const rows = await rowsByState(options.opsUrl);
    const unfinished = options.receivers.flatMap((one) => one.open().map((task) => `${one.id} ${task}`));
    const picture = JSON.stringify([rows, unfinished]);
    const rests = moving.every((state) => rows[state] === 0) && unfinished.length === 0;
    if (picture !== still.picture || !rests) still = { picture, since: Date.now() };
    if (Date.now() - still.since >= quietMs || Date.now() > limit) return { rows, unfinished };
    await wait(150);
  }
}

/** Rows of the outbox by state, as the metrics show them; empty when there is no answer. */
export async function rowsByState(opsUrl: string): Promise<Record<string, number>> {
  const answer = await fetch(`${opsUrl}/metrics`).catch(() => undefined);
  const text = answer?.ok ? await answer.text() : '';
  const found = [...text.matchAll(/^sluis_outbox_rows\{state="(\w+)"\} (\d+)/gm)];
  return Object.fromEntries(found.map(([, state, rows]) => [state, Number(rows)]));
}

/** How each of these handovers stands, as its sender sees it. */
export async function askAll(callers: Callers, locations: Iterable<string>): Promise<Map<string, Told>> {
  const told = new Map<string, Told>();
  const queue = [...locations];
  const lane = async (): Promise<void> => {
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      const answer = await callers.ask({ path, headers: { accept: 'application/json' } });
      if (answer.called?.status === 200)
        told.set(path, JSON.parse(Buffer.from(answer.called.bytes).toString('utf8')));
    }
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
  return told;
}

export const locationsOf = (history: History): Set<string> =>
  new Set(history.operations.flatMap(({ location }) => (location === undefined ? [] : [location])));
