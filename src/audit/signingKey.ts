// Who says that this was the head of the chain? A detached JWS (RFC 7515, appendix F) by the gateway's audit key.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import {
  CompactSign,
  type CryptoKey,
  calculateJwkThumbprint,
  compactVerify,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';
import { z } from 'zod';
import type { AuditHeadTable } from '../store/tables.ts';
import { canonicalJson } from './canonical.ts';

/** The algorithms that a key may name. */
const algorithms = ['Ed25519', 'ES256'] as const;

const auditKey = z.looseObject({
  kty: z.string(),
  kid: z.string(),
  alg: z.enum(algorithms),
  d: z.string().exactOptional(),
});
const keySet = z.object({ keys: z.array(auditKey).min(1) });

const signingKeyFile = z.object({
  keys: keySet.shape.keys.refine(
    (keys) => keys[0]?.d !== undefined,
    'the first key signs, so it must have its private part',
  ),
});

export type PublicAuditKey = JWK & { kid: string; alg: (typeof algorithms)[number] };

export type UnsignedHead = Omit<AuditHeadTable, 'signature'>;

export type HeadSigner = {
  sign(head: UnsignedHead): Promise<string>;
  /** What proves the signatures: the signing key and those before it, without their private parts. */
  publicKeys: readonly PublicAuditKey[];
};

/** Makes a file with one fresh Ed25519 key. Throws when the file exists. */
export async function createSigningKeyFile(path: string): Promise<{ kid: string }> {
  const { privateKey } = await generateKeyPair('Ed25519', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  const file = { keys: [{ ...jwk, kid, alg: 'Ed25519' }] };
  writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
  return { kid };
}

/** Reads the key file; the first key signs. Throws when others may read the file or when it is not complete. */
export async function readSigningKeyFile(path: string): Promise<HeadSigner> {
  const { current, keys } = readAuditKeys(path);
  const key = await importJWK(current, current.alg);
  const publicKeys = keys.map(publicPart);
  return { publicKeys, sign: (head) => sign(head, { key, kid: current.kid, alg: current.alg }) };
}

/** What stands in the key file, before anything is done with it. Throws likewise. */
export function readAuditKeys(path: string) {
  if ((statSync(path).mode & 0o077) !== 0) {
    throw new Error(`The audit key file ${path} may be read by others; set its mode to 600`);
  }
  const parsed = signingKeyFile.safeParse(jsonOf(path));
  const current = parsed.data?.keys[0];
  if (!parsed.success || current === undefined) throw new Error(`The audit key file ${path} is not usable`);
  return { current, keys: parsed.data.keys };
}

const publicPart = ({ d: _private, ...rest }: z.infer<typeof auditKey>): PublicAuditKey => rest;

/** The keys of another gateway: a key set, or one JWK. Of a file with private parts only the public ones are taken. */
export function readPublicKeyFile(path: string): readonly PublicAuditKey[] {
  const content = jsonOf(path);
  const parsed = z.union([keySet, auditKey.transform((key) => ({ keys: [key] }))]).safeParse(content);
  if (!parsed.success) throw new Error(`${path} has no public audit keys: a key set (JWKS), or one JWK`);
  return parsed.data.keys.map(publicPart);
}

/** Is this head signed by one of these keys? */
export async function isSigned(head: AuditHeadTable, keys: readonly PublicAuditKey[]): Promise<boolean> {
  const { signature, ...unsigned } = head;
  const [header, payload, proof] = signature.split('.');
  if (payload !== '' || header === undefined || proof === undefined) return false;
  const body = Buffer.from(canonicalJson(unsigned)).toString('base64url');
  try {
    await compactVerify(`${header}.${body}.${proof}`, (protectedHeader) => keyFor(keys, protectedHeader), {
      algorithms: [...algorithms],
    });
    return true;
  } catch {
    return false;
  }
}

async function keyFor(keys: readonly PublicAuditKey[], header: { kid?: string; alg: string }) {
  const jwk = keys.find((key) => key.kid === header.kid && key.alg === header.alg);
  if (jwk === undefined) throw new Error('No such key');
  return importJWK(jwk, jwk.alg);
}

type SigningKey = { key: CryptoKey | Uint8Array; kid: string; alg: string };

async function sign(head: UnsignedHead, { key, kid, alg }: SigningKey): Promise<string> {
  const { chain, seq, hash, at } = head;
  const jws = await new CompactSign(Buffer.from(canonicalJson({ chain, seq, hash, at })))
    .setProtectedHeader({ alg, kid })
    .sign(key);
  const [header, , proof] = jws.split('.');
  return `${header}..${proof}`;
}

function jsonOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
