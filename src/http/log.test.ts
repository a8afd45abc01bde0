// Does a gateway live on when its log cannot be written?
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { standardOutput } from './logOutput.ts';

it('a full disk loses lines of the log and ends nothing', async () => {
  const log = new URL('./log.ts', import.meta.url).href;
  const script = `
    const { createLog } = await import('${log}');
    const log = createLog('info');
    for (let line = 0; line < 50; line += 1) log.info({ line }, 'said to nobody');
    setTimeout(() => process.exit(7), 300);`;
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', full, 'ignore'],
  });
  closeSync(full);
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(7);
});

it('what can be written is written whole', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluis-log-'));
  const file = openSync(join(folder, 'log'), 'w');
  const output = standardOutput(file);
  const lines = ['één\n', `${'x'.repeat(300_000)}\n`];
  for (const line of lines) output.write(line);
  closeSync(file);
  expect(readFileSync(join(folder, 'log'), 'utf8')).toBe(lines.join(''));
  rmSync(folder, { recursive: true });
});

it('a reader that has stopped reading is waited for once, and gets whole lines again when it reads', async () => {
  const log = new URL('./log.ts', import.meta.url).href;
  const script = `
    const { createLog } = await import('${log}');
    const log = createLog('info');
    const from = performance.now();
    for (let line = 0; line < 5_000; line += 1) log.info({ line, filled: 'x'.repeat(200) }, 'said');
    process.send(performance.now() - from);
    process.once('message', () => setTimeout(() => {
      log.info('said again');
      process.exit();
    }, 300));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  });
  const took = await new Promise((resolve) => child.once('message', resolve));
  expect(took).toBeLessThan(8_000);
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (part) => {
    text += part;
  });
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.send('read');
  await closed;
  const last = text.trimEnd().split('\n').at(-1) ?? '';
  expect(JSON.parse(last)).toMatchObject({ msg: 'said again' });
});
