// With which token does the gateway come to another host? client_credentials with a signed assertion (RFC 7523),
// kept until shortly before it ends; one request at a time per authorisation server, client and scope.
import { z } from 'zod';
import type { Clock, OutgoingAuth } from '../model.ts';
import { failedUnanswered, type Outgoing, type OutgoingAnswer, OutgoingFailure } from './outgoing.ts';

type KeyAuth = Extract<OutgoingAuth, { kind: 'private_key_jwt' }>;

/** Why there is no token; nothing was said to the host itself yet. */
export type TokenFailure =
  | ({ kind: 'refused' } & Pick<OutgoingAnswer, 'status' | 'headers'>)
  | { kind: 'failed'; failure: OutgoingFailure }
  /** The answer is no token, or the assertion could not be made. */
  | { kind: 'unusable' };

/** The authorization header's value (undefined where none is wanted), or why there is none. */
export type Authorization = { header: string | undefined } | { failure: TokenFailure };

export type Tokens = {
  /** Never throws. `fresh` forgets the token that the host has just refused. */
  get(auth: OutgoingAuth, fresh?: { refused: string | undefined }): Promise<Authorization>;
};

export type TokenDeps = {
  outgoing: Outgoing;
  clock: Clock;
  signAssertion(auth: KeyAuth, now: Date): Promise<string>;
  timeoutMs: number;
};

const [usualSeconds, mostSeconds] = [60, 86_400];

const answerForm = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  token_type: z.string().regex(/^bearer$/i),
  /** Only how long it is kept here: a holder that takes it no longer says so. */
  expires_in: z.coerce.number().positive().catch(usualSeconds),
});

const early = 10_000;
const mostBytes = 65_536;

type Kept = { header: string; until: number };

async function ask(auth: KeyAuth, deps: TokenDeps): Promise<Kept | { failure: TokenFailure }> {
  const now = deps.clock();
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: auth.clientId,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await deps.signAssertion(auth, now),
    ...(auth.scope && { scope: auth.scope }),
    ...(auth.targetAudience && { target_audience: auth.targetAudience }),
  });
  const answer = await deps.outgoing.request({
    method: 'POST',
    url: auth.tokenEndpoint,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: form.toString(),
    timeoutMs: deps.timeoutMs,
    maxBytes: mostBytes,
  });
  const { status, headers } = answer;
  if (status < 200 || status >= 300) return { failure: { kind: 'refused', status, headers } };
  const { access_token, expires_in } = answerForm.parse(
    JSON.parse(Buffer.from(answer.body).toString('utf8')),
  );
  const life = Math.min(expires_in, mostSeconds) * 1_000;
  return { header: `Bearer ${access_token}`, until: now.getTime() + Math.max(life - early, life / 2) };
}

/** Each time with a new assertion: the first may have been taken in, and works once. */
async function askAgain(auth: KeyAuth, deps: TokenDeps): ReturnType<typeof ask> {
  try {
    return await ask(auth, deps);
  } catch (error) {
    if (!(error instanceof OutgoingFailure) || !failedUnanswered(error)) throw error;
    return ask(auth, deps);
  }
}

export function createTokens(deps: TokenDeps): Tokens {
  const kept = new Map<string, Kept>();
  const asking = new Map<string, Promise<Authorization>>();

  async function renew(key: string, auth: KeyAuth): Promise<Authorization> {
    try {
      const asked = await askAgain(auth, deps);
      if ('failure' in asked) return asked;
      kept.set(key, asked);
      return { header: asked.header };
    } catch (error) {
      const failed = error instanceof OutgoingFailure;
      return { failure: failed ? { kind: 'failed', failure: error } : { kind: 'unusable' } };
    } finally {
      asking.delete(key);
    }
  }

  return {
    async get(auth, fresh) {
      if (auth.kind === 'none') return { header: undefined };
      const key = JSON.stringify([
        auth.tokenEndpoint,
        auth.clientId,
        auth.audience,
        auth.scope,
        auth.targetAudience,
      ]);
      const known = kept.get(key);
      if (known && known.header === fresh?.refused) kept.delete(key);
      else if (known && known.until > deps.clock().getTime()) return { header: known.header };
      const running = asking.get(key) ?? renew(key, auth);
      asking.set(key, running);
      return running;
    },
  };
}
