// Do results and exit codes stand when nobody reads what a command says, or it cannot be written?
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { freePort, writeGatewayFolder } from '../../src/sandbox/gatewayFolder.ts';

const commandLine = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const ended = (child: ChildProcess) => new Promise((end) => child.once('exit', end));
/** A disk that is always full, where the system has one. */
const full = (): number => openSync('/dev/full', 'w');
const withFull = it.skipIf(!existsSync('/dev/full'));

it('a closed stderr changes neither result nor code', async () => {
  const child = spawn(process.execPath, [commandLine, 'packages', 'list', '--folder', 'nowhere'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.destroy();
  expect(await ended(child)).toBe(0);
});

withFull('a result that cannot be written is told in a sentence, and ends with 1', () => {
  const { status, stderr } = spawnSync(process.execPath, [commandLine, 'config', 'docs'], {
    stdio: ['ignore', full(), 'pipe'],
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/^The result could not be written: .*ENOSPC.*\n$/),
  ]);
});

withFull(
  'a gateway starts and serves where its output cannot be written: the disk of the log is full',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluis-full-'));
    const [port, opsPort] = [await freePort(), await freePort()];
    const { settingsFile, opsUrl } = await writeGatewayFolder({ folder, port, opsPort, participants: [] });
    const child = spawn(process.execPath, [commandLine, 'start', '--config', settingsFile], {
      stdio: ['ignore', full(), full()],
    });
    const end = ended(child);
    try {
      const ready = () => fetch(`${opsUrl}/health/ready`).then(({ status }) => status);
      await vi.waitFor(async () => expect(child.exitCode ?? (await ready())).toBe(200), 20_000);
      child.kill('SIGTERM');
      expect(await end).toBe(0);
    } finally {
      child.kill('SIGKILL');
      await rm(folder, { recursive: true });
    }
  },
);
