// Which keys of a published key set may verify a client? RFC 7517, with what must never be in one.
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { AssertionAlgorithm } from './assertion.ts';

export type VerificationKey = { algorithms: readonly AssertionAlgorithm[]; key: KeyObject };
/** By key id; one id may serve keys of different types (RFC 7517, section 4.5). */
export type KeySet = ReadonlyMap<string, readonly VerificationKey[]>;

/** A key set that cannot be used; `reason` is a stable code for the record. */
export class KeySetRefused extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(`key set refused: ${reason}`);
    this.name = 'KeySetRefused';
    this.reason = reason;
  }
}

const jwkShape = z.looseObject({
  kty: z.string(),
  kid: z.string().optional(),
  use: z.string().optional(),
  alg: z.string().optional(),
  key_ops: z.array(z.string()).optional(),
  crv: z.string().optional(),
  n: z.string().optional(),
  e: z.string().optional(),
  x: z.string().optional(),
  y: z.string().optional(),
});
type Jwk = z.infer<typeof jwkShape>;

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const;
const curves: Readonly<Record<string, AssertionAlgorithm>> = { 'P-256': 'ES256', 'P-384': 'ES384' };

/** RSA from 2048 to 8192 bits with a small exponent: below is weak, above lets a client burn our time. */
function rsaFits(jwk: Jwk): boolean {
  const bits = (Buffer.from(jwk.n ?? '', 'base64url').length || 0) * 8;
  const exponent = Buffer.from(jwk.e ?? '', 'base64url').length;
  return bits >= 2_048 && bits <= 8_192 && exponent >= 1 && exponent <= 4;
}

function algorithmsOf(jwk: Jwk): AssertionAlgorithm[] {
  const curve = curves[jwk.crv ?? ''];
  const possible: AssertionAlgorithm[] =
    jwk.kty === 'EC' && curve ? [curve] : jwk.kty === 'RSA' && rsaFits(jwk) ? ['RS384', 'PS256'] : [];
  return possible.filter((algorithm) => jwk.alg === undefined || jwk.alg === algorithm);
}

function keyOf(jwk: Jwk): VerificationKey | undefined {
  if (jwk.use !== undefined && jwk.use !== 'sig') return undefined;
  if (jwk.key_ops && !jwk.key_ops.includes('verify')) return undefined;
  const algorithms = algorithmsOf(jwk);
  if (algorithms.length === 0) return undefined;
  try {
    const { kty, crv, x, y, n, e } = jwk;
    const publicPart = kty === 'EC' ? { kty, crv, x, y } : { kty, n, e };
    return { algorithms, key: createPublicKey({ key: publicPart as JsonWebKey, format: 'jwk' }) };
  } catch {
    return undefined;
  }
}

/**
 * Reads a JWKS document. Keys for other purposes or of other types are passed over; a set with private or
 * symmetric key material, with too many keys or with two keys under one id and algorithm is refused whole.
 */
export function readKeySet(document: unknown, maxKeys: number): KeySet {
  const parsed = z.looseObject({ keys: z.array(z.unknown()) }).safeParse(document);
  if (!parsed.success) throw new KeySetRefused('key-set-form');
  if (parsed.data.keys.length > maxKeys) throw new KeySetRefused('key-set-too-many-keys');
  const set = new Map<string, VerificationKey[]>();
  for (const entry of parsed.data.keys) {
    const jwk = jwkShape.safeParse(entry);
    if (!jwk.success) continue;
    if (privateMembers.some((name) => name in jwk.data)) throw new KeySetRefused('key-set-private-key');
    const key = keyOf(jwk.data);
    if (!key || !jwk.data.kid) continue;
    const sameId = set.get(jwk.data.kid) ?? [];
    if (sameId.some((other) => other.algorithms.some((algorithm) => key.algorithms.includes(algorithm)))) {
      throw new KeySetRefused('key-set-double-key-id');
    }
    set.set(jwk.data.kid, [...sameId, key]);
  }
  return set;
}

/** The key of the set that this id and algorithm mean. */
export function keyIn(set: KeySet, keyId: string, algorithm: AssertionAlgorithm): KeyObject | undefined {
  return set.get(keyId)?.find((key) => key.algorithms.includes(algorithm))?.key;
}
