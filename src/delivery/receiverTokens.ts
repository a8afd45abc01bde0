// With which token does the gateway come to a receiver, and what does it mean for a notification when there is none?
import type { Clock, OutgoingAuth } from '../model.ts';
import type { TokenFailure, Tokens } from '../outgoing/tokens.ts';
import { judgeAnswer, judgeFailure, type Verdict } from './verdict.ts';

export type ReceiverTokens = {
  /** The authorization header's value, or why there is none. `fresh` forgets the token that was refused. */
  get(auth: OutgoingAuth, fresh?: { refused: string | undefined }): Promise<Authorization>;
};

export type Authorization = { header: string | undefined } | { verdict: Verdict };

type Judging = { clock: Clock; maxRetryAfterMs: number };

/** Nothing was said to the receiver yet, so whatever goes wrong here may be tried again. */
function withoutToken(failure: TokenFailure, { clock, maxRetryAfterMs }: Judging): Verdict {
  const when = { now: clock(), longest: maxRetryAfterMs };
  if (failure.kind === 'unusable') return { result: 'retry', reason: 'token-unusable', endpointFault: true };
  // a refusal may be theirs of the moment: they could not fetch our keys, or registered us late
  if (failure.kind === 'refused') {
    return { ...judgeAnswer(failure, { ...when, prefix: 'token-' }), result: 'retry' };
  }
  const { result: judged, reason, ...rest } = judgeFailure(failure.failure, when);
  const result = judged === 'refused' ? 'refused' : 'retry';
  return { ...rest, result, reason: `token-${reason}` };
}

export const createReceiverTokens = (tokens: Tokens, judging: Judging): ReceiverTokens => ({
  async get(auth, fresh) {
    const given = await tokens.get(auth, fresh);
    return 'failure' in given ? { verdict: withoutToken(given.failure, judging) } : given;
  },
});
