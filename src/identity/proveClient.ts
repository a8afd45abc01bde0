// Is it really this client that signed, and may it come in? Registered, a key of its own, a good signature, right claims; not barred.
import { compactVerify } from 'jose';
import type { Client, Participant } from '../model.ts';
import { type Assertion, checkClaims, checkKeySetHint } from './assertion.ts';
import type { IdentityDeps } from './deps.ts';
import { clientRefused } from './refusals.ts';

export type Registered = { participant: Participant; client: Client };
export type Proven = Registered & { assertionId: string; forgetAfter: number };

/** Who the assertion claims to be. Throws `unauthenticated`, in the same words as a wrong key or signature. */
export function registeredOf(assertion: Assertion, { clients }: IdentityDeps): Registered {
  const registered = clients.byClientId(assertion.clientId);
  if (!registered) throw clientRefused('client-unknown');
  return registered;
}

/** Throws `unauthenticated` with a stable reason, or `unavailable` when keys cannot be known. */
export async function proveClient(
  assertion: Assertion,
  registered: Registered,
  deps: IdentityDeps,
): Promise<Proven> {
  const { participant, client } = registered;
  checkKeySetHint(assertion, client);
  const key = await deps.clientKeys.find(client, assertion.keyId, assertion.algorithm);
  try {
    await compactVerify(assertion.jws.text, key, { algorithms: [assertion.algorithm] });
  } catch (cause) {
    throw clientRefused('assertion-signature', undefined, cause);
  }
  const { id, forgetAfter } = checkClaims(assertion, {
    audience: client.audience === 'issuer' ? deps.baseUrl : `${deps.baseUrl}/oauth/token`,
    now: deps.clock().getTime() / 1_000,
    tolerance: deps.settings.toleranceSeconds,
  });
  return { participant, client, assertionId: id, forgetAfter };
}

/** Throws `unauthenticated` for a participant that is switched off or blocked, `unavailable` when blocks cannot be known. */
export async function demandAdmitted({ participant }: Proven, { blocked }: IdentityDeps): Promise<void> {
  if (!participant.active) throw clientRefused('participant-inactive');
  if (await blocked.has(participant.id)) throw clientRefused('participant-blocked');
}
