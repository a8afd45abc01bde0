// How does Mitz tell of changed consent? POST /mitz/notify: proof first, then the body, and 200 only once it is durable.
import type { Express, Request, Response } from 'express';
import type { NotifySettings } from '../consent/mitz/notifySettings.ts';
import { partlySubscribed, type ReceiveNotification } from '../consent/mitz/receiveNotification.ts';
import { GatewayError } from '../errors.ts';
import type { Clock } from '../model.ts';
import { actorOf } from '../store/actor.ts';
import { within } from './access.ts';
import { callOf } from './call.ts';
import type { RouteDeps } from './deps.ts';
import { readResource } from './fhirBody.ts';
import { type Proven, proveMitz } from './mitzProof.ts';
import { asGatewayError, statusOf } from './outcome.ts';
import { whenOver } from './underWay.ts';

/** What the route needs beside the rest; absent where Mitz is not set up to notify. */
export type MitzPort = {
  proof: NotifySettings['proof'];
  receive: ReceiveNotification;
  clock: Clock;
  /** Tells an operator. */
  alarm(reason: 'notification-unreadable'): void;
};

export const notifyPath = '/mitz/notify';

type Deps = RouteDeps & { mitz: MitzPort };

/** A refusal before the notification was read is recorded here; later ones are by `receive`, tokens by identity/. */
async function recordRefusal(error: unknown, request: Request, deps: Deps): Promise<void> {
  const refused = asGatewayError(error);
  const { requestId, requester } = callOf(request);
  const byIdentity = deps.mitz.proof.kind === 'token' && !requester;
  if (byIdentity || refused.kind === 'tooMany' || statusOf(refused) >= 500) return;
  await deps.store.write(async (unit) => {
    unit.audit({
      event: 'mitz.notified',
      action: 'U',
      outcome: 'refused',
      reason: refused.reason ?? refused.kind,
      requestId,
      ...(requester && actorOf(requester)),
    });
  });
}

/** Sent again it would be refused again: a patient's no may be in it, while its yes of before is kept here. */
const final: ReadonlySet<string> = new Set(['invalid', 'unprocessable', 'unsupportedMedia', 'tooLarge']);

function alarmOf(error: unknown, { mitz }: Deps): void {
  const { kind, reason } = asGatewayError(error);
  if (final.has(kind) || reason === partlySubscribed) mitz.alarm('notification-unreadable');
}

async function take(request: Request, response: Response, deps: Deps) {
  const { mitz, budget, settings } = deps;
  let proven: Proven | undefined;
  try {
    proven = await proveMitz(request, mitz.proof, { ...deps, clock: mitz.clock });
    const holding = budget.hold(proven.participantId ?? proven.clientId);
    whenOver(response, () => holding.release());
    const { maxBytes } = settings.body;
    const resource = await readResource({ request, response }, 'r4', { maxBytes, holding });
    if (!resource) throw new GatewayError('invalid', 'A notification has a body.');
    return { proven, resource };
  } catch (error) {
    if (proven) alarmOf(error, deps);
    await recordRefusal(error, request, deps);
    throw error;
  }
}

/** POST of a notification; other methods are refused by name. Does nothing where Mitz is not set up. */
export function addMitzRoutes(app: Express, deps: RouteDeps): void {
  const { mitz } = deps;
  if (!mitz) return;
  const route = app.route(notifyPath);
  route.post(async (request: Request, response: Response): Promise<void> => {
    const call = callOf(request);
    call.route = notifyPath;
    const { proven, resource } = await take(request, response, { ...deps, mitz });
    const bringer = { ...proven, requestId: call.requestId };
    const kept = mitz.receive(resource, bringer).catch((error: unknown) => {
      alarmOf(error, { ...deps, mitz });
      throw error;
    });
    await within(deps.settings.times.answerMs, kept);
    response.status(204).end();
  });
  route.all((request: Request, response: Response) => {
    callOf(request).route = notifyPath;
    if (request.method === 'OPTIONS') {
      response.setHeader('Allow', 'POST, OPTIONS').status(204).end();
      return;
    }
    throw new GatewayError('methodNotAllowed', 'Notifications are posted here.', {
      headers: { Allow: 'POST, OPTIONS' },
    });
  });
}
