// May this caller come in? Its token, its budget, and the record when something is refused before an exchange sees it.
import type { Request } from 'express';
import { GatewayError } from '../errors.ts';
import type { Requester } from '../model.ts';
import { actorOf } from '../store/actor.ts';
import { callOf } from './call.ts';
import type { RouteDeps } from './deps.ts';
import { asGatewayError, statusOf } from './outcome.ts';
import type { Lane } from './rates.ts';
import { whenOver } from './underWay.ts';

/**
 * Proves the caller, takes one from its budget, and counts it as under way until its answer is out. Throws as identity does; `tooMany` with Retry-After; `invalid`
 * for a token in the address, which would have ended up in other parties' logs.
 */
export async function admit(request: Request, lane: Lane, deps: RouteDeps): Promise<Requester> {
  const call = callOf(request);
  const requester = await deps.identity.authenticate(request.headers.authorization, {
    requestId: call.requestId,
    admitRefusal: () => deps.rates.take('refusalsPerAddress', call.address),
  });
  call.requester = requester;
  await deps.rates.take(lane, requester.participant.id);
  const leave = deps.underWay.enter(requester.participant.id);
  if (request.res) whenOver(request.res, leave);
  if (call.target.query.has('access_token')) {
    const error = new GatewayError('invalid', 'An access token belongs in the Authorization header alone.', {
      reason: 'token-in-address',
    });
    await recordRefusal(error, request, deps);
    throw error;
  }
  return requester;
}

/** Records a refusal that no exchange could record, because the request did not get that far. */
export async function recordRefusal(thrown: unknown, request: Request, deps: RouteDeps): Promise<void> {
  const { requester, requestId, route } = callOf(request);
  const error = asGatewayError(thrown);
  if (!requester || error.kind === 'tooMany' || statusOf(error) >= 500) return;
  await deps.store.write(async (unit) => {
    unit.audit({
      event: 'request.refused',
      action: 'E',
      outcome: 'refused',
      reason: error.reason ?? error.kind,
      ...actorOf(requester),
      requestId,
      detail: { route },
    });
  });
}

/** Rejects with `timeout` when the answer takes too long; the work itself goes on and stays whole. */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new GatewayError('timeout', 'The gateway could not answer in time.')),
      milliseconds,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
