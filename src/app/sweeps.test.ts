// Is it told why a sweep failed?
import { expect, it } from 'vitest';
import { createLog } from '../http/log.ts';
import { startSweeps } from './sweeps.ts';

it('a sweep that fails is logged with its error, and has its next turn', async () => {
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(line) });
  const work = async (): Promise<number> => {
    throw new RangeError('no room', { cause: new Error('the disk') });
  };
  const sweeps = startSweeps([{ name: 'grants', everyMs: 5, work }], log);
  await expect.poll(() => lines.length).toBeGreaterThan(1);
  await sweeps.stop();
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    sweep: 'grants',
    err: { type: 'RangeError', message: 'no room', cause: { message: 'the disk' } },
  });
});
