// Does the client's assertion keep to the rules? RFC 7523 section 3, SMART backend services, RFC 8725.
import type { Client } from '../model.ts';
import { type CompactJws, readCompactJws } from './compactJws.ts';
import { clientRefused, requestRefused } from './refusals.ts';

/** What a client may sign with: no `none`, no HMAC, no RSA below SHA-384 or without padding proof. */
export const assertionAlgorithms = ['ES384', 'RS384', 'PS256', 'ES256'] as const;
export type AssertionAlgorithm = (typeof assertionAlgorithms)[number];

/** An assertion lives at most this long, in seconds (SMART, client-confidential-asymmetric). */
export const assertionMaxSeconds = 300;

export type Assertion = { jws: CompactJws; algorithm: AssertionAlgorithm; keyId: string; clientId: string };

const types = new Set(['jwt', 'client-authentication+jwt']);
const keyIdPattern = /^[\x20-\x7e]{1,256}$/;
/** Headers that would let the sender choose the key, the rules or the coding. */
const forbiddenHeaders = ['jwk', 'x5u', 'crit', 'b64', 'zip', 'enc'] as const;

const isAlgorithm = (value: unknown): value is AssertionAlgorithm =>
  assertionAlgorithms.some((algorithm) => algorithm === value);

function readHeader(jws: CompactJws): { algorithm: AssertionAlgorithm; keyId: string } {
  const { alg, typ, kid } = jws.header;
  if (!isAlgorithm(alg)) {
    throw clientRefused('assertion-algorithm', `The assertion must use ${assertionAlgorithms.join(', ')}.`);
  }
  if (typeof typ !== 'string' || !types.has(typ.toLowerCase())) {
    throw clientRefused('assertion-type', 'The assertion’s header `typ` must be `JWT`.');
  }
  if (typeof kid !== 'string' || !keyIdPattern.test(kid)) {
    throw clientRefused(
      'assertion-key-id',
      'The assertion’s header `kid` must name one of the client’s keys.',
    );
  }
  const forbidden = forbiddenHeaders.find((name) => name in jws.header);
  if (forbidden) {
    throw clientRefused('assertion-header', `The assertion’s header \`${forbidden}\` is not accepted.`);
  }
  return { algorithm: alg, keyId: kid };
}

/**
 * Reads an assertion without believing it: size, form, header, and whom it claims to be.
 * `form.clientId` is the request's own `client_id`, which may only repeat the claim.
 * Throws `unauthenticated`; a missing or oversized assertion too.
 */
export function readAssertion(
  text: string,
  form: { clientId?: string | undefined; maxBytes: number },
): Assertion {
  if (text.length > form.maxBytes) {
    throw requestRefused('invalid_request', 'assertion-too-long', 'The assertion is too long.');
  }
  const jws = readCompactJws(text);
  if (!jws) throw clientRefused('assertion-form', 'The assertion is not a signed JWT in compact form.');
  const { algorithm, keyId } = readHeader(jws);
  const { iss, sub } = jws.claims;
  if (typeof iss !== 'string' || iss === '' || iss.length > 512 || iss !== sub) {
    throw clientRefused('assertion-issuer', '`iss` and `sub` must both be the client id.');
  }
  if (form.clientId !== undefined && form.clientId !== iss) {
    throw clientRefused('client-id-differs', '`client_id` differs from the assertion’s `iss`.');
  }
  return { jws, algorithm, keyId, clientId: iss };
}

/** The one header `jku` that SMART allows is the registered address itself; it is compared, never fetched. */
export function checkKeySetHint(assertion: Assertion, client: Client): void {
  if (!('jku' in assertion.jws.header)) return;
  if (client.keys.kind === 'address' && assertion.jws.header.jku === client.keys.jwksUrl) return;
  throw clientRefused('assertion-header', 'The assertion’s header `jku` is not the registered address.');
}

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

function checkTimes(claims: CompactJws['claims'], now: number, tolerance: number): void {
  const { exp, iat, nbf } = claims;
  if (!isTime(exp)) throw clientRefused('assertion-expiry', '`exp` must be a number of seconds.');
  if (exp <= now - tolerance) throw clientRefused('assertion-expired', 'The assertion has expired.');
  if (exp > Math.floor(now) + assertionMaxSeconds) {
    throw clientRefused('assertion-expiry', '`exp` lies more than five minutes ahead.');
  }
  for (const [name, value] of Object.entries({ iat, nbf })) {
    if (value === undefined) continue;
    if (!isTime(value)) throw clientRefused('assertion-time', `\`${name}\` must be a number of seconds.`);
    if (value > now + tolerance) throw clientRefused('assertion-early', `\`${name}\` lies in the future.`);
  }
  if (isTime(iat) && iat < now - assertionMaxSeconds - tolerance) {
    throw clientRefused('assertion-time', '`iat` lies more than five minutes back.');
  }
}

/**
 * Judges the claims of an assertion whose signature held. `now` and `tolerance` in seconds.
 * Returns what replay protection needs: the id, and when the id may be forgotten (seconds).
 */
export function checkClaims(
  assertion: Assertion,
  rules: { audience: string; now: number; tolerance: number },
): { id: string; forgetAfter: number } {
  const { claims } = assertion.jws;
  if (claims.aud !== rules.audience) {
    throw clientRefused(
      'assertion-audience',
      '`aud` must be one string: the audience agreed for this client.',
    );
  }
  checkTimes(claims, rules.now, rules.tolerance);
  const id = claims.jti;
  if (typeof id !== 'string' || id === '' || id.length > 256) {
    throw clientRefused('assertion-id', '`jti` must be a string of 1 to 256 characters.');
  }
  // Clocks of several gateways may differ: keep ids well past the moment the last of them would still accept one.
  return { id, forgetAfter: rules.now + assertionMaxSeconds + 4 * rules.tolerance };
}
