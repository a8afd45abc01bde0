// May the receiver of a push see what these holders gave to its sender? The patient's will is asked for the one who will read it.
import type { ConsentAnswer } from '../../consent/consent.ts';
import { policyFor } from '../../consent/settings.ts';
import type { Participant } from '../../model.ts';
import { type Deadline, startDeadline } from '../answers/deadline.ts';
import type { ExchangeDeps } from '../exchange.ts';
import type { Asking, HolderResult, Retrieved } from '../retrieval.ts';
import { medicationCategory } from './queries.ts';

type Between = { asking: Asking; receiver: Participant };

const emptied = { resources: [], documents: [], withheld: [] };

/**
 * Leaves out what the receiver may not have, and who conceals from it that there is anything, whether it gave or not. The sender answers for its own records, and the receiver knows its own; for
 * all others consent is asked once more, with the receiver as the one who asks. No answer is a no.
 */
export async function forReceiver(
  retrieved: Retrieved,
  between: Between,
  deps: ExchangeDeps,
): Promise<Retrieved> {
  const deadline = startDeadline(deps.settings.medication.deadlineMs);
  try {
    const results = await Promise.all(
      retrieved.results.map((result) => heldBack(result, { ...between, deadline }, deps)),
    );
    return { ...retrieved, results: results.filter((result) => result !== undefined) };
  } finally {
    deadline.end();
  }
}

type Asked = Between & { deadline: Deadline };

async function heldBack(
  result: HolderResult,
  asked: Asked,
  deps: ExchangeDeps,
): Promise<HolderResult | undefined> {
  const { asking, receiver } = asked;
  const { id } = result.participant;
  if (id === asking.requester.participant.id || id === receiver.id) return result;
  const empty = result.resources.length + result.documents.length === 0;
  if (empty && !policyFor(deps.settings.consent, 'medication').concealRefusal) return result;
  const answer = await decided(result.participant, asked, deps);
  if (answer?.kind === 'permit' && answer.permit.categories.includes(medicationCategory)) return result;
  if (answer && answer.kind !== 'permit' && answer.concealed) return undefined;
  if (empty) return result;
  const denied = answer?.kind === 'denied' || answer?.kind === 'permit';
  return {
    ...result,
    ...emptied,
    state: denied ? 'denied' : 'unavailable',
    reason: 'receiver-not-permitted',
  };
}

/** Who will read at the receiver is not known yet: the professional who sends answers for it. */
async function decided(
  holder: Participant,
  { asking, receiver, deadline }: Asked,
  deps: ExchangeDeps,
): Promise<ConsentAnswer | undefined> {
  const { tokenId, clientId, scopes } = asking.requester;
  try {
    const answer = deps.decideConsent({
      exchange: 'medication',
      patientBsn: asking.patientBsn,
      holder,
      requester: { participant: receiver, clientId, scopes, tokenId },
      ...(asking.practitioner === undefined ? {} : { practitioner: asking.practitioner }),
      ...(asking.mandatedBy === undefined ? {} : { mandatedBy: asking.mandatedBy }),
      ...(asking.purposeOfUse === undefined ? {} : { purposeOfUse: asking.purposeOfUse }),
      categories: [medicationCategory],
      requestId: asking.requestId,
      signal: deadline.signal,
    });
    return await deadline.within(answer, () => undefined);
  } catch (error) {
    deps.noteFault(error, asking.requestId);
    return undefined;
  }
}
