// Do results and exit codes stand when nobody reads what a command says?
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const commandLine = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

it('a closed stderr changes neither result nor code', async () => {
  const child = spawn(process.execPath, [commandLine, 'packages', 'list', '--folder', 'nowhere'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.destroy();
  expect(await new Promise((end) => child.once('exit', end))).toBe(0);
});
