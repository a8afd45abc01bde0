// Does a killed gateway lose, invent or hang anything? Real processes, killed at random moments, on both stores.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { enqueue } from '../../src/delivery/outbox.ts';
import { countStates, notificationsOf } from '../../src/delivery/outboxViews.ts';
import { deliverySettings } from '../../src/delivery/settings.ts';
import { storeSettings } from '../../src/store/settings.ts';
import { hang, type Receiver, reset, startReceiver, status, until } from './faultyReceiver.ts';
import { type Ground, prepareGround, storeKinds } from './storesUnderTest.ts';

const script = fileURLToPath(new URL('./deliveryChild.ts', import.meta.url));
const settings = deliverySettings.parse({
  pollMs: 30,
  leaseMs: 500,
  timeoutMs: 200,
  firstRetryMs: 20,
  maxRetryMs: 100,
  breakerFailures: 50,
  breakerOpenMs: 100,
});
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.each(storeKinds)('delivery killed on %s', (kind) => {
  let ground: Ground;
  let receiver: Receiver;
  const children: ChildProcess[] = [];
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await receiver.end();
    await ground.end();
  });

  async function startChild(gateway: string): Promise<ChildProcess> {
    const endpoint = {
      id: 'b',
      kind: 'notification',
      address: receiver.address,
      shape: 'A',
      auth: { kind: 'none' },
      status: 'active',
      repeatable: true,
    };
    const given = {
      gateway,
      keyFile: ground.keyFile,
      store: storeSettings.parse(ground.settings),
      endpoint,
      settings,
    };
    const child = spawn(process.execPath, [script, JSON.stringify(given)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    await new Promise<void>((resolve, reject) => {
      child.stdout?.once('data', () => resolve());
      child.once('exit', () => reject(new Error('the gateway ended before it was ready')));
    });
    return child;
  }

  async function killed(child: ChildProcess): Promise<void> {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  test('everything committed arrives, in the order of its case, and nothing hangs', {
    timeout: 90_000,
  }, async () => {
    ground = await prepareGround(kind);
    receiver = await startReceiver();
    receiver.standard = (seen, response) => {
      const dice = Math.random();
      if (dice < 0.15) return reset(seen, response);
      if (dice < 0.2) return hang(seen, response);
      if (dice < 0.35) return status(503)(seen, response);
      setTimeout(() => response.headersSent || response.writeHead(202).end(), Math.random() * 20);
    };
    const names = kind === 'sqlite' ? ['gateway-1'] : ['gateway-1', 'gateway-2'];
    const gateways = await Promise.all(names.map(startChild));
    const store = await ground.open({ gateway: 'pusher', role: 'command' });
    const subjects: string[] = [];
    let pushing = true;
    const push = async () => {
      for (let i = 0; pushing; i++) {
        const subject = `case-${i}`;
        const message = {
          taskId: subject,
          taskUrl: `https://g.example/stu3/Task/${subject}`,
          compositionUrl: '',
          groupIdentifier: randomUUID(),
          notificationIdentifier: randomUUID(),
          status: 'requested',
          authoredOn: '2026-05-01T10:00:00Z',
        } as const;
        const common = {
          exchange: 'handover',
          subject,
          orderKey: subject,
          participantId: 'ecd',
          endpointId: 'b',
          version: 1,
          now: new Date(),
        };
        await store.write(async (unit) => {
          await enqueue(unit, { ...common, kind: 'announce', message });
          if (i % 3 === 0)
            await enqueue(unit, {
              ...common,
              kind: 'echo',
              message: { ...message, taskId: `${subject}-later` },
            });
        });
        subjects.push(subject);
        await pause(20);
      }
    };
    const pushed = push();
    for (let i = 0; i < 6; i++) {
      await pause(Math.random() * 500);
      const at = i % gateways.length;
      const victim = gateways[at];
      if (victim) await killed(victim);
      gateways[at] = await startChild(names[at] ?? 'gateway-1');
    }
    pushing = false;
    await pushed;
    const live = async () => {
      const { waiting, claimed, sending, unknown } = await countStates(store);
      return waiting + claimed + sending + unknown;
    };
    await until(async () => (await live()) === 0, 'nothing live', 30_000);
    expect(subjects.length).toBeGreaterThan(50);
    for (const subject of subjects) {
      const rows = await notificationsOf(store, subject);
      expect([subject, ...rows.map((row) => row.state)]).toEqual([subject, ...rows.map(() => 'delivered')]);
    }
    const first = (url: string) => receiver.seen.findIndex((one) => one.url === url);
    for (const subject of subjects.filter((_, i) => i % 3 === 0)) {
      expect(first(`/${subject}-later`)).toBeGreaterThan(first(`/${subject}`));
    }
    const seen = new Set(receiver.seen.map((one) => one.url));
    expect(subjects.filter((subject) => !seen.has(`/${subject}`))).toEqual([]);
    expect(
      await store.read.selectFrom('attempt').select('id').where('ended_at', 'is', null).execute(),
    ).toEqual([]);
  });
});
