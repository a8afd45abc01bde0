// With which keys do the sandbox's organisations prove themselves? ES384 (RFC 7518), marked so that no production gateway takes them.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose';

/** Every key that the sandbox makes has a `kid` with this beginning; settings in production mode refuse it. */
export const sandboxKeyMark = 'sandbox-';

export type SandboxKey = {
  kid: string;
  /** The public half, as a participant's `jwks` in the settings. */
  jwks: { keys: JWK[] };
  privateJwk: JWK;
  sign(claims: JWTPayload): Promise<string>;
};

/** Makes a new ES384 key. */
export async function createKey(owner: string): Promise<SandboxKey> {
  const { privateKey } = await generateKeyPair('ES384', { extractable: true });
  const kid = `${sandboxKeyMark}${owner}-${randomUUID().slice(0, 8)}`;
  return keyFrom({ ...(await exportJWK(privateKey)), kid, alg: 'ES384', use: 'sig' });
}

/** Reads the key from the file, or makes it there (mode 0600) when there is none. */
export async function keepKey(file: string, owner: string): Promise<SandboxKey> {
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  if (kept !== undefined) return keyFrom(JSON.parse(kept));
  const key = await createKey(owner);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(key.privateJwk, null, 2)}\n`, { mode: 0o600 });
  return key;
}

function keyFrom(privateJwk: JWK): SandboxKey {
  const { d: _private, ...publicJwk } = privateJwk;
  const kid = privateJwk.kid ?? sandboxKeyMark;
  return {
    kid,
    jwks: { keys: [publicJwk] },
    privateJwk,
    sign: async (claims) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES384', kid, typ: 'JWT' })
        .sign(await importJWK(privateJwk, 'ES384')),
  };
}
