// How do many callers write durably without each waiting for a disk flush of its own? Group commit: whoever arrives
// while a commit is under way shares the next one.
import { GatewayError } from '../errors.ts';
import { type BatchDeps, BatchLost, type Job, runBatch } from './batch.ts';
import { storeUnavailable } from './faults.ts';
import type { Unit } from './store.ts';

export type LaneLimits = { batch: number; batchMs: number; queueLength: number; queueMs: number };

export type Lane = {
  write<T>(job: (unit: Unit) => Promise<T>): Promise<T>;
  /** Refuses new writes and resolves when those that were accepted have ended. */
  close(): Promise<void>;
};

/** A process that loses every second race for the head of a chain still gets each write through. */
const tries = 20;
const longestPauseMs = 50;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const eventLoopTurn = () => new Promise((resolve) => setImmediate(resolve));

/** One lane per process; its jobs run one after the other, its callers wait no longer than the limits say. */
export function createLane(limits: LaneLimits, deps: BatchDeps): Lane {
  const queue: Job[] = [];
  let working: Promise<void> | undefined;
  let closed = false;

  function enqueue(job: Job): void {
    const timer = setTimeout(() => {
      const place = queue.indexOf(queued);
      if (place < 0) return;
      queue.splice(place, 1);
      job.refuse(storeUnavailable());
    }, limits.queueMs);
    const run = (unit: Unit) => {
      clearTimeout(timer);
      return job.run(unit);
    };
    const refuse = (error: unknown) => {
      clearTimeout(timer);
      job.refuse(error);
    };
    const queued: Job = { run, refuse };
    queue.push(queued);
    working ??= work();
  }

  async function work(): Promise<void> {
    while (queue.length > 0) {
      // Requests get their turn between two transactions, and join the next one.
      await eventLoopTurn();
      await runShared(queue, limits, deps);
    }
    // In one breath with the last look at the queue: who comes after it starts anew.
    working = undefined;
  }

  return {
    write: (job) =>
      new Promise((resolve, reject) => {
        if (closed || queue.length >= limits.queueLength) return reject(storeUnavailable());
        const run = async (unit: Unit) => {
          const value = await job(unit);
          return () => resolve(value);
        };
        enqueue({ run, refuse: reject });
      }),
    async close() {
      closed = true;
      await working;
    },
  };
}

async function runShared(queue: Job[], limits: LaneLimits, deps: BatchDeps): Promise<void> {
  const taken: Job[] = [];
  const refused = new Set<Job>();
  const end = performance.now() + limits.batchMs;
  function next(): Job | undefined {
    if (taken.length > 0 && (taken.length >= limits.batch || performance.now() > end)) return undefined;
    const job = queue.shift();
    if (job === undefined) return undefined;
    taken.push(job);
    return { run: job.run, refuse: (error) => refused.add(job) && job.refuse(error) };
  }
  try {
    await runBatch(next, deps);
  } catch (error) {
    const left = taken.filter((job) => !refused.has(job));
    // A job that the lost transaction never came to still waits in the queue, but the first one when it cannot begin.
    if (taken.length === 0) left.push(...queue.splice(0, limits.batch));
    if (isLost(error)) for (const job of left) await runAlone(job, deps);
    else for (const job of left) job.refuse(unavailable(error));
  }
}

/** After a deadlock the jobs run one by one, so that the innocent ones get through. */
async function runAlone(job: Job, deps: BatchDeps): Promise<void> {
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    let refused = false;
    const refuse = (error: unknown) => {
      refused = true;
      job.refuse(error);
    };
    const once = [{ run: job.run, refuse }];
    try {
      return await runBatch(() => once.shift(), deps);
    } catch (error) {
      if (refused) return;
      if (!isLost(error) || attempt === tries) return job.refuse(unavailable(error));
      await pause(Math.random() * Math.min(10 * attempt, longestPauseMs));
    }
  }
}

const isLost = (error: unknown) => error instanceof BatchLost && error.repeatable;

function unavailable(error: unknown): GatewayError {
  const cause = error instanceof BatchLost ? error.cause : error;
  return cause instanceof GatewayError && cause.kind === 'unavailable' ? cause : storeUnavailable(cause);
}
