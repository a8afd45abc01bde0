// Does a sandbox server fail as it is told to, and log what arrived?
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFault } from './faults.ts';
import { listen, type SandboxServer } from './listen.ts';

let server: SandboxServer;
let acted: number;
beforeEach(async () => {
  acted = 0;
  server = await listen({
    answer: async () => {
      acted += 1;
      return { status: 202 };
    },
  });
});
afterEach(() => server.close());

const post = (path = '/a'): Promise<number | string> =>
  fetch(`${server.baseUrl}${path}`, {
    method: 'POST',
    body: 'x',
    redirect: 'manual',
    signal: AbortSignal.timeout(300),
  }).then(
    (response) => response.status,
    (error: Error) => (error.name === 'TimeoutError' ? 'no answer' : 'broken'),
  );

describe('a sandbox server', () => {
  it.each([
    ['reject', 403],
    ['fail', 500],
    ['busy', 503],
    ['redirect', 307],
  ] as const)('answers %s with %i and does nothing', async (kind, status) => {
    server.faults.set({ kind });
    expect(await post()).toBe(status);
    expect(acted).toBe(0);
  });

  it('does what it was asked and drops the connection', async () => {
    server.faults.set({ kind: 'drop' });
    expect(await post()).toBe('broken');
    expect(acted).toBe(1);
  });

  it('takes a request and never answers', async () => {
    server.faults.set({ kind: 'hang' });
    expect(await post()).toBe('no answer');
    expect(server.log).toMatchObject([{ path: '/a', fault: 'hang' }]);
    expect(server.log[0]?.status).toBeUndefined();
  });

  it('refuses connections, and is there again at the same address', async () => {
    server.faults.set({ kind: 'refuse' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await post()).toBe('broken');
    server.faults.set({ kind: 'none' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await post()).toBe(202);
  });

  it('fails for as many requests as told, on the path told, and no more', async () => {
    server.faults.set({ kind: 'fail', path: '/b', times: 1 });
    expect([await post('/a'), await post('/b'), await post('/b')]).toEqual([202, 500, 202]);
  });

  it('answers late when told to be slow', async () => {
    server.faults.set({ kind: 'slow', delayMs: 100 });
    const began = Date.now();
    expect(await post()).toBe(202);
    expect(Date.now() - began).toBeGreaterThanOrEqual(95);
  });

  it('logs what arrived in order, but no token request’s body', async () => {
    await post('/a');
    await post('/oauth/token');
    expect(server.log.map(({ number, path, body }) => ({ number, path, body }))).toEqual([
      { number: 1, path: '/a', body: 'x' },
      { number: 2, path: '/oauth/token', body: undefined },
    ]);
  });
});

describe('a fault that is asked for', () => {
  it('is refused when it is unknown, misspelled or of the wrong kind', () => {
    for (const wrong of [
      null,
      {},
      { kind: 'explode' },
      { kind: 'slow', delay: 1 },
      { kind: 'slow', delayMs: '1' },
    ]) {
      expect(() => readFault(wrong)).toThrow();
    }
    expect(readFault({ kind: 'busy', retryAfterSeconds: 2, times: 3 })).toEqual({
      kind: 'busy',
      retryAfterSeconds: 2,
      times: 3,
    });
  });
});
