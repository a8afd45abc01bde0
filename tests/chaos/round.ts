// How does one round go? Everything starts, the killer has its way, then quiet, questions, and what was seen is handed over.
import { setTimeout as wait } from 'node:timers/promises';
import { breakTwice } from './doubles.ts';
import { startDriver } from './driver.ts';
import type { Gateway } from './gateways.ts';
import { type Evidence, emptyHistory, type History } from './history.ts';
import { kill } from './killer.ts';
import { askAll, locationsOf, untilQuiet } from './quiet.ts';
import { seeded } from './random.ts';
import { createWorld, deliveryLimits, onceReceivers, type StoreKind, type World } from './world.ts';

export type RoundOptions = {
  store: StoreKind;
  seed: number;
  kills: number;
  minutes?: number;
  outageMs: number;
  lanes: number;
  /** How often each pair of faults, and how long the store is gone at the end. */
  doubles: { times: number; longOutageMs: number };
  /** Leaves folder with logs and database file where they are. */
  keep: boolean;
  say(line: string): void;
};

export async function playRound(options: RoundOptions): Promise<Evidence> {
  const { store, say } = options;
  const random = seeded(options.seed).fork(store);
  const history = emptyHistory();
  const world = await createWorld(store, history, random);
  const began = Date.now();
  const interrupted = () => void world.end(false).finally(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    for (const gateway of world.gateways) await gateway.ready();
    const driver = startDriver({
      ...world,
      receivers: world.parties,
      history,
      random: random.fork('driver'),
      lanes: options.lanes,
      badPart: 0.04,
      paceMs: 120,
    });
    const single = await kill({
      ...options,
      world,
      history,
      random: random.fork('killer'),
      told: () => undefined,
    });
    const { pushEqually } = driver;
    const doubles = { world, history, random: random.fork('doubles'), pushEqually };
    const kills = single + (await breakTwice({ ...doubles, ...options.doubles }));
    const evidence = await settle({ world, driver, history, kills, limitMs: 60_000 });
    const seconds = Math.round((Date.now() - began) / 1_000);
    const operations = evidence.operations.length;
    say(
      `${store.padEnd(10)} ${operations} operations, ${kills} kills, ${facts(evidence.faults)}, ${seconds} s`,
    );
    return evidence;
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await world.end(options.keep);
    if (options.keep) say(`${store.padEnd(10)} kept ${world.folder}`);
  }
}

const facts = (faults: Record<string, number>): string =>
  Object.entries(faults)
    .map(([name, times]) => `${times} × ${name}`)
    .join(', ');

type Settling = {
  world: Pick<World, 'gateways' | 'receivers' | 'callbacks' | 'callers'>;
  driver: ReturnType<typeof startDriver>;
  history: History;
  kills: number;
  /** How long it may take until nothing moves. */
  limitMs: number;
};

/** Heals everything, waits until nothing moves, and gathers what can be seen. */
export async function settle({ world, driver, history, kills, limitMs }: Settling): Promise<Evidence> {
  const { gateways, receivers } = world;
  for (const gateway of gateways) await gateway.ready();
  await Promise.all(receivers.map((receiver) => receiver.heal()));
  world.callbacks.heal();
  await driver.stop();
  await driver.resolve();
  const opsUrl = gateways[0]?.opsUrl ?? '';
  const wanted = { opsUrl, receivers, limitMs };
  await untilQuiet(wanted);
  const told = await askAll(world.callers, locationsOf(history));
  const rows = await replayParked(gateways, wanted);
  const toldLater = await askAll(world.callers, locationsOf(history));
  for (const receiver of receivers) receiver.rest();
  await wait(500);
  return {
    ...history,
    told,
    toldLater,
    ...rows,
    once: onceReceivers,
    limits: deliveryLimits,
    kills,
    audit: await readAudit(gateways),
  };
}

/** What may not be said twice waits for an operator: here he comes. */
async function replayParked(gateways: readonly Gateway[], wanted: Parameters<typeof untilQuiet>[0]) {
  for (const once of onceReceivers) await gateways[0]?.command('outbox', 'replay', '--participant', once);
  await wait(300);
  return untilQuiet(wanted);
}

async function readAudit(gateways: readonly Gateway[]): Promise<Evidence['audit']> {
  const checks = await Promise.all(gateways.map((gateway) => gateway.command('audit', 'verify')));
  const found = await gateways[0]?.command('audit', 'find', '--event', 'handover.contentRead');
  const contentReads = new Map<string, number>();
  for (const [object] of found?.text.matchAll(/Composition\/[\w-]+\/\$document/g) ?? [])
    contentReads.set(object, (contentReads.get(object) ?? 0) + 1);
  return {
    verified: checks.every(({ code }) => code === 0),
    text: checks.map(({ text }) => text).join('\n'),
    contentReads,
  };
}
