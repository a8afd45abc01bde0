// How is content kept unreadable at rest, and how is a BSN found without being stored? AES-256-GCM and HMAC-SHA-256
// with keys from one file. https://csrc.nist.gov/pubs/sp/800/38/d/final
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { GatewayError } from '../errors.ts';
import { type KeyFile, readKeyFile } from './keyFile.ts';

/** Domains of the keyed hash: the same value has another hash in each. */
export type HashKind = 'bsn' | 'case' | 'replay' | 'id' | 'context' | 'audit';

/** Ciphertext carries its 16-byte tag at the end. */
export type Sealed = { keyId: string; nonce: Uint8Array; ciphertext: Uint8Array };

export type KeyRing = {
  /** The key that new content is sealed with. */
  currentKeyId(): string;
  has(keyId: string): boolean;
  seal(plaintext: Uint8Array, context: string): Sealed;
  /** Throws `fault` with reason `key-unknown` or `payload-damaged`; never returns garbage. */
  open(sealed: Sealed, context: string): Uint8Array;
  hash(kind: HashKind, value: string): string;
  /** For each key, and for the hash key under `#hash`, a value that reveals nothing but that it is the same key. */
  checks(): ReadonlyMap<string, string>;
};

/** Bytes of the AES-GCM nonce and tag. */
export const nonceLength = 12;
const tagLength = 16;

/** Reads the ring; when a key is unknown it looks in the file once more, so that a key added by command is picked up. */
export function openKeyRing(path: string): KeyRing {
  let file = readKeyFile(path);
  return keyRingOf(
    () => file,
    () => {
      file = readKeyFile(path);
    },
  );
}

/** A ring over keys that are in memory already. */
export function keyRingOf(current: () => KeyFile, reload: () => void = () => undefined): KeyRing {
  const secretOf = remember((key) => createSecretKey(Buffer.from(key, 'base64')));
  function keyOf(keyId: string): KeyObject {
    if (current().keys[keyId] === undefined) reload();
    const key = current().keys[keyId];
    if (key === undefined) throw damaged('key-unknown');
    return secretOf(key);
  }
  return {
    currentKeyId: () => current().current,
    has: (keyId) => current().keys[keyId] !== undefined,
    seal: (plaintext, context) => seal(keyOf(current().current), current().current, { plaintext, context }),
    open: (sealed, context) => open(keyOf(sealed.keyId), sealed, context),
    hash: (kind, value) =>
      createHmac('sha256', secretOf(current().hashKey)).update(`${kind}\0${value}`).digest('base64url'),
    checks: () => checksOf(current()),
  };
}

/** Taking a key in costs more than using it: each is taken in once. */
function remember<T>(takeIn: (key: string) => T): (key: string) => T {
  const taken = new Map<string, T>();
  return (key) => {
    const known = taken.get(key);
    if (known !== undefined) return known;
    const fresh = takeIn(key);
    taken.set(key, fresh);
    return fresh;
  };
}

/** Are two keyed hashes or check values the same? Takes as long for a near miss as for a far one. */
export function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

function seal(key: KeyObject, keyId: string, content: { plaintext: Uint8Array; context: string }): Sealed {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(`${keyId}\0${content.context}`));
  const ciphertext = Buffer.concat([cipher.update(content.plaintext), cipher.final(), cipher.getAuthTag()]);
  return { keyId, nonce, ciphertext };
}

function open(key: KeyObject, sealed: Sealed, context: string): Uint8Array {
  const end = sealed.ciphertext.length - tagLength;
  if (end < 0 || sealed.nonce.length !== nonceLength) throw damaged('payload-damaged');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.nonce, { authTagLength: tagLength });
  decipher.setAAD(Buffer.from(`${sealed.keyId}\0${context}`));
  decipher.setAuthTag(sealed.ciphertext.subarray(end));
  try {
    return Buffer.concat([decipher.update(sealed.ciphertext.subarray(0, end)), decipher.final()]);
  } catch (cause) {
    throw damaged('payload-damaged', cause);
  }
}

function damaged(reason: 'key-unknown' | 'payload-damaged', cause?: unknown): GatewayError {
  return new GatewayError('fault', 'Stored content could not be opened', { reason, cause });
}

function checksOf(file: KeyFile): ReadonlyMap<string, string> {
  const check = (key: string) =>
    Buffer.from(hkdfSync('sha256', Buffer.from(key, 'base64'), '', 'sluis ring check', 32)).toString(
      'base64url',
    );
  const checks = new Map(Object.entries(file.keys).map(([id, key]) => [id, check(key)]));
  return checks.set('#hash', check(file.hashKey));
}
