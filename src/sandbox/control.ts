// How does an engineer steer the sandbox while it runs? A control route of its own: faults, request logs, what arrived.
import type { Ecd } from './ecd.ts';
import type { Epd } from './epd.ts';
import { readFault } from './faults.ts';
import { type Answer, type Arrived, listen, type SandboxServer } from './listen.ts';
import type { MapBench } from './mapBench.ts';

type Parts = { epd: Epd; ecd: Ecd; maps?: MapBench };

/**
 * Starts the control route: `GET /epd/log`, `GET /epd/callbacks`, `GET|PUT /epd/faults`, and for `/ecd` likewise with
 * `GET /ecd/notifications`; `GET /maps` and `POST /maps/NAME` when there are maps.
 */
export function startControl(
  parts: Parts,
  where: { host?: string; port?: number } = {},
): Promise<SandboxServer> {
  return listen({ ...where, answer: async (arrived) => control(parts, arrived) });
}

function control({ epd, ecd, maps }: Parts, arrived: Arrived): Answer {
  const [, who, what] = arrived.path.split('/');
  if (who === 'maps' && maps) return maps.answer(arrived);
  const server = who === 'epd' ? epd : who === 'ecd' ? ecd : undefined;
  if (server === undefined) return json(404, { error: 'Ask for /epd/… or /ecd/…' });
  if (what === 'faults') return turn(server, arrived);
  if (what === 'log') return json(200, server.log);
  if (what === 'notifications' && server === ecd) return json(200, ecd.notifications);
  if (what === 'callbacks' && server === epd) return json(200, epd.callbacks);
  return json(404, { error: 'There are log, faults, notifications (ecd) and callbacks (epd).' });
}

function turn(server: Epd | Ecd, { method, body }: Arrived): Answer {
  if (method === 'PUT' || method === 'POST') {
    try {
      server.faults.set(readFault(JSON.parse(body.toString('utf8'))));
    } catch (error) {
      return json(400, { error: error instanceof Error ? error.message : 'This is no fault.' });
    }
  }
  return json(200, server.faults.current());
}

const json = (status: number, body: unknown): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: `${JSON.stringify(body, null, 2)}\n`,
});
