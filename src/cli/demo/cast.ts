// Who plays in the demo? A gateway of its own, the sandbox's organisations as far as a story needs them, and an outsider.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Caller, createCaller } from '../../sandbox/caller.ts';
import {
  freePort,
  type GatewayFolder,
  type ParticipantSetting,
  writeGatewayFolder,
} from '../../sandbox/gatewayFolder.ts';
import { type RunningGateway, runGateway } from '../../sandbox/gatewayRun.ts';
import { keepKey } from '../../sandbox/keys.ts';
import { joined, type Region, startRegion } from '../../sandbox/region.ts';
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

/** A cast with the data holders of a region, and those who ask them. */
export type RegionCast = Cast & { region: Region };

/** `settings`: whole sections of the gateway's settings, such as another store. */
type CastOptions = Partial<SandboxOptions> & { settings?: Readonly<Record<string, unknown>> };

type Place = { folder: string; port: number; gatewayUrl: string };
type Further = { participants: readonly ParticipantSetting[]; end(): Promise<void> };

/** Starts hospital, nursing home and gateway on free ports, in a temporary folder that goes when the cast is closed. */
export async function startCast(options: CastOptions = {}): Promise<Cast> {
  return start(options, await findPlace(), { participants: [], end: async () => undefined });
}

/** The same with the region's data holders, its Mitz, the ambulance and the out-of-hours post. */
export async function startRegionCast(options: CastOptions = {}): Promise<RegionCast> {
  const place = await findPlace();
  const region = await startRegion(place);
  const { participants, close } = region;
  const settings = { ...region.settings, ...options.settings };
  const cast = await start({ ...options, settings }, place, { participants, end: close });
  return Object.assign(cast, { region });
}

async function findPlace(): Promise<Place> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'sluis-demo-'));
  return { folder, port, gatewayUrl: `http://127.0.0.1:${port}` };
}

async function start(options: CastOptions, place: Place, further: Further): Promise<Cast> {
  const { gatewayUrl } = place;
  const sandbox = await startSandbox({ ...options, ...place });
  const end = async (): Promise<void> => {
    await Promise.all([sandbox.close(), further.end()]);
    await rm(place.folder, { recursive: true, force: true });
  };
  try {
    const folder = await writeGatewayFolder({
      ...place,
      opsPort: await freePort(),
      participants: joined(sandbox.participants, further.participants),
      settings: { delivery: { pollMs: 50, firstRetryMs: 300 }, ...options.settings },
    });
    const gateway = await runGateway(folder);
    const key = await keepKey(keyFileOf(place.folder, bystander.id), bystander.id);
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
