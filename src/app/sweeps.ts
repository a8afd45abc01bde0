// What is done from time to time without being asked? Ending grants, removing content, forgetting used assertions.
import type { Log } from '../http/log.ts';

export type Sweep = { name: string; everyMs: number; work(): Promise<number> };

export type Sweeps = {
  /** No new turn begins; resolves when the one under way has ended. */
  stop(): Promise<void>;
};

/** Each sweep runs by itself, never twice at once; one that fails is logged and tried again at its next turn. */
export function startSweeps(sweeps: readonly Sweep[], log: Log): Sweeps {
  const running = new Map<string, Promise<void>>();
  const turn = async ({ name, work }: Sweep): Promise<void> => {
    try {
      const count = await work();
      if (count > 0) log.info({ sweep: name, count }, 'swept');
    } catch (error) {
      log.warn({ sweep: name, err: error }, 'sweep failed');
    } finally {
      running.delete(name);
    }
  };
  const timers = sweeps.map((sweep) =>
    setInterval(() => {
      if (!running.has(sweep.name)) running.set(sweep.name, turn(sweep));
    }, sweep.everyMs).unref(),
  );
  return {
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(running.values());
    },
  };
}
