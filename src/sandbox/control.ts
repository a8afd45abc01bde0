// How does an engineer steer the sandbox while it runs? A control route of its own: faults, request logs, what arrived.
import type { Ecd } from './ecd.ts';
import type { Epd } from './epd.ts';
import { type FaultSwitch, readFault } from './faults.ts';
import { type Answer, type Arrived, listen, type SandboxServer } from './listen.ts';
import type { MapBench } from './mapBench.ts';

/** What can be read of a server, and what can be put at it, by name. */
export type Steered = {
  shows: Readonly<Record<string, () => unknown>>;
  /** Throws an Error that says what is wrong. */
  takes: Readonly<Record<string, (value: unknown) => unknown>>;
};

type Parts = {
  epd: Epd;
  ecd: Ecd;
  maps?: MapBench;
  /** Further servers, each under its name. */
  others?: ReadonlyMap<string, Steered>;
};

/** Log and faults of a server, as the control route wants them. */
export const steeredBy = (server: { log: readonly unknown[]; faults: FaultSwitch }): Steered => ({
  shows: { log: () => server.log, faults: server.faults.current },
  takes: {
    faults: (value) => {
      server.faults.set(readFault(value));
      return server.faults.current();
    },
  },
});

/**
 * Starts the control route: `GET /epd/log`, `GET /epd/callbacks`, `GET|PUT /epd/faults`, and for `/ecd` likewise with
 * `GET /ecd/notifications`; log and faults for each further server; `GET /maps` and `POST /maps/NAME` when there are maps.
 */
export function startControl(
  parts: Parts,
  where: { host?: string; port?: number } = {},
): Promise<SandboxServer> {
  return listen({ ...where, answer: (arrived) => control(parts, arrived) });
}

async function control({ epd, ecd, maps, others }: Parts, arrived: Arrived): Promise<Answer> {
  const [, who = '', what = ''] = arrived.path.split('/');
  if (who === 'maps' && maps) return maps.answer(arrived);
  const [sender, receiver] = [steeredBy(epd), steeredBy(ecd)];
  const servers = new Map<string, Steered>([
    ['epd', { ...sender, shows: { ...sender.shows, callbacks: () => epd.callbacks } }],
    ['ecd', { ...receiver, shows: { ...receiver.shows, notifications: () => ecd.notifications } }],
    ...(others ?? []),
  ]);
  const server = servers.get(who);
  if (server) return put(server, what, arrived);
  return json(404, { error: `Ask for one of ${[...servers.keys()].map((name) => `/${name}/…`).join(', ')}` });
}

async function put({ shows, takes }: Steered, what: string, { method, body }: Arrived): Promise<Answer> {
  const isWrite = method === 'PUT' || method === 'POST';
  const named = new Map(Object.entries<(value: unknown) => unknown>(isWrite ? takes : shows)).get(what);
  if (named === undefined)
    return json(404, {
      error: `Read ${Object.keys(shows).join(', ')}; put ${Object.keys(takes).join(', ')}.`,
    });
  try {
    return json(200, await named(isWrite ? JSON.parse(body.toString('utf8')) : undefined));
  } catch (error) {
    return json(400, { error: error instanceof Error ? error.message : 'This cannot be read.' });
  }
}

const json = (status: number, body: unknown): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: `${JSON.stringify(body, null, 2)}\n`,
});
