// A sender hands over: what happens between its push and the 202? The receiver is then notified and fetches (handover/serve.ts).
import { operationOutcome } from '../fhir/outcome.ts';
import type { FhirResponse, Issue, Requester } from '../model.ts';
import type { ExchangeDeps, RoutedRequest } from './exchange.ts';
import { assemble } from './handover/assemble.ts';
import { checkMinimum } from './handover/check.ts';
import { refuse } from './handover/findings.ts';
import { openParcel } from './handover/parcel.ts';
import { checkSender, findReceiver } from './handover/parties.ts';
import { pack } from './handover/passage.ts';
import { recordPush } from './handover/recordPush.ts';
import { profileFindings } from './profileFindings.ts';

/**
 * One push of a handover: 202 when it is new or changed, 200 when it is known, both with the Location of its status.
 * http/ has checked the body against the element tables of STU3. Throws `unprocessable` naming everything that stands in the way, `conflict` when the case was cancelled.
 */
export async function deliver(
  request: RoutedRequest,
  requester: Requester,
  deps: ExchangeDeps,
): Promise<FhirResponse> {
  const now = deps.clock();
  const parcel = openParcel(request.resource, deps.settings.handover.maxResources);
  const handoff = assemble(parcel, { sender: requester.participant, directory: deps.directory, at: now });

  const { receiver, issues: receiverIssues } = findReceiver(handoff, deps.directory, now);
  const senderIssues = checkSender(handoff, requester.participant, deps.directory);
  const issues = [...checkMinimum(handoff), ...receiverIssues, ...senderIssues];
  if (!receiver) throw refuse([...issues, ...handoff.issues]);

  const passage = pack(handoff, { requester, deps, receiver });
  const told = [...issues, ...passage.issues];
  refuseErrors(told);
  const all = [...told, ...profileFindings(request, deps)];

  const outcome = await recordPush({ passage, receiver, issues: all, request, requester, now }, deps);
  if (outcome.kind !== 'same') deps.wakeDelivery();
  return {
    status: outcome.kind === 'same' ? 200 : 202,
    headers: { Location: `${deps.baseUrl}/handover/${passage.handoverId}` },
    resource: operationOutcome(all, request.language),
  };
}

function refuseErrors(issues: readonly Issue[]): void {
  if (issues.some((issue) => issue.severity === 'error' || issue.severity === 'fatal')) throw refuse(issues);
}
