// Whose access token is this, and does it still count? RFC 6750 for the header, RFC 9068 for the token.
import { GatewayError } from '../errors.ts';
import type { Requester } from '../model.ts';
import { actorOf } from '../store/actor.ts';
import type { IdentityContext, IdentityDeps } from './deps.ts';
import { credentialsMissing, tokenRefused } from './refusals.ts';
import { vouchedIn } from './tokenClaims.ts';
import type { AccessClaims } from './verifiedTokens.ts';

const maxTokenLength = 8_192;
const bearer = /^bearer +([A-Za-z0-9._~+/-]+=*) *$/i;

function tokenIn(authorization: string | undefined): string {
  if (authorization === undefined || authorization.trim() === '') throw credentialsMissing('no-token');
  const [scheme = ''] = authorization.trim().split(/\s/, 1);
  if (scheme.toLowerCase() !== 'bearer') throw credentialsMissing('other-scheme');
  const token = authorization.length <= maxTokenLength ? bearer.exec(authorization)?.[1] : undefined;
  if (token !== undefined) return token;
  throw new GatewayError('invalid', 'The Authorization header must hold one bearer token.', {
    reason: 'malformed-credentials',
    headers: { 'WWW-Authenticate': 'Bearer error="invalid_request"' },
  });
}

async function verify(token: string, { keys, baseUrl }: IdentityDeps): Promise<AccessClaims> {
  const { claims, keyId } = await keys.verify(token, 'at+jwt');
  const { iss, aud, exp, iat, client_id: clientId, participant, scope, jti } = claims;
  if (iss !== baseUrl || aud !== baseUrl) throw tokenRefused('token-audience');
  if (typeof exp !== 'number' || typeof iat !== 'number') throw tokenRefused('token-claims');
  if (typeof clientId !== 'string' || typeof participant !== 'string') throw tokenRefused('token-claims');
  if (typeof scope !== 'string' || typeof jti !== 'string') throw tokenRefused('token-claims');
  return {
    participantId: participant,
    clientId,
    scopes: scope.split(' '),
    tokenId: jti,
    expires: exp,
    keyId,
    vouched: vouchedIn(claims),
  };
}

/** A token was right when it was issued; this asks whether its owner may still come in. */
async function requesterOf(claims: AccessClaims, deps: IdentityDeps): Promise<Requester> {
  if (deps.clock().getTime() / 1_000 >= claims.expires) throw tokenRefused('token-expired');
  const participant = deps.clients.byId(claims.participantId);
  const registered = deps.clients.byClientId(claims.clientId);
  if (!participant?.active) throw tokenRefused('participant-inactive');
  if (registered?.participant.id !== participant.id) throw tokenRefused('client-unknown');
  if (await deps.blocked.has(participant.id)) throw tokenRefused('participant-blocked');
  const scopes = claims.scopes.filter((scope) => registered.client.scopes.includes(scope));
  return { participant, clientId: claims.clientId, scopes, tokenId: claims.tokenId, ...claims.vouched };
}

type Proving = { claims?: AccessClaims };

/** What is proven is written to `proving`, also when the caller may not come in. */
async function prove(
  authorization: string | undefined,
  deps: IdentityDeps,
  proving: Proving,
): Promise<Requester> {
  const token = tokenIn(authorization);
  const remembered = deps.verified.get(token);
  const known = remembered && (await deps.keys.knows(remembered.keyId)) ? remembered : undefined;
  const claims = known ?? (await verify(token, deps));
  proving.claims = claims;
  const requester = await requesterOf(claims, deps);
  if (!known) deps.verified.put(token, claims);
  return requester;
}

/** Whose token it is, though it counts no longer. */
const ownerOf = ({ participantId, clientId, vouched }: AccessClaims) =>
  actorOf({ participant: { id: participantId }, clientId, ...vouched });

/**
 * Proves the caller of a request by its Authorization header. Participant, client and block are asked anew at every
 * call; only the signature is remembered. Every refusal is recorded as `access.refused` before it is answered.
 * Throws `unauthenticated`, `invalid` for a malformed header, `unavailable` when the store does not answer.
 */
export async function authenticate(
  authorization: string | undefined,
  deps: IdentityDeps,
  context: IdentityContext,
): Promise<Requester> {
  const proving: Proving = {};
  try {
    return await prove(authorization, deps, proving);
  } catch (error) {
    if (!(error instanceof GatewayError) || error.kind === 'unavailable') throw error;
    await context.admitRefusal?.();
    await deps.store.write(async (unit) => {
      unit.audit({
        event: 'access.refused',
        action: 'E',
        outcome: 'refused',
        reason: error.reason ?? error.kind,
        ...(proving.claims ? ownerOf(proving.claims) : {}),
        requestId: context.requestId,
      });
    });
    throw error;
  }
}
