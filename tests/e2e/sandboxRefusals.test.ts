// Does the sandbox end, with a message, when an option is refused? In a process of its own: what still listens keeps it alive.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'sluis-sandbox-'));
afterAll(() => rmSync(folder, { recursive: true }));
const commandLine = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

function run(...words: string[]): Promise<{ code: number | null; told: string }> {
  const all = [commandLine, 'sandbox', '--folder', join(folder, 'kept'), ...words];
  const child = spawn(process.execPath, all, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 55_000 });
  const told: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => told.push(chunk.toString()));
  return new Promise((end) => child.once('close', (code) => end({ code, told: told.join('') })));
}

it.each(['--participants', '--maps'])('ends when there is nothing at %s', async (option) => {
  const { code, told } = await run('--port', '0', option, join(folder, 'nope'));
  expect(code).toBe(2);
  expect(told).toContain('nope');
});

it('ends when the gateway refuses a participant', async () => {
  const file = join(folder, 'mine.yaml');
  writeFileSync(file, '[{ id: mine }]');
  const { code, told } = await run('--port', '0', '--participants', file);
  expect(code).toBe(1);
  expect(told).toContain('name: is missing');
});

it('names the port that is in use, and what to give', async () => {
  const taken = createServer();
  await new Promise<void>((ready) => taken.listen(0, '127.0.0.1', ready));
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { code, told } = await run('--port', String(port));
  taken.close();
  expect(code).toBe(2);
  expect(told).toContain(`Port ${port} is in use; give --port`);
});
