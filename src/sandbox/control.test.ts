import { afterEach, expect, it } from 'vitest';
import { startControl } from './control.ts';
import type { Ecd } from './ecd.ts';
import { startEcd } from './ecd.ts';
import { type Epd, startEpd } from './epd.ts';
import { createKey } from './keys.ts';
import type { SandboxServer } from './listen.ts';

const started: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.close()));
});

async function start(): Promise<{ epd: Epd; ecd: Ecd; control: SandboxServer; given: unknown[] }> {
  const gatewayUrl = 'http://127.0.0.1:1';
  const key = await createKey('one');
  const epd = await startEpd({ gatewayUrl, clientId: 'epd', key });
  const ecd = await startEcd({ gatewayUrl, clientId: 'ecd', key, gatewayClientId: 'sluis' });
  const given: unknown[] = [];
  const national = {
    shows: { log: () => ['asked'] },
    takes: { choices: async (value: unknown) => given.push(value) },
  };
  const control = await startControl({ epd, ecd, others: new Map([['mitz', national]]) });
  started.push(epd, ecd, control);
  return { epd, ecd, control, given };
}

async function ask(control: SandboxServer, path: string, body?: string) {
  const put = body === undefined ? {} : { method: 'PUT', body };
  const answer = await fetch(`${control.baseUrl}${path}`, put);
  return { status: answer.status, value: JSON.parse(await answer.text()) };
}

it('sets a fault of one server, and shows it', async () => {
  const { control, ecd, epd } = await start();
  const fault = { kind: 'busy', times: 2 };
  expect(await ask(control, '/ecd/faults', JSON.stringify(fault))).toEqual({ status: 200, value: fault });
  expect((await ask(control, '/ecd/faults')).value).toEqual(fault);
  expect([ecd.faults.current().kind, epd.faults.current().kind]).toEqual(['busy', 'none']);
});

it('says what is wrong with a fault, and leaves the old one', async () => {
  const { control, epd } = await start();
  for (const body of ['{"kind":"boo"}', '{"kind":"slow","delayMs":"long"}', 'no json', '[]'])
    expect((await ask(control, '/epd/faults', body)).status).toBe(400);
  expect(epd.faults.current()).toEqual({ kind: 'none' });
});

it('shows what arrived at the one that has it', async () => {
  const { control } = await start();
  expect((await ask(control, '/ecd/notifications')).value).toEqual([]);
  expect((await ask(control, '/epd/callbacks')).value).toEqual([]);
  expect((await ask(control, '/epd/notifications')).status).toBe(404);
});

it('reads and puts at further servers by name', async () => {
  const { control, given } = await start();
  expect((await ask(control, '/mitz/log')).value).toEqual(['asked']);
  await ask(control, '/mitz/choices', '{"holder":"kade"}');
  expect(given).toEqual([{ holder: 'kade' }]);
  expect((await ask(control, '/mitz/faults', '{}')).status).toBe(404);
  expect((await ask(control, '/nobody/log')).value.error).toContain('/mitz/');
});
