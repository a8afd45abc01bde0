// What does the gateway sign with? A key file with the current key and retired ones, read again when it changes.
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import {
  type CryptoKey,
  compactVerify,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  SignJWT,
} from 'jose';
import type { Clock, OutgoingAuth } from '../model.ts';
import { readCompactJws } from './compactJws.ts';
import { tokenRefused } from './refusals.ts';
import { type KeyFile, keyFileShape, readTokenKeys } from './signingKeyFile.ts';

type Loaded = {
  current: string;
  sign: CryptoKey;
  verify: ReadonlyMap<string, CryptoKey>;
  published: { keys: JWK[] };
};

export type SigningKeys = {
  /** Id of the key that signs now. */
  current(): Promise<string>;
  /** The public parts, for /oauth/jwks. */
  jwks(): Promise<{ keys: JWK[] }>;
  /** Is this key still in the file? */
  knows(keyId: string): Promise<boolean>;
  /** Signs claims as a compact JWS; `typ` is the token's type. */
  sign(claims: JWTPayload, typ: string): Promise<string>;
  /** Verifies signature, key id and `typ`; not the claims. Throws `unauthenticated` with `invalid_token`. */
  verify(token: string, typ: string): Promise<{ claims: Readonly<Record<string, unknown>>; keyId: string }>;
};

const importKey = async (jwk: JWK, algorithm: string) => {
  const key = await importJWK(jwk, algorithm);
  if (key instanceof Uint8Array) throw new Error('a symmetric key cannot sign tokens');
  return key;
};

async function load(file: KeyFile): Promise<Loaded> {
  const algorithm = (crv: string) => (crv === 'P-256' ? 'ES256' : 'ES384');
  const published = file.keys.map(({ kty, kid, crv, x, y }) => ({
    kty,
    kid,
    crv,
    x,
    y,
    use: 'sig',
    alg: algorithm(crv),
  }));
  const verify = await Promise.all(
    published.map(async (jwk): Promise<[string, CryptoKey]> => [jwk.kid, await importKey(jwk, jwk.alg)]),
  );
  const current = file.keys.find((key) => key.kid === file.current);
  if (!current) throw new Error('the current key is missing');
  const { kty, crv, x, y, d } = current;
  const sign = await importKey({ kty, crv, x, y, ...(d ? { d } : {}) }, 'ES256');
  return { current: file.current, sign, verify: new Map(verify), published: { keys: published } };
}

async function verifyWith(loaded: Loaded, token: string, typ: string) {
  const jws = readCompactJws(token);
  if (!jws) throw tokenRefused('token-form');
  const keyId = jws.header.kid;
  if (jws.header.typ !== typ || jws.header.alg !== 'ES256' || 'crit' in jws.header) {
    throw tokenRefused('token-header');
  }
  const key = typeof keyId === 'string' ? loaded.verify.get(keyId) : undefined;
  if (!key || typeof keyId !== 'string') throw tokenRefused('token-key');
  try {
    await compactVerify(token, key, { algorithms: ['ES256'] });
  } catch {
    throw tokenRefused('token-signature');
  }
  return { claims: jws.claims, keyId };
}

function signingKeys(loaded: () => Promise<Loaded>): SigningKeys {
  return {
    current: async () => (await loaded()).current,
    jwks: async () => (await loaded()).published,
    knows: async (keyId) => (await loaded()).verify.has(keyId),
    async sign(claims, typ) {
      const { current, sign } = await loaded();
      return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ, kid: current }).sign(sign);
    },
    verify: async (token, typ) => verifyWith(await loaded(), token, typ),
  };
}

const lookEveryMs = 2_000;

/**
 * Keys from the key file. The file is looked at again every two seconds of use, so that a rotation or a removal
 * needs no restart; a file that has become unreadable or wrong leaves the last good keys in place, which is told once:
 * a key that was taken out of it still counts.
 * Throws at the start when the file cannot be read or is no key file.
 */
export async function createSigningKeys(
  file: string,
  clock: Clock,
  alarm: (reason: 'signing-keys-unread', why: string) => void = () => undefined,
): Promise<SigningKeys> {
  const read = async () => load(readTokenKeys(file));
  const stampOf = async () => {
    const { mtimeMs, size, ino, mode } = await stat(file);
    return `${mtimeMs} ${size} ${ino} ${mode}`;
  };
  let stamp = await stampOf();
  let loaded = await read();
  let told = stamp;
  let lookedAt = clock().getTime();
  const look = async () => {
    const now = await stampOf().catch(() => 'none');
    if (now === told) return;
    told = now;
    if (now === stamp) return;
    try {
      loaded = await read();
      stamp = now;
    } catch (error) {
      // The last good keys stay: half a file during a rotation must not stop the gateway.
      alarm('signing-keys-unread', error instanceof Error ? error.message : 'unknown');
    }
  };
  return signingKeys(async () => {
    const now = clock().getTime();
    if (Math.abs(now - lookedAt) >= lookEveryMs) {
      lookedAt = now;
      await look();
    }
    return loaded;
  });
}

/** Makes a key file: a new current key, and the given file's keys as retired ones, without their private parts. */
export async function newKeyFile(previous?: KeyFile): Promise<KeyFile> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const { x = '', y = '', d = '' } = await exportJWK(privateKey);
  const kid = randomUUID();
  const retired = (previous?.keys ?? []).map(({ d: _secret, ...key }) => key);
  return keyFileShape.parse({ current: kid, keys: [{ kty: 'EC', kid, crv: 'P-256', x, y, d }, ...retired] });
}

/** The gateway's own client assertion for somebody else's token endpoint (RFC 7523); lives for one minute. */
export async function signAssertion(
  auth: Extract<OutgoingAuth, { kind: 'private_key_jwt' }>,
  now: Date,
  keys: SigningKeys,
): Promise<string> {
  const issuedAt = Math.floor(now.getTime() / 1_000);
  return keys.sign(
    {
      iss: auth.clientId,
      sub: auth.clientId,
      aud: auth.audience ?? auth.tokenEndpoint,
      jti: randomUUID(),
      iat: issuedAt,
      exp: issuedAt + 60,
    },
    'JWT',
  );
}
