// Who plays in the demo? A gateway of its own, the sandbox's hospital and nursing home, and somebody who has no part in it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Caller, createCaller } from '../../sandbox/caller.ts';
import { freePort, type GatewayFolder, writeGatewayFolder } from '../../sandbox/gatewayFolder.ts';
import { type RunningGateway, runGateway } from '../../sandbox/gatewayRun.ts';
import { keepKey } from '../../sandbox/keys.ts';
import {
  bystander,
  clientIdOf,
  keyFileOf,
  type Sandbox,
  type SandboxOptions,
  startSandbox,
} from '../../sandbox/sandbox.ts';

export type Cast = {
  folder: GatewayFolder;
  /** Replaced when it is started anew. */
  gateway: RunningGateway;
  sandbox: Sandbox;
  outsider: Caller;
  close(): Promise<void>;
};

/** `settings`: whole sections of the gateway's settings, such as another store. */
type CastOptions = Partial<SandboxOptions> & { settings?: Readonly<Record<string, unknown>> };

/** Starts everything on free ports, in a temporary folder that goes when the cast is closed. */
export async function startCast(options: CastOptions = {}): Promise<Cast> {
  const place = await mkdtemp(join(tmpdir(), 'sluis-demo-'));
  const [port, opsPort] = [await freePort(), await freePort()];
  const gatewayUrl = `http://127.0.0.1:${port}`;
  const sandbox = await startSandbox({ ...options, folder: place, gatewayUrl });
  const end = async (): Promise<void> => {
    await sandbox.close();
    await rm(place, { recursive: true, force: true });
  };
  try {
    const folder = await writeGatewayFolder({
      folder: place,
      port,
      opsPort,
      participants: sandbox.participants,
      settings: { delivery: { pollMs: 50, firstRetryMs: 300 }, ...options.settings },
    });
    const gateway = await runGateway(folder);
    const key = await keepKey(keyFileOf(place, bystander.id), bystander.id);
    const outsider = createCaller({ gatewayUrl, clientId: clientIdOf(bystander), key, scope: 'handover' });
    const cast: Cast = {
      folder,
      gateway,
      sandbox,
      outsider,
      close: async () => {
        await cast.gateway.stop();
        await end();
      },
    };
    return cast;
  } catch (error) {
    await end();
    throw error;
  }
}
