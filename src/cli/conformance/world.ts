// Where does a conformance run take place? A gateway of its own over HTTP, and the files' organisations as participants.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Caller, createCaller } from '../../sandbox/caller.ts';
import { type Ecd, startEcd } from '../../sandbox/ecd.ts';
import { freePort, writeGatewayFolder } from '../../sandbox/gatewayFolder.ts';
import { type RunningGateway, runGateway } from '../../sandbox/gatewayRun.ts';
import { createKey } from '../../sandbox/keys.ts';
import { gatewayClientId } from '../../sandbox/sandbox.ts';
import { type Organisation, type Organisations, participantOf } from './organisations.ts';

export type World = {
  callerOf(organisation: Organisation): Caller;
  /** The Task of the first notification that none before it spoke of. */
  nextTask(known: ReadonlySet<string>): Promise<string>;
  ecd: Ecd;
  gateway: RunningGateway;
  close(): Promise<void>;
};

const notificationMs = 15_000;

/** Starts gateway and receiver; everything is gone when closed. */
export async function startWorld(organisations: Organisations): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'sluis-conformance-'));
  const key = await createKey('conformance');
  const [port, opsPort] = [await freePort(), await freePort()];
  const gatewayUrl = `http://127.0.0.1:${port}`;
  const ecd = await startEcd({ gatewayUrl, clientId: 'receiver', key, gatewayClientId });
  const auth = {
    kind: 'private_key_jwt' as const,
    tokenEndpoint: ecd.tokenEndpoint,
    clientId: gatewayClientId,
  };
  const endpoint = { id: 'notification', address: ecd.notificationAddress('A'), shape: 'A', auth };
  const written = await writeGatewayFolder({
    folder,
    port,
    opsPort,
    participants: organisations.all.map((one) => participantOf(one, { jwks: key.jwks, endpoint })),
    settings: { delivery: { pollMs: 50, firstRetryMs: 50 } },
  });
  const gateway = await runGateway(written).catch(async (error: unknown) => {
    await ecd.close();
    throw error;
  });
  const callers = new Map<Organisation, Caller>();
  return {
    ecd,
    gateway,
    nextTask: (known) => nextTask(ecd, known),
    callerOf: (organisation) => {
      const kept = callers.get(organisation);
      const caller = kept ?? createCaller({ gatewayUrl, clientId: organisation.id, key, scope: 'handover' });
      callers.set(organisation, caller);
      return caller;
    },
    close: async () => {
      await gateway.stop();
      await ecd.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function nextTask(ecd: Ecd, known: ReadonlySet<string>): Promise<string> {
  const until = Date.now() + notificationMs;
  for (;;) {
    const fresh = ecd.notifications.find(({ taskId }) => taskId !== undefined && !known.has(taskId));
    if (fresh?.taskId !== undefined) return fresh.taskId;
    if (Date.now() > until) throw new Error(`no notification came within ${notificationMs / 1000} s`);
    await wait(5);
  }
}
