// Who takes part in the identity and http tests? Three organisations with their own keys, and what they sign.
import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import type { KeySetFetch } from '../../src/identity/clientKeys.ts';
import { createIdentity, type Identity } from '../../src/identity/identity.ts';
import { identitySettings } from '../../src/identity/settings.ts';
import type { KeyFile } from '../../src/identity/signingKeyFile.ts';
import { createSigningKeys, newKeyFile, type SigningKeys } from '../../src/identity/signingKeys.ts';
import type { Client, Participant } from '../../src/model.ts';
import { createDirectory } from '../../src/routing/directory.ts';
import type { Store } from '../../src/store/store.ts';

export const baseUrl = 'https://sluis.example';
export const tokenAddress = `${baseUrl}/oauth/token`;
export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
export const now = new Date('2026-03-02T10:00:00.400Z');
export const seconds = Math.floor(now.getTime() / 1_000);

export type Key = { privateKey: KeyObject; publicJwk: Record<string, unknown>; kid: string; alg: string };

export function makeKey(alg: string, kid = `key-${alg}`): Key {
  const { privateKey, publicKey } = alg.startsWith('ES')
    ? generateKeyPairSync('ec', { namedCurve: alg === 'ES384' ? 'P-384' : 'P-256' })
    : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { privateKey, kid, alg, publicJwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' } };
}

export const keys = {
  epd: makeKey('ES384'),
  epdRsa: makeKey('RS384', 'rsa'),
  ecd: makeKey('ES256'),
  evil: makeKey('ES384'),
};

const client = (clientId: string, more: Partial<Client> & Pick<Client, 'keys'>): Client => ({
  clientId,
  scopes: ['handover', 'wishes'],
  audience: 'token-endpoint',
  ...more,
});

export const makeParticipants = (): Participant[] => [
  {
    id: 'epd-a',
    name: 'Hospital A',
    identifiers: [{ system: 'http://fhir.nl/fhir/NamingSystem/ura', value: '90000001' }],
    active: true,
    clients: [
      client('epd-a-system', {
        keys: { kind: 'inline', jwks: { keys: [keys.epd.publicJwk, keys.epdRsa.publicJwk] } },
      }),
    ],
    endpoints: [],
  },
  {
    id: 'ecd-b',
    name: 'Nursing home B',
    identifiers: [{ system: 'http://fhir.nl/fhir/NamingSystem/agb-z', value: '41000001' }],
    active: true,
    clients: [
      client('ecd-b-system', {
        keys: { kind: 'inline', jwks: { keys: [keys.ecd.publicJwk] } },
        audience: 'issuer',
        scopes: ['handover'],
      }),
    ],
    endpoints: [],
  },
  {
    id: 'evil-m',
    name: 'Evil M',
    identifiers: [],
    active: true,
    clients: [
      client('evil-m-system', {
        keys: { kind: 'address', jwksUrl: 'https://evil.example/jwks' },
        scopes: ['medication'],
      }),
    ],
    endpoints: [],
  },
];

export type Making = {
  key?: Key;
  clientId?: string;
  header?: Record<string, unknown>;
  claims?: Record<string, unknown>;
};

/** A good assertion of the hospital, changed where the test says so; a claim set to undefined is left out. */
export async function assertion({ key = keys.epd, clientId = 'epd-a-system', header, claims }: Making = {}) {
  const all = {
    iss: clientId,
    sub: clientId,
    aud: tokenAddress,
    jti: randomUUID(),
    exp: seconds + 60,
    ...claims,
  };
  const known = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return new SignJWT(known)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT', ...header })
    .sign(key.privateKey, header && 'crit' in header ? { crit: { [String(header.crit)]: true } } : {});
}

export const formOf = (text: string, more: Record<string, string> = {}) =>
  new Map(
    Object.entries({
      grant_type: 'client_credentials',
      client_assertion_type: assertionType,
      client_assertion: text,
      ...more,
    }),
  );

export type IdentityStage = {
  identity: Identity;
  participants: Participant[];
  keyFile: KeyFile;
  /** Milliseconds added to the clock. */
  move(ms: number): void;
  fetches: string[];
  answerKeySet(answer: KeySetFetch): void;
};

export type StageOptions = {
  settings?: Record<string, unknown>;
  keyFile?: KeyFile;
  baseUrl?: string;
  realClock?: boolean;
};

/** The keys of a file that is gone once they are read. */
export async function signingKeysOf(keyFile: KeyFile): Promise<SigningKeys> {
  const folder = await mkdtemp(join(tmpdir(), 'sluis-keys-'));
  const path = join(folder, 'keys.json');
  await writeFile(path, JSON.stringify(keyFile), { mode: 0o600 });
  const keys = await createSigningKeys(path, () => now);
  await rm(folder, { recursive: true });
  return keys;
}

export async function identityOn(store: Store, options: StageOptions = {}): Promise<IdentityStage> {
  const keyFile = options.keyFile ?? (await newKeyFile());
  const participants = makeParticipants();
  let offset = 0;
  const fetches: string[] = [];
  let answer: KeySetFetch = async () => {
    throw new Error('no key set here');
  };
  const identity = createIdentity({
    settings: identitySettings.parse({ keyFile: 'unused', blockCheckMs: 0, ...options.settings }),
    baseUrl: options.baseUrl ?? baseUrl,
    store,
    clock: () => new Date((options.realClock ? Date.now() : now.getTime()) + offset),
    clients: createDirectory(participants),
    keys: await signingKeysOf(keyFile),
    fetchKeySet: (request) => {
      fetches.push(request.url);
      return answer(request);
    },
    scopes: ['handover', 'wishes', 'medication'],
  });
  return {
    identity,
    participants,
    keyFile,
    fetches,
    move: (ms) => {
      offset += ms;
    },
    answerKeySet: (next) => {
      answer = next;
    },
  };
}

/** What the audit trail says, oldest first. */
export async function recordsOf(store: Store): Promise<Record<string, unknown>[]> {
  const rows = await store.read.selectFrom('audit').select('body').orderBy('seq').execute();
  return rows.map((row) => JSON.parse(row.body) as Record<string, unknown>);
}
