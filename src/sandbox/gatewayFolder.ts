// What does a gateway need to start beside the sandbox? A folder with its settings and keys, marked as the sandbox's own.
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { stringify } from 'yaml';
import type { DataEndpoint, Identifier, OutgoingAuth } from '../model.ts';
import { sandboxKeyMark } from './keys.ts';

/** A participant as it stands in a settings file. */
export type ParticipantSetting = {
  id: string;
  name: string;
  ura?: string;
  agb?: string;
  identifiers?: readonly Identifier[];
  facilityType?: string;
  clients: { clientId: string; scopes: string[]; jwks?: { keys: object[] }; jwksUrl?: string }[];
  endpoints: {
    id: string;
    kind?: 'notification' | 'callback';
    address: string;
    shape?: string;
    auth?: OutgoingAuth;
  }[];
  dataEndpoints?: DataEndpointSetting[];
};

/** A data endpoint as it stands in a settings file: `registered` alone has no address. */
export type DataEndpointSetting = Pick<DataEndpoint, 'id' | 'exchanges' | 'kind'> &
  Partial<Omit<DataEndpoint, 'status'>>;

export type GatewayFolder = {
  folder: string;
  settingsFile: string;
  baseUrl: string;
  opsUrl: string;
};

export type FolderOptions = {
  folder: string;
  port: number;
  opsPort: number;
  participants: readonly ParticipantSetting[];
  /** Overrides whole sections of the settings: `delivery`, `store` … */
  settings?: Readonly<Record<string, unknown>>;
};

/** Writes settings and keys; keys that are there already are kept. */
export async function writeGatewayFolder(options: FolderOptions): Promise<GatewayFolder> {
  const { folder, port, opsPort } = options;
  await mkdir(join(folder, 'keys'), { recursive: true, mode: 0o700 });
  await writeOnce(join(folder, 'keys/content.json'), contentKeys);
  await writeOnce(join(folder, 'keys/signing.json'), signingKeys);
  await writeOnce(join(folder, 'keys/audit.json'), auditKeys);
  const baseUrl = `http://127.0.0.1:${port}`;
  const settings = {
    gateway: { mode: 'sandbox', baseUrl },
    http: { data: { host: '127.0.0.1', port }, ops: { host: '127.0.0.1', port: opsPort } },
    store: { kind: 'sqlite', file: 'sluis.sqlite', keyFile: 'keys/content.json' },
    identity: { keyFile: 'keys/signing.json' },
    audit: { gatewayId: 'sandbox', signingKeyFile: 'keys/audit.json' },
    outgoing: { allowPrivate: ['127.0.0.0/8'] },
    participants: options.participants,
    ...options.settings,
  };
  const settingsFile = join(folder, 'sluis.yaml');
  await writeFile(settingsFile, stringify(settings), { mode: 0o600 });
  return { folder, settingsFile, baseUrl, opsUrl: `http://127.0.0.1:${opsPort}` };
}

async function writeOnce(file: string, make: () => Promise<unknown>): Promise<void> {
  const there = await stat(file).catch(() => undefined);
  if (there !== undefined) return;
  await writeFile(file, `${JSON.stringify(await make(), null, 2)}\n`, { mode: 0o600 });
  await chmod(file, 0o600);
}

async function contentKeys(): Promise<unknown> {
  const key = (): string => randomBytes(32).toString('base64');
  const current = `${sandboxKeyMark}${randomUUID().slice(0, 8)}`;
  return { current, keys: { [current]: key() }, hashKey: key() };
}

async function signingKeys(): Promise<unknown> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const { x, y, d } = await exportJWK(privateKey);
  const kid = `${sandboxKeyMark}${randomUUID()}`;
  return { current: kid, keys: [{ kty: 'EC', kid, crv: 'P-256', x, y, d }] };
}

async function auditKeys(): Promise<unknown> {
  const { privateKey } = await generateKeyPair('Ed25519', { extractable: true });
  const kid = `${sandboxKeyMark}${randomUUID()}`;
  return { keys: [{ ...(await exportJWK(privateKey)), kid, alg: 'Ed25519' }] };
}

/** Below what systems hand out to connections, any of which could take the port before its gateway does. */
const givenFrom = 20_000;
const givenTo = 32_000;
let lastGiven = 0;

/** A port that nobody listens on at this moment, and not the one given just before: that one is about to be used. */
export async function freePort(): Promise<number> {
  const port = randomInt(givenFrom, givenTo);
  if (port === lastGiven || !(await isFree(port))) return freePort();
  lastGiven = port;
  return port;
}

/** Can a server listen on this port of 127.0.0.1 now? */
export function isFree(port: number): Promise<boolean> {
  return new Promise((tell) => {
    const server = createServer();
    server.once('error', () => tell(false));
    server.listen(port, '127.0.0.1', () => server.close(() => tell(true)));
  });
}
