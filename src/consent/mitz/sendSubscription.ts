// Did Mitz take the subscription, or the end of it? One request, and a stable reason when it did not.
import { printJson } from '../../fhir/json.ts';
import { type Outgoing, OutgoingFailure, type OutgoingRequest } from '../../outgoing/outgoing.ts';
import type { MitzSettings } from './settings.ts';
import { type Subscribed, subscriptionId, writeSubscription } from './subscriptionResource.ts';
import type { SubscriptionRow } from './subscriptionRows.ts';

export type Sent = { reason?: string; mitzId?: string };
type Deps = { outgoing: Outgoing; settings: MitzSettings };

const mostBytes = 65_536;

async function send({ outgoing, settings }: Deps, request: Omit<OutgoingRequest, 'timeoutMs' | 'maxBytes'>) {
  try {
    return await outgoing.request({ ...request, timeoutMs: settings.timeoutMs, maxBytes: mostBytes });
  } catch (error) {
    if (error instanceof OutgoingFailure) return { reason: error.reason };
    throw error;
  }
}

/** Ends one at Mitz; one that is not there any more has ended. */
async function end(deps: Deps, mitzId: string): Promise<Sent> {
  const url = `${deps.settings.subscriptionsUrl}/Subscription/${mitzId}`;
  const answer = await send(deps, { method: 'DELETE', url });
  if ('reason' in answer) return answer;
  const gone =
    (answer.status >= 200 && answer.status < 300) || answer.status === 404 || answer.status === 410;
  return gone ? {} : { reason: `status-${answer.status}` };
}

export async function endSubscription(deps: Deps, row: SubscriptionRow): Promise<Sent> {
  if (deps.settings.subscriptionsUrl === undefined) return { reason: 'not-configured' };
  return row.mitz_id === null ? {} : end(deps, row.mitz_id);
}

/** Asks a new one, and ends the one before it when this is a renewal that got another id. */
export async function askSubscription(
  deps: Deps,
  row: SubscriptionRow,
  subscribed: Subscribed,
): Promise<Sent> {
  const { subscriptionsUrl, notify } = deps.settings;
  if (subscriptionsUrl === undefined || notify === undefined) return { reason: 'not-configured' };
  const answer = await send(deps, {
    method: 'POST',
    url: `${subscriptionsUrl}/Subscription`,
    headers: { 'content-type': 'application/fhir+json; charset=UTF-8', accept: 'application/fhir+json' },
    body: printJson(writeSubscription(subscribed, deps.settings)),
  });
  if ('reason' in answer) return answer;
  const mitzId = subscriptionId(answer);
  if (mitzId === undefined) {
    const taken = answer.status >= 200 && answer.status < 300;
    return { reason: taken ? 'no-location' : `status-${answer.status}` };
  }
  if (row.mitz_id !== null && row.mitz_id !== mitzId) await end(deps, row.mitz_id);
  return { mitzId };
}
