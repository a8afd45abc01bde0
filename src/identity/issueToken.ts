// May this client have an access token? RFC 6749 section 4.4 with private_key_jwt (RFC 7523), tokens as RFC 9068.
import { randomUUID } from 'node:crypto';
import { GatewayError } from '../errors.ts';
import type { AuditEntry, Client } from '../model.ts';
import { actorOf } from '../store/actor.ts';
import type { Unit } from '../store/store.ts';
import { readAssertion } from './assertion.ts';
import { readB2b, type Vouched } from './b2b.ts';
import type { IdentityContext, IdentityDeps } from './deps.ts';
import { demandAdmitted, type Proven, proveClient, type Registered, registeredOf } from './proveClient.ts';
import { clientRefused, requestRefused } from './refusals.ts';
import { vouchedClaims } from './tokenClaims.ts';

export type TokenAnswer = { access_token: string; token_type: 'Bearer'; expires_in: number; scope: string };

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const uraSystems = new Set(['http://fhir.nl/fhir/NamingSystem/ura', 'urn:oid:2.16.528.1.1007.3.3']);

/** RFC 6749, section 3.2: a parameter without a value counts as left out. */
const givenIn = (form: ReadonlyMap<string, string>, name: string) => form.get(name) || undefined;

function readForm(form: ReadonlyMap<string, string>): { assertion: string; clientId: string | undefined } {
  const grant = givenIn(form, 'grant_type');
  if (!grant) throw requestRefused('invalid_request', 'grant-type', '`grant_type` is missing.');
  if (grant !== 'client_credentials') {
    throw requestRefused('unsupported_grant_type', 'grant-type', 'Only `client_credentials` is supported.');
  }
  if (givenIn(form, 'client_secret')) {
    throw clientRefused('client-secret', 'Clients prove themselves with `private_key_jwt` only.');
  }
  const assertion = givenIn(form, 'client_assertion');
  if (!assertion || givenIn(form, 'client_assertion_type') !== assertionType) {
    throw clientRefused(
      'assertion-missing',
      `A \`client_assertion\` of type \`${assertionType}\` is needed.`,
    );
  }
  return { assertion, clientId: givenIn(form, 'client_id') };
}

/** Asked for ⊆ registered; nothing asked for means everything registered. */
function scopesFor(asked: string | undefined, client: Client): string[] {
  const wanted = asked === undefined ? [...client.scopes] : [...new Set(asked.split(' '))];
  if (wanted.length === 0 || wanted.some((scope) => !client.scopes.includes(scope))) {
    throw requestRefused(
      'invalid_scope',
      'scope',
      'A scope is asked for that this client is not registered for.',
    );
  }
  return wanted;
}

async function useOnce(unit: Unit, proven: Proven, deps: IdentityDeps): Promise<void> {
  const inserted = await unit.db
    .insertInto('replay')
    .values({
      key_hash: deps.store.hash('replay', JSON.stringify([proven.client.clientId, proven.assertionId])),
      expires_at: new Date(proven.forgetAfter * 1_000).toISOString(),
    })
    .onConflict((conflict) => conflict.column('key_hash').doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows !== 1n) {
    throw clientRefused('assertion-used', 'This assertion was used before; sign a new one for each request.');
  }
}

/** Signs first, then makes the assertion's one use and the record durable together; only then the token leaves. */
async function grant(
  proven: Proven,
  asked: { scopes: string[]; vouched: Vouched },
  call: Call,
): Promise<TokenAnswer> {
  const { deps, context } = call;
  const { participant, client } = proven;
  const now = Math.floor(deps.clock().getTime() / 1_000);
  const tokenId = randomUUID();
  const ura = participant.identifiers.find((identifier) => uraSystems.has(identifier.system))?.value;
  const { vouched } = asked;
  const scope = asked.scopes.join(' ');
  const token = await deps.keys.sign(
    {
      iss: deps.baseUrl,
      aud: deps.baseUrl,
      sub: client.clientId,
      client_id: client.clientId,
      participant: participant.id,
      ...(ura === undefined ? {} : { ura }),
      scope,
      ...vouchedClaims(vouched),
      jti: tokenId,
      iat: now,
      exp: now + deps.settings.tokenSeconds,
    },
    'at+jwt',
  );
  await deps.store.write(async (unit) => {
    await useOnce(unit, proven, deps);
    unit.audit({
      ...entry(context, 'token.issued', 'success'),
      ...actorOf({ participant, clientId: client.clientId, ...vouched }),
      object: `Token/${tokenId}`,
      detail: { scope },
    });
  });
  return { access_token: token, token_type: 'Bearer', expires_in: deps.settings.tokenSeconds, scope };
}

type Call = { deps: IdentityDeps; context: IdentityContext };

const entry = (context: IdentityContext, event: string, outcome: AuditEntry['outcome']): AuditEntry => ({
  event,
  action: 'E',
  outcome,
  requestId: context.requestId,
});

type Known = { claimed?: Registered; proven?: Proven };

/** Until the client is proven, the registered one that the request names is a claim, and is recorded as one; who repeats a proof proves nothing. */
export async function recordRefusal(error: unknown, call: Call, known: Known = {}): Promise<void> {
  if (!(error instanceof GatewayError) || error.kind === 'tooMany' || error.kind === 'fault') return;
  await call.deps.store.write(async (unit) => {
    unit.audit({
      ...entry(call.context, 'token.refused', error.kind === 'unavailable' ? 'failed' : 'refused'),
      reason: error.reason ?? error.oauth,
      ...whoIn(known, error.reason),
    });
  });
}

function whoIn({ claimed, proven }: Known, reason: string | undefined): Partial<AuditEntry> {
  if (proven && reason !== 'assertion-used')
    return actorOf({ participant: proven.participant, clientId: proven.client.clientId });
  return claimed ? { detail: { claimedClient: claimed.client.clientId } } : {};
}

/**
 * Answers a token request. `form` holds the body's parameters, each at most once (http/ refuses doubles).
 * Throws GatewayError with an OAuth code: `invalid_request`, `unsupported_grant_type`, `invalid_scope` (400),
 * `invalid_client` (401), `temporarily_unavailable` (503) when keys, replay protection or the record cannot be had.
 */
export async function issueToken(
  form: ReadonlyMap<string, string>,
  deps: IdentityDeps,
  context: IdentityContext,
): Promise<TokenAnswer> {
  const call = { deps, context };
  const known: Known = {};
  try {
    const request = readForm(form);
    const { assertionMaxBytes: maxBytes } = deps.settings;
    const assertion = readAssertion(request.assertion, { clientId: request.clientId, maxBytes });
    known.claimed = registeredOf(assertion, deps);
    const proven = await proveClient(assertion, known.claimed, deps);
    known.proven = proven;
    await demandAdmitted(proven, deps);
    await context.admit?.(proven.client.clientId);
    const vouched = readB2b(assertion.jws.claims, proven.participant);
    return await grant(proven, { scopes: scopesFor(givenIn(form, 'scope'), proven.client), vouched }, call);
  } catch (error) {
    await recordRefusal(error, call, known);
    throw error;
  }
}

/** Deletes ids of assertions that no gateway would accept any more. Call it every few minutes. Returns how many. */
export async function forgetOldAssertions({
  store,
  clock,
}: Pick<IdentityDeps, 'store' | 'clock'>): Promise<number> {
  const now = clock().toISOString();
  return store.write(async ({ db }) => {
    const gone = await db.deleteFrom('replay').where('expires_at', '<', now).executeTakeFirst();
    return Number(gone.numDeletedRows);
  });
}
