// How does Mitz tell of changed consent? POST /mitz/notify: proof first, then the body, and 200 only once it is durable.
import type { Express, Request, Response } from 'express';
import type { NotifySettings } from '../consent/mitz/notifySettings.ts';
import type { ReceiveNotification } from '../consent/mitz/receiveNotification.ts';
import { GatewayError } from '../errors.ts';
import type { Clock } from '../model.ts';
import { within } from './access.ts';
import { callOf } from './call.ts';
import type { RouteDeps } from './deps.ts';
import { readResource } from './fhirBody.ts';
import { type Proven, proveMitz } from './mitzProof.ts';
import { asGatewayError, statusOf } from './outcome.ts';

/** What the route needs beside the rest; absent where Mitz is not set up to notify. */
export type MitzPort = { proof: NotifySettings['proof']; receive: ReceiveNotification; clock: Clock };

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
      ...(requester && { participantId: requester.participant.id, clientId: requester.clientId }),
    });
  });
}

async function take(request: Request, response: Response, deps: Deps) {
  const { mitz, budget, settings } = deps;
  let proven: Proven;
  try {
    proven = await proveMitz(request, mitz.proof, { ...deps, clock: mitz.clock });
    const holding = budget.hold(proven.participantId ?? proven.clientId);
    response.once('close', () => holding.release());
    const { maxBytes } = settings.body;
    const resource = await readResource({ request, response }, 'r4', { maxBytes, holding });
    if (!resource) throw new GatewayError('invalid', 'A notification has a body.');
    return { proven, resource };
  } catch (error) {
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
    await within(deps.settings.times.answerMs, mitz.receive(resource, bringer));
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
