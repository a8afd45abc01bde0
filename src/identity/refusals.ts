// How does identity refuse? Stable reason codes for the record, and texts that tell a stranger nothing.
import { GatewayError } from '../errors.ts';

/** A client that did not prove who it is: 401 `invalid_client` (RFC 6749, section 5.2). */
export function clientRefused(reason: string, message?: string, cause?: unknown): GatewayError {
  return new GatewayError('unauthenticated', message ?? 'The client could not be authenticated.', {
    reason,
    cause,
  });
}

/** A token request that is not one: 400 with the OAuth code given. */
export function requestRefused(oauth: string, reason: string, message: string): GatewayError {
  return new GatewayError('invalid', message, { reason, oauth });
}

/** An access token that is not accepted: 401 `invalid_token` (RFC 6750, section 3.1). */
export function tokenRefused(reason: string, message = 'The access token is not valid.'): GatewayError {
  return new GatewayError('unauthenticated', message, {
    reason,
    oauth: 'invalid_token',
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  });
}

/** No usable credentials at all: a challenge without an error code, as RFC 6750 wants it. */
export function credentialsMissing(reason: string): GatewayError {
  return new GatewayError('unauthenticated', 'This address needs an access token.', {
    reason,
    oauth: 'invalid_token',
    headers: { 'WWW-Authenticate': 'Bearer' },
  });
}
