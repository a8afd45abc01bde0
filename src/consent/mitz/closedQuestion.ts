// Does the patient allow it, according to Mitz? The closed question (gesloten autorisatievraag), asked by the gateway for
// the data holder just before it discloses. Guide "Open en gesloten autorisatievraag" 3.8.2, sections 2.3, 3.2 and 3.3.
import { BrokenCircuitError, ConsecutiveBreaker, circuitBreaker, handleWhen, type IPolicy } from 'cockatiel';
import type { Outgoing } from '../../outgoing/outgoing.ts';
import { askSoap, SoapFailure, type SoapReason } from '../../outgoing/soap.ts';
import { CannotAsk, type MissingInput } from '../../outgoing/soapMitz.ts';
import type { ConsentQuestion } from '../consent.ts';
import {
  type AnswerFault,
  type MitzDecision,
  NoDecision,
  readClosedAnswer,
  unplain,
} from './closedAnswer.ts';
import { type ClosedRequest, closedAction, writeClosedRequest } from './closedRequest.ts';

export type { AnswerFault, MitzDecision } from './closedAnswer.ts';

/** `input-…`: Mitz was not asked. All others: it was, or could not be, and there is no decision. */
export type ClosedFailure = MissingInput | SoapReason | AnswerFault | 'breaker-open';

export type ClosedAnswer =
  | { state: 'answered'; decisions: ReadonlyMap<string, MitzDecision> }
  | { state: 'failed'; reason: ClosedFailure };

/** One decision for each category of the question, or why there is none. Never throws for what Mitz does. */
export type ClosedQuestion = (question: ConsentQuestion) => Promise<ClosedAnswer>;

export type ClosedDeps = {
  outgoing: Outgoing;
  settings: { closedUrl: string; timeoutMs: number; breakerFailures: number; breakerOpenMs: number };
};

export const closedAnswerAction =
  'http://schemas.otv.nl/toestemmingsregister/XACMLAuthzDecisionQuery/IGeslotenAutorisatievraagService/XACMLAuthzDecisionQueryResponse';

/** Our own wrong question, a caller that gave up and a word that is not plain say nothing about the state of Mitz. */
const blameless: ReadonlySet<string> = new Set([
  'aborted',
  'fault-sender',
  'status-400',
  'invalid-request',
  ...unplain,
]);

const isTrouble = (error: unknown): boolean =>
  (error instanceof NoDecision || error instanceof SoapFailure) && !blameless.has(error.reason);

/** A caller that waited half of the time and then gave up has met a slow Mitz, not changed its mind. */
function overdue(error: unknown, waitedMs: number, timeoutMs: number): unknown {
  const gaveUp = error instanceof SoapFailure && error.reason === 'aborted';
  return gaveUp && waitedMs >= timeoutMs / 2 ? new SoapFailure('timeout') : error;
}

async function ask(
  { outgoing, settings }: ClosedDeps,
  { body, asked }: ClosedRequest,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, MitzDecision>> {
  const { closedUrl: url, timeoutMs } = settings;
  const started = performance.now();
  const call = { url, action: closedAction, answerAction: closedAnswerAction, body, timeoutMs, signal };
  try {
    return readClosedAnswer(await askSoap(outgoing, { ...call, relatesTo: 'checked' }), asked);
  } catch (error) {
    throw overdue(error, performance.now() - started, timeoutMs);
  }
}

async function answerThrough(
  breaker: IPolicy,
  deps: ClosedDeps,
  question: ConsentQuestion,
): Promise<ClosedAnswer> {
  try {
    const request = writeClosedRequest(question);
    const decisions = await breaker.execute(() => ask(deps, request, question.signal));
    return { state: 'answered', decisions };
  } catch (error) {
    if (error instanceof BrokenCircuitError) return { state: 'failed', reason: 'breaker-open' };
    if (error instanceof CannotAsk || error instanceof SoapFailure || error instanceof NoDecision)
      return { state: 'failed', reason: error.reason };
    throw error;
  }
}

/** Asks once per question, within the time of the settings; a row of failures opens the breaker for a while. */
export function createClosedQuestion(deps: ClosedDeps): ClosedQuestion {
  const { breakerFailures, breakerOpenMs } = deps.settings;
  const breaker = circuitBreaker(handleWhen(isTrouble), {
    breaker: new ConsecutiveBreaker(breakerFailures),
    halfOpenAfter: breakerOpenMs,
  });
  return (question) => answerThrough(breaker, deps, question);
}
