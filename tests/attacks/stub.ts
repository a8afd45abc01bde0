// What does a gateway look like that guards nothing? It answers 200 to everything and tells all it knows: every case must turn red.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { patients } from './content.ts';
import { type Stage, startAround, talking } from './stage.ts';

const leak = JSON.stringify({
  access_token: 'stub.stub.stub',
  token_type: 'Bearer',
  expires_in: 300,
  resourceType: 'Bundle',
  id: '1',
  task: 'http://stub/stu3/Task/1',
  input: [{ valueReference: { reference: 'Composition/2' } }],
  keys: [],
  state: 'in-progress',
  steps: [],
  notifications: [],
  patient: patients.yes,
  stack: 'Error: SQLITE_ERROR\n    at handler (/srv/gateway/src/http/send.ts:1:1)',
});

/** A stage without a gateway behind it. */
export async function stubStage(seed: number): Promise<Stage> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      response.writeHead(200, {
        'content-type': 'application/json',
        location: 'http://stub/handover/1',
        etag: 'W/"1"',
        'x-powered-by': 'stub 1.0',
        'access-control-allow-origin': '*',
      });
      response.end(request.method === 'HEAD' ? undefined : leak);
    });
  });
  server.on('clientError', (_error, socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const around = await startAround(url);
  const core = { ...around, kind: 'stub' as const, seed, baseUrl: url, urls: [url], opsUrls: [url] };
  const none = (): never => {
    throw new Error('there is no gateway here');
  };
  return {
    ...core,
    ...talking(core),
    gateways: [],
    rows: async () => [],
    alter: async () => undefined,
    stopStore: async () => async () => undefined,
    cli: async () => ({ code: 0, out: '' }),
    another: none,
    files: async () => [],
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await around.close();
    },
  };
}
