// With which token does the gateway come to a receiver? client_credentials with a signed assertion (RFC 7523),
// kept until shortly before it ends; one request at a time per authorisation server.
import { z } from 'zod';
import type { Clock, OutgoingAuth } from '../model.ts';
import { type Outgoing, OutgoingFailure } from '../outgoing/outgoing.ts';
import { judgeAnswer, judgeFailure, type Verdict } from './verdict.ts';

type KeyAuth = Extract<OutgoingAuth, { kind: 'private_key_jwt' }>;

export type ReceiverTokens = {
  /** The authorization header's value, or why there is none. `fresh` forgets the token that was refused. */
  get(auth: OutgoingAuth, fresh?: { refused: string | undefined }): Promise<Authorization>;
};

export type Authorization = { header: string | undefined } | { verdict: Verdict };

export type TokenDeps = {
  outgoing: Outgoing;
  clock: Clock;
  signAssertion(auth: OutgoingAuth, now: Date): Promise<string>;
  timeoutMs: number;
  maxRetryAfterMs: number;
};

const answerForm = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.coerce.number().positive().max(86_400).default(60),
});

const early = 10_000;
const mostBytes = 65_536;

type Kept = { header: string; until: number };

async function ask(auth: KeyAuth, deps: TokenDeps): Promise<{ kept: Kept } | { verdict: Verdict }> {
  const now = deps.clock();
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: auth.clientId,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await deps.signAssertion(auth, now),
    ...(auth.scope && { scope: auth.scope }),
  });
  const answer = await deps.outgoing.request({
    method: 'POST',
    url: auth.tokenEndpoint,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: form.toString(),
    timeoutMs: deps.timeoutMs,
    maxBytes: mostBytes,
  });
  const verdict = judgeAnswer(answer, { now, longest: deps.maxRetryAfterMs, prefix: 'token-' });
  // a refusal may be theirs of the moment: they could not fetch our keys, or registered us late
  if (verdict.result !== 'delivered') return { verdict: { ...verdict, result: 'retry' } };
  const { access_token, expires_in } = answerForm.parse(
    JSON.parse(Buffer.from(answer.body).toString('utf8')),
  );
  const life = expires_in * 1_000;
  return {
    kept: {
      header: `Bearer ${access_token}`,
      until: now.getTime() + Math.max(life - early, life / 2),
    },
  };
}

/** Nothing was said to the receiver yet, so whatever goes wrong here may be tried again. */
function withoutToken(error: unknown, deps: TokenDeps): Verdict {
  if (!(error instanceof OutgoingFailure))
    return { result: 'retry', reason: 'token-unusable', endpointFault: true };
  const verdict = judgeFailure(error, { now: deps.clock(), longest: deps.maxRetryAfterMs });
  const result = verdict.result === 'refused' ? 'refused' : 'retry';
  const { result: _, reason, ...rest } = verdict;
  return { ...rest, result, reason: `token-${reason}` };
}

export function createReceiverTokens(deps: TokenDeps): ReceiverTokens {
  const kept = new Map<string, Kept>();
  const asking = new Map<string, Promise<Authorization>>();

  async function renew(key: string, auth: KeyAuth): Promise<Authorization> {
    try {
      const asked = await ask(auth, deps);
      if ('verdict' in asked) return asked;
      kept.set(key, asked.kept);
      return { header: asked.kept.header };
    } catch (error) {
      return { verdict: withoutToken(error, deps) };
    } finally {
      asking.delete(key);
    }
  }

  return {
    async get(auth, fresh) {
      if (auth.kind === 'none') return { header: undefined };
      const key = JSON.stringify([auth.tokenEndpoint, auth.clientId, auth.audience, auth.scope]);
      const known = kept.get(key);
      if (known && known.header === fresh?.refused) kept.delete(key);
      else if (known && known.until > deps.clock().getTime()) return { header: known.header };
      const running = asking.get(key) ?? renew(key, auth);
      asking.set(key, running);
      return running;
    },
  };
}
