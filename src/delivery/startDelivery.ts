// Has it arrived? The worker: looks at the outbox when woken and at intervals, claims what is due, sends, settles.
import { setTimeout as sleep } from 'node:timers/promises';
import { after, type DeliveryDeps, launch, type Parts, partsOf } from './launch.ts';
import { claim, dueLanes, type Lane, type OutboxRow } from './outbox.ts';
import { sweep } from './sweep.ts';

export type { DeliveryDeps, DeliveryLog } from './launch.ts';

export type Delivery = {
  /** Something was committed: look now. */
  wake(): void;
  /** Rejects when the worker has not looked after its rows for a long time. For /health/ready. */
  check(): Promise<void>;
  /** Claims nothing more, lets what is under way end for `drainMs`, then cuts it off and writes that down. */
  stop(drainMs?: number): Promise<void>;
};

const cutOffMs = 2_000;
const gatherMs = 15;
const deadMs = 30_000;
/** While requests keep the process this busy, notifications wait a little longer: what is not accepted cannot be told. */
const busy = { utilization: 0.8, times: 4 };

/** How many rows of which lanes, within what may be under way at once; in random order, so that no lane is always last. */
function allot(parts: Parts, lanes: readonly Lane[]): (Lane & { limit: number })[] {
  const { settings, random } = parts.deps;
  const under = [...parts.running.values()].map((one) => one.row.kind === 'callback');
  const room = {
    true: settings.callbackConcurrency - under.filter((callback) => callback).length,
    false: settings.concurrency - under.filter((callback) => !callback).length,
  };
  const mixed = lanes.map((lane) => ({ lane, at: random() })).sort((a, b) => a.at - b.at);
  return mixed.flatMap(({ lane }) => {
    const key = `${lane.callback}` as const;
    const limit = Math.min(parts.gates.slots(lane), room[key]);
    room[key] -= Math.max(0, limit);
    return limit > 0 ? [{ ...lane, limit }] : [];
  });
}

async function pass(parts: Parts, wake: () => void): Promise<void> {
  const { store, clock, settings } = parts.deps;
  const now = clock();
  const lanes = allot(parts, await dueLanes(store, now));
  if (lanes.length === 0) return;
  const lease = { owner: parts.owner, leaseUntil: after(clock, settings.leaseMs), now };
  const skipLocked = store.kind === 'postgresql';
  const rows = await store.write(async (unit) => {
    const claimed: OutboxRow[] = [];
    for (const lane of lanes) claimed.push(...(await claim(unit, { ...lane, ...lease, skipLocked })));
    return claimed;
  });
  for (const row of rows) launch(parts, row, wake);
}

/** Says that this gateway is alive and still at work on its rows. */
async function renewLeases(parts: Parts): Promise<void> {
  const ids = [...parts.running.keys()];
  if (ids.length === 0) return;
  const lease_until = after(parts.deps.clock, parts.deps.settings.leaseMs).toISOString();
  await parts.deps.store.write((unit) =>
    unit.db
      .updateTable('outbox')
      .set({ lease_until })
      .where('id', 'in', ids)
      .where('lease_owner', '=', parts.owner)
      .execute(),
  );
}

/** Runs `work` when asked; asked while it runs, once more afterwards. */
function coalesced(work: () => Promise<void>): { ask(): void; end(): Promise<void> } {
  let running: Promise<void> | undefined;
  let again = false;
  let ended = false;
  let before = performance.eventLoopUtilization();
  const pauseMs = (): number => {
    const { utilization } = performance.eventLoopUtilization(before);
    before = performance.eventLoopUtilization();
    return utilization > busy.utilization ? gatherMs * busy.times : gatherMs;
  };
  const run = async () => {
    do {
      again = false;
      await work();
      // Under load the next look waits a little, and takes more at once.
      if (again && !ended) await sleep(pauseMs());
    } while (again && !ended);
    running = undefined;
  };
  return {
    ask() {
      again = true;
      if (!ended) running ??= run();
    },
    async end() {
      ended = true;
      await running;
    },
  };
}

function quietly(parts: Parts, what: string, work: () => Promise<void>): () => Promise<void> {
  let failing = false;
  return async () => {
    try {
      await work();
      failing = false;
    } catch (error) {
      if (!failing) parts.deps.log.warn({ err: error }, what);
      failing = true;
    }
  };
}

async function drain(parts: Parts, drainMs: number): Promise<void> {
  const all = () => Promise.allSettled([...parts.running.values()].map((one) => one.done));
  await Promise.race([all(), sleep(drainMs, undefined, { ref: false })]);
  for (const { controller } of parts.running.values()) controller.abort();
  await Promise.race([all(), sleep(cutOffMs, undefined, { ref: false })]);
  parts.given.up = true;
}

/** Starts delivering what the outbox holds. Whatever a killed gateway left is taken over when its lease has lapsed. */
export function startDelivery(deps: DeliveryDeps): Delivery {
  const parts = partsOf(deps);
  const { pollMs, leaseMs } = deps.settings;
  const look = coalesced(quietly(parts, 'outbox could not be read', () => pass(parts, () => look.ask())));
  const sweepDeps = { ...parts.deps, owner: parts.owner, underWay: (id: string) => parts.running.has(id) };
  let renewed = Date.now();
  let tended = Date.now();
  const tend = coalesced(
    quietly(parts, 'outbox could not be tended', async () => {
      if (Date.now() - renewed >= leaseMs / 3) {
        await renewLeases(parts);
        renewed = Date.now();
      }
      await sweep(sweepDeps);
      tended = Date.now();
      look.ask();
    }),
  );
  const timer = setInterval(() => tend.ask(), pollMs);
  tend.ask();
  return {
    wake: () => look.ask(),
    check: async () => {
      if (Date.now() - tended > Math.max(pollMs * 10, deadMs))
        throw new Error('the delivery worker stands still');
    },
    async stop(drainMs = 5_000) {
      clearInterval(timer);
      await Promise.all([look.end(), tend.end()]);
      await drain(parts, drainMs);
    },
  };
}
