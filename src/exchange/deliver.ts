// A sender hands over: what happens between its push and the 202? The receiver is then notified and fetches (handover/serve.ts).
import { operationOutcome } from '../fhir/outcome.ts';
import type { FhirResponse, Requester } from '../model.ts';
import type { ExchangeDeps, RoutedRequest } from './exchange.ts';
import { recordPush } from './handover/recordPush.ts';

/**
 * One push of a handover: 202 when it is new or changed, 200 when it is known, both with the Location of its status.
 * Throws `invalid` for what does not parse, `unprocessable` naming everything that stands in the way, `conflict` when
 * the case was cancelled.
 */
export async function deliver(
  request: RoutedRequest,
  requester: Requester,
  deps: ExchangeDeps,
): Promise<FhirResponse> {
  const now = deps.clock();
  const { content = { resource: request.resource }, profileChecks } = request;
  const prepared = await deps.preparePush({ content, sender: requester.participant, now, profileChecks });

  const outcome = await recordPush({ ...prepared, request, requester, now }, deps);
  if (outcome.kind !== 'same') deps.wakeDelivery();
  return {
    status: outcome.kind === 'same' ? 200 : 202,
    headers: { Location: `${deps.baseUrl}/handover/${prepared.passage.handoverId}` },
    resource: operationOutcome(prepared.issues, request.language),
  };
}
