// Can an operator stop sending to one participant while attempts are open, and let it go on in order afterwards?
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/run.ts';
import { nursingHome } from '../../src/sandbox/sandbox.ts';
import { terminalTo } from '../world/terminal.ts';
import { type Cast, handoverOfCase, startCast, until } from './stage.ts';

/** Runs `sluis …` on the cast's gateway; gives its exit code and all that it wrote. */
async function sluis(cast: Cast, ...args: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const terminal = terminalTo(lines);
  const argv = ['node', 'sluis', ...args, '--config', cast.folder.settingsFile];
  return { code: await runCommandLine(argv, process.env, terminal), text: lines.join('\n') };
}

const notified = ({ sandbox }: Cast) =>
  sandbox.ecd.log.filter(({ path }) => path.startsWith('/notification'));

async function stateOf(cast: Cast, location: string) {
  const { state } = await cast.sandbox.epd.status(location);
  return state as { notifications: { state: string; version: number; attempts: unknown[] }[] };
}

describe('the kill switch', () => {
  it('refuses a participant that is not in the settings', async () => {
    const cast = await startCast();
    try {
      const { code, text } = await sluis(cast, 'participant', 'stop', 'nobody');
      expect([code, text]).toEqual([1, expect.stringContaining('no participant "nobody"')]);
    } finally {
      await cast.close();
    }
  });

  it('lets open attempts end, opens none after a second, keeps the queue, and resumes in order', async () => {
    const cast = await startCast();
    try {
      const { epd, ecd } = cast.sandbox;
      ecd.faults.set({ kind: 'slow', delayMs: 1_500, path: '/notification' });
      const locations: string[] = [];
      const push = async (name: string) => {
        const pushed = await epd.push(await handoverOfCase(name));
        expect(pushed.status).toBe(202);
        locations.push(pushed.headers.get('location') ?? '');
      };
      for (let index = 0; index < 8; index++) await push(`stopped-${index}`);
      await until(() => notified(cast).length > 0, 'attempts are open');
      expect((await sluis(cast, 'participant', 'stop', nursingHome.id)).code).toBe(0);
      const stoppedAt = Date.now();
      await push('pushed-while-stopped');
      expect((await sluis(cast, 'participant', 'list')).text).toContain('sending stopped');
      await wait(3_500);
      const before = notified(cast);
      expect(before.filter(({ at }) => Date.parse(at) > stoppedAt + 1_000)).toEqual([]);
      expect(before.every(({ status }) => status !== undefined)).toBe(true);
      const states = await Promise.all(locations.map((location) => stateOf(cast, location)));
      const told = states.map(({ notifications }) => notifications[0]);
      expect(told.filter((one) => one?.state === 'delivered')).toHaveLength(before.length);
      const queued = locations.filter((_, index) => told[index]?.state === 'waiting');
      expect(queued.length).toBe(locations.length - before.length);
      expect(told.at(-1)).toMatchObject({ state: 'waiting', attempts: [] });

      ecd.faults.set({ kind: 'none' });
      expect((await sluis(cast, 'participant', 'resume', nursingHome.id)).code).toBe(0);
      await until(() => notified(cast).length === locations.length, 'the queue leaves');
      await wait(500);
      expect(new Set(notified(cast).map(({ path }) => path)).size).toBe(locations.length);
      expect(notified(cast)).toHaveLength(locations.length);
      const begun = await Promise.all(
        queued.map(async (location) => {
          const [first] = (await stateOf(cast, location)).notifications;
          return (first?.attempts.at(-1) as { startedAt: string } | undefined)?.startedAt ?? '';
        }),
      );
      expect(begun).toEqual([...begun].sort());
    } finally {
      await cast.close();
    }
  });
});
