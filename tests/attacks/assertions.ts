// How is an assertion made that no library would make? By hand, part by part, so that every part can be wrong.
import { createHmac, type KeyObject, randomUUID, sign } from 'node:crypto';
import { clientOf, epd, type Key, keys } from './cast.ts';

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
export const b64 = (value: string | Uint8Array): string => Buffer.from(value).toString('base64url');
export const nowSeconds = (): number => Math.floor(Date.now() / 1000);

export type Making = {
  clientId?: string;
  key?: Key;
  /** `undefined` leaves a member out. */
  header?: Record<string, unknown>;
  claims?: Record<string, unknown>;
  /** The whole text instead. */
  headerText?: string;
  claimsText?: string;
  signature?(input: string): string;
};

const present = (members: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

const hashes: Record<string, string> = {
  ES256: 'sha256',
  ES384: 'sha384',
  RS384: 'sha384',
  PS256: 'sha256',
  RS256: 'sha256',
};

export function signWith(key: { privateKey: KeyObject }, alg: string, input: string): Buffer {
  const options = alg.startsWith('ES')
    ? { key: key.privateKey, dsaEncoding: 'ieee-p1363' as const }
    : alg.startsWith('PS')
      ? { key: key.privateKey, padding: 6, saltLength: 32 }
      : { key: key.privateKey };
  return sign(hashes[alg] ?? 'sha384', Buffer.from(input), options);
}

export const hmac = (secret: string | Uint8Array, input: string): string =>
  createHmac('sha256', secret).update(input).digest('base64url');

/** A good assertion of EPD-A (or of `clientId`), changed where `making` says so. */
export function signedAssertion(baseUrl: string, making: Making = {}): string {
  const { clientId = clientOf(epd), key = keys.epd } = making;
  const header = present({ alg: key.alg, kid: key.kid, typ: 'JWT', ...making.header });
  const claims = present({
    iss: clientId,
    sub: clientId,
    aud: `${baseUrl}/oauth/token`,
    jti: randomUUID(),
    iat: nowSeconds(),
    exp: nowSeconds() + 60,
    ...making.claims,
  });
  const input = `${b64(making.headerText ?? JSON.stringify(header))}.${b64(making.claimsText ?? JSON.stringify(claims))}`;
  const signature = making.signature?.(input) ?? signWith(key, key.alg, input).toString('base64url');
  return `${input}.${signature}`;
}

export const tokenForm = (assertion: string, more: Record<string, string> = {}): string =>
  new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: assertionType,
    client_assertion: assertion,
    ...more,
  }).toString();
