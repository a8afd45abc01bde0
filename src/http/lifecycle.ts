// How does the gateway stop? It says so first, serves what is under way, and closes within a limit.
import type { Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

export type Lifecycle = {
  stopping(): boolean;
  /**
   * Readiness goes off at once and answers say `Connection: close`; after `noticeMs` no connection is accepted;
   * what is not done `drainMs` later is cut. Resolves when all servers are closed.
   */
  stop(servers: readonly Server[], limits: { noticeMs: number; drainMs: number }): Promise<void>;
  /** Ends at once: for the second signal. */
  force(servers: readonly Server[]): void;
};

const closed = (server: Server) =>
  new Promise<void>((resolve) => {
    if (server.listening) server.close(() => resolve());
    else resolve();
  });

export function createLifecycle(): Lifecycle {
  const ended = new AbortController();
  let stopping = false;
  const force = (servers: readonly Server[]) => {
    ended.abort();
    for (const server of servers) server.closeAllConnections();
  };
  return {
    stopping: () => stopping,
    force,
    async stop(servers, { noticeMs, drainMs }) {
      stopping = true;
      await pause(noticeMs, undefined, { signal: ended.signal }).catch(() => undefined);
      const timer = setTimeout(() => force(servers), drainMs);
      await Promise.all(servers.map(closed));
      clearTimeout(timer);
    },
  };
}
