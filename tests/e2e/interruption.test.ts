// Does what was acknowledged survive a killed gateway, and does a stop let what is under way end?
import { request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { handoverOfCase, restart, startCast, until } from './stage.ts';

describe('a gateway that is killed', () => {
  it('delivers after its restart what it had acknowledged, and announces it once', async () => {
    const cast = await startCast();
    try {
      const { epd, ecd } = cast.sandbox;
      ecd.faults.set({ kind: 'refuse' });
      const pushed = await epd.push(await handoverOfCase('killed'));
      expect(pushed.status).toBe(202);
      await cast.gateway.kill();
      expect(cast.gateway.running()).toBe(false);
      ecd.faults.set({ kind: 'none' });
      await restart(cast);
      await until(() => ecd.notifications.length > 0, 'delivery after the restart');
      const again = await epd.push(await handoverOfCase('killed'));
      expect(again.status).toBe(200);
      expect(again.headers.get('location')).toBe(pushed.headers.get('location'));
      const completed = await ecd.complete(ecd.notifications[0]?.taskId ?? '');
      expect(completed.status).toBe(200);
      expect(new Set(ecd.notifications.map(({ taskId }) => taskId)).size).toBe(1);
    } finally {
      await cast.close();
    }
  });
});

describe('a gateway that is told to stop', () => {
  it('lets a delivery under way end, and exits with 0', async () => {
    const cast = await startCast();
    try {
      const { epd, ecd } = cast.sandbox;
      await ecd.readTask('00000000-0000-4000-8000-000000000000');
      ecd.faults.set({ kind: 'slow', delayMs: 1_500, path: '/notification' });
      expect((await epd.push(await handoverOfCase('stopped'))).status).toBe(202);
      await until(
        () => ecd.log.some((line) => line.path.startsWith('/notification')),
        'a notification under way',
      );
      expect(await cast.gateway.stop()).toBe(0);
      expect(ecd.notifications).toHaveLength(1);
      ecd.faults.set({ kind: 'none' });
      await restart(cast);
      const { state } = await epd.status(
        (await epd.push(await handoverOfCase('stopped'))).headers.get('location') ?? '',
      );
      const notifications: unknown[] = Array.isArray(state.notifications) ? state.notifications : [];
      expect(notifications).toMatchObject([{ state: 'delivered' }]);
      expect(ecd.notifications).toHaveLength(1);
    } finally {
      await cast.close();
    }
  });

  it('takes a push of which half had come, and answers it before it ends', async () => {
    const cast = await startCast();
    try {
      const { epd, ecd } = cast.sandbox;
      const body = Buffer.from(JSON.stringify(await handoverOfCase('draining')));
      const outgoing = request(`${cast.folder.baseUrl}/stu3/$handover`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await epd.caller.token()}`,
          'content-type': 'application/fhir+json',
          'content-length': body.length,
        },
      });
      const answered = new Promise<number | undefined>((resolve, reject) => {
        outgoing.on('response', (response) => resolve(response.resume().statusCode));
        outgoing.on('error', reject);
      });
      outgoing.write(body.subarray(0, 1_000));
      await wait(300);
      const stopped = cast.gateway.stop();
      await wait(300);
      expect(cast.gateway.running()).toBe(true);
      outgoing.end(body.subarray(1_000));
      expect(await answered).toBe(202);
      expect(await stopped).toBe(0);
      await restart(cast);
      await until(() => ecd.notifications.length === 1, 'what was taken while stopping is delivered');
    } finally {
      await cast.close();
    }
  });
});

describe('a sender that changes its mind', () => {
  it('cancels through the sandbox, and the receiver may fetch no more', async () => {
    const cast = await startCast();
    try {
      const { epd, ecd } = cast.sandbox;
      const location = (await epd.push(await handoverOfCase('cancelled'))).headers.get('location') ?? '';
      await until(() => ecd.notifications.length > 0, 'the announcement');
      expect((await epd.cancel(location)).status).toBe(200);
      expect((await epd.status(location)).state.state).toBe('cancelled');
      const task = await ecd.readTask(ecd.notifications[0]?.taskId ?? '');
      expect(task.resource?.status).toBe('cancelled');
    } finally {
      await cast.close();
    }
  });
});
