// Who takes part in a chaos run? A hospital, five nursing homes of different kinds, one or two gateways, one database.
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NotificationShape, Participant } from '../../src/model.ts';
import { freePort, type GatewayFolder, writeGatewayFolder } from '../../src/sandbox/gatewayFolder.ts';
import { createKey, type SandboxKey } from '../../src/sandbox/keys.ts';
import { onServer } from '../contract/storesUnderTest.ts';
import { participant } from '../world/cast.ts';
import { type CallbackServer, startCallbacks } from './callbacks.ts';
import { createCallers } from './callers.ts';
import { copyProduct, createGateway, type Gateway } from './gateways.ts';
import type { History } from './history.ts';
import type { Random } from './random.ts';
import { type Receiver, startReceiver } from './receiver.ts';

export type StoreKind = 'sqlite' | 'postgresql';

/** Short, so that much happens in little time. */
export const deliveryLimits = {
  pollMs: 100,
  leaseMs: 1_500,
  timeoutMs: 500,
  firstRetryMs: 50,
  maxRetryMs: 1_000,
  maxRetryAfterMs: 2_000,
  deadAfterMs: 900_000,
  breakerFailures: 5,
  breakerOpenMs: 300,
};

const homes: readonly { id: string; ura: string; shape: NotificationShape; token?: true; once?: true }[] = [
  { id: 'home-a', ura: '90000201', shape: 'A', token: true },
  { id: 'home-c', ura: '90000202', shape: 'C' },
  { id: 'home-d', ura: '90000203', shape: 'D' },
  { id: 'home-e', ura: '90000204', shape: 'E' },
  { id: 'home-once', ura: '90000205', shape: 'A', once: true },
];
export const onceReceivers: ReadonlySet<string> = new Set(
  homes.flatMap(({ id, once }) => (once ? [id] : [])),
);

const sender = participant({ id: 'hospital', name: 'Ziekenhuis De Dijk', ura: '90000101' });
const parties = homes.map((home) =>
  participant({ id: home.id, name: `Verpleeghuis ${home.id}`, ura: home.ura }),
);

export type World = {
  kind: StoreKind;
  folder: string;
  /** Name of the database, on PostgreSQL. */
  database?: string;
  gateways: readonly Gateway[];
  receivers: readonly Receiver[];
  callbacks: CallbackServer;
  sender: Participant;
  parties: readonly Participant[];
  /** Callers of the hospital. */
  callers: ReturnType<typeof createCallers>;
  end(keep: boolean): Promise<void>;
};

/** The organisations around the gateways, which need not exist yet. */
export async function startOrganisations(history: History, random: Random) {
  const receivers = await Promise.all(
    homes.map(({ id, shape }) =>
      startReceiver({ id, shape, history, random: random.fork(id), badness: 0.3 }),
    ),
  );
  const callbacks = await startCallbacks(history, random.fork('callbacks'));
  const keys = await Promise.all([sender, ...parties].map(({ id }) => createKey(id)));
  const shapes = new Map(homes.map(({ id, shape }) => [id, shape]));
  return { receivers, callbacks, keys, sender, parties, shapes };
}
export type Organisations = Awaited<ReturnType<typeof startOrganisations>>;

/** Lets receivers and hospital call these gateways. */
export function connect(
  { receivers, keys }: Organisations,
  gateways: readonly { name: string; url: string }[],
  random: Random,
) {
  const callersOf = (id: string, key: SandboxKey | undefined) => {
    if (key === undefined) throw new Error(`${id} has no key`);
    const fork = random.fork(`calls of ${id}`);
    return createCallers({ gateways, clientId: `${id}-system`, key, random: fork, timeoutMs: 6_000 });
  };
  receivers.forEach((receiver, index) => {
    receiver.attach(callersOf(receiver.id, keys[index + 1]));
  });
  return callersOf(sender.id, keys[0]);
}

/** Starts everything but lets nothing happen yet. */
export async function createWorld(kind: StoreKind, history: History, random: Random): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), `sluis-chaos-${kind}-`));
  const organisations = await startOrganisations(history, random);
  const { receivers, callbacks } = organisations;
  const database = kind === 'postgresql' ? `sluis_chaos_${randomBytes(5).toString('hex')}` : undefined;
  if (database) await onServer(`create database ${database}`);
  const gateways = await createGateways({ folder, database, organisations });
  return {
    kind,
    folder,
    ...(database ? { database } : {}),
    gateways,
    receivers,
    callbacks,
    sender,
    parties,
    callers: connect(organisations, gateways, random),
    async end(keep) {
      await Promise.all(gateways.map((gateway) => gateway.kill()));
      await Promise.all([...receivers.map((receiver) => receiver.end()), callbacks.end()]);
      if (database) await onServer(`drop database if exists ${database} with (force)`);
      if (!keep) await rm(folder, { recursive: true, force: true });
    },
  };
}

type Around = { folder: string; database: string | undefined; organisations: Organisations };

async function createGateways(around: Around): Promise<Gateway[]> {
  const { folder, database } = around;
  const names = database ? ['gateway-1', 'gateway-2'] : ['gateway-1'];
  const made: { folder: GatewayFolder; url: string }[] = [];
  for (const name of names) {
    const place = join(folder, name);
    const [port, opsPort] = [await freePort(), await freePort()];
    const url = `http://127.0.0.1:${port}`;
    if (made.length > 0) await cp(join(folder, 'gateway-1/keys'), join(place, 'keys'), { recursive: true });
    const baseUrl = made[0]?.url ?? url;
    const settings = settingsOf({ name, port, opsPort, baseUrl, database });
    const participants = participantsOf(around.organisations);
    made.push({
      url,
      folder: await writeGatewayFolder({ folder: place, port, opsPort, participants, settings }),
    });
  }
  const commandLine = await copyProduct(join(folder, 'product'));
  return made.map(({ url, ...one }, index) =>
    createGateway(names[index] ?? '', url, { folder: one.folder, commandLine }),
  );
}

type Place = { name: string; port: number; opsPort: number; baseUrl: string; database: string | undefined };

function settingsOf({ name, port, opsPort, baseUrl, database }: Place): Record<string, unknown> {
  const many = { points: 1_000_000, seconds: 10 };
  const server = process.env.SLUIS_TEST_POSTGRESQL ?? 'postgres://root@127.0.0.1:5432/test';
  const keyFile = 'keys/content.json';
  return {
    gateway: { mode: 'sandbox', baseUrl, sweepSeconds: 1 },
    http: {
      data: { host: '127.0.0.1', port },
      ops: { host: '127.0.0.1', port: opsPort },
      rates: { push: many, read: many, status: many, tokenPerAddress: many, tokenPerClient: many },
      logLevel: 'warn',
    },
    store: database
      ? { kind: 'postgresql', url: server.replace(/\/[^/]*$/, `/${database}`), connections: 5, keyFile }
      : { kind: 'sqlite', file: 'sluis.sqlite', keyFile },
    audit: { gatewayId: name, signingKeyFile: 'keys/audit.json', headRecords: 200, headSeconds: 2 },
    delivery: deliveryLimits,
  };
}

function participantsOf({ receivers, callbacks, keys }: Organisations) {
  const client = (id: string, key: SandboxKey | undefined) => ({
    clientId: `${id}-system`,
    scopes: ['handover'],
    jwks: key?.jwks ?? { keys: [] },
  });
  const about = ({ id, name, identifiers }: Participant) => ({ id, name, identifiers });
  return [
    {
      ...about(sender),
      clients: [client(sender.id, keys[0])],
      endpoints: [{ id: 'callback', kind: 'callback' as const, address: callbacks.address }],
    },
    ...parties.map((party, index) => {
      const [home, receiver] = [homes[index], receivers[index]];
      const tokenEndpoint = receiver?.tokenAddress ?? '';
      const auth = { kind: 'private_key_jwt' as const, tokenEndpoint, clientId: 'gateway' };
      const endpoint = {
        id: 'notify',
        address: receiver?.address ?? '',
        shape: home?.shape ?? 'A',
        ...(home?.once ? { repeatable: false } : {}),
        ...(home?.token ? { auth } : {}),
      };
      return { ...about(party), clients: [client(party.id, keys[index + 1])], endpoints: [endpoint] };
    }),
  ];
}
