// When does a gateway die? At random moments, also while it starts or is paused; now and then the database goes too.
import { setTimeout as wait } from 'node:timers/promises';
import { onServer } from '../contract/storesUnderTest.ts';
import { cutConnections } from './doubles.ts';
import type { Gateway } from './gateways.ts';
import { count, type History } from './history.ts';
import type { Random } from './random.ts';
import { deliveryLimits, type World } from './world.ts';

export type KillerOptions = {
  world: World;
  history: History;
  random: Random;
  kills: number;
  /** Goes on for this long, however many kills that takes; instead of `kills`. */
  minutes?: number;
  /** How long the database is gone when it is. */
  outageMs: number;
  told(kills: number): void;
};

/** Resolves with the number of kills, all gateways running or about to. */
export async function kill(options: KillerOptions): Promise<number> {
  const { world, random, minutes, told } = options;
  const until = minutes === undefined ? undefined : Date.now() + minutes * 60_000;
  const enough = (kills: number) => (until === undefined ? kills >= options.kills : Date.now() > until);
  let kills = 0;
  while (!enough(kills)) {
    const victim = random.pick(world.gateways);
    await moment(victim, options);
    await victim.kill();
    kills += 1;
    told(kills);
    victim.start();
  }
  for (const gateway of world.gateways) gateway.start();
  return kills;
}

/** Lets the victim work until its time has come. */
async function moment(victim: Gateway, options: KillerOptions): Promise<void> {
  const { random, history } = options;
  if (random.chance(0.1)) {
    count(history, 'kill while starting');
    return void (await wait(random.between(0, 900)));
  }
  await victim.ready();
  await wait(random.between(30, 800));
  const dice = random.next();
  if (dice < 0.1) await pause(victim, options);
  else if (dice < 0.15) await starve(victim, options);
}

/** Longer than a lease: others take over what it held, and then it goes on as if nothing had happened. */
async function pause(victim: Gateway, { random, history }: KillerOptions): Promise<void> {
  count(history, 'pause');
  victim.pause();
  await wait(random.between(deliveryLimits.leaseMs * 1.1, deliveryLimits.leaseMs * 1.8));
  if (random.chance(0.3)) return;
  victim.resume();
  await wait(random.between(0, 800));
}

/** The store goes away for a while: every connection is cut, or the disk is full. */
async function starve(victim: Gateway, options: KillerOptions): Promise<void> {
  const { world, history, outageMs, random } = options;
  if (world.database === undefined) {
    count(history, 'disk full');
    await victim.limitFiles(4_096);
    await wait(outageMs);
    if (random.chance(0.7)) await victim.limitFiles();
  } else {
    const whole = random.chance(0.5);
    count(history, whole ? 'database gone' : 'connections cut');
    if (whole) await onServer(`alter database ${world.database} allow_connections false`);
    await cutConnections(world.database);
    if (whole) await wait(outageMs);
    if (whole) await onServer(`alter database ${world.database} allow_connections true`);
  }
  await wait(random.between(0, 500));
}
