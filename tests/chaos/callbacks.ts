// What does the hospital hear back? A server for callbacks that fails now and then.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Callback, count, type History, now } from './history.ts';
import type { Random } from './random.ts';
import { bodyOf, listen, shut } from './receiver.ts';

export type CallbackServer = { address: string; heal(): void; end(): Promise<void> };

export async function startCallbacks(history: History, random: Random): Promise<CallbackServer> {
  let badness = 0.2;
  const server = createServer((request, response) => {
    bodyOf(request).then(
      (body) => {
        const { handover, state } = JSON.parse(body.toString('utf8'));
        const callback: Callback = { at: now(), location: new URL(handover).pathname, state };
        history.callbacks.push(callback);
        if (random.chance(badness)) {
          count(history, 'callback fails');
          if (random.chance(0.5)) return void response.socket?.resetAndDestroy();
          callback.answered = 500;
          return void response.writeHead(500).end();
        }
        callback.answered = 204;
        return void response.writeHead(204).end();
      },
      () => undefined,
    );
  });
  await listen(server, 0);
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`,
    heal: () => {
      badness = 0;
    },
    end: () => shut(server),
  };
}
