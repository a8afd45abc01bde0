// One holder: may it be asked, what does it answer, and what of that may be passed on? Without a permit it is not asked.
import type { ConsentAnswer } from '../../consent/consent.ts';
import { GatewayError } from '../../errors.ts';
import type { HolderQuery } from '../../holder/holder.ts';
import type { Issue, Participant, Permit } from '../../model.ts';
import type { Located } from '../../routing/localisation.ts';
import type { ExchangeDeps } from '../exchange.ts';
import type { HolderResult, Retrieval } from '../retrieval.ts';
import type { RetrievalSettings } from '../settings.ts';
import type { Deadline } from './deadline.ts';
import { type HolderQuestion, type HolderReading, readHolder } from './readHolder.ts';

export type Question = {
  retrieval: Retrieval;
  holder: Located;
  settings: RetrievalSettings;
  deadline: Deadline;
};

/** What came of it, also when nobody but the audit record may know. */
export type AskedHolder = { result: HolderResult; concealed: boolean };

type Outcome = Omit<HolderResult, 'participant' | 'endpoint' | 'foundBy'>;

const nothing = { resources: [], documents: [], withheld: [] };

/** Never throws: a fault on the way to one holder is that holder's result, and is noted. */
export async function askHolder(question: Question, deps: ExchangeDeps): Promise<AskedHolder> {
  const { holder } = question;
  const answer = await consentFor({ ...question, participant: holder.participant }, deps);
  const { decisionId } = answer;
  const tell = (outcome: Outcome, concealed = false): AskedHolder => ({
    concealed,
    result: { ...holder, ...outcome, ...(decisionId === '' ? {} : { decisionId }) },
  });
  if (answer.kind !== 'permit') return tell(refused(answer), answer.concealed);

  const queries = permittedQueries(question, answer.permit);
  if (queries.length === 0) return tell({ ...nothing, state: 'denied', reason: 'category-not-permitted' });
  const { basis, permit } = answer;
  const reading = await readingOf(question, { permit, queries }, deps);
  const asOf = permit.asOf === undefined ? {} : { consentAsOf: permit.asOf.toISOString() };
  const findings = [...(reading.findings ?? []), ...copyFinding(permit)];
  return tell({ ...reading, findings, basis, ...asOf });
}

/** How old the patient's word is, where Mitz itself was not asked. */
function copyFinding({ basis, asOf }: Permit): Issue[] {
  if (basis !== 'notified' || asOf === undefined) return [];
  const at = asOf.toISOString();
  const text = {
    nl: `Toestemming zoals Mitz die meldde op ${at}`,
    en: `Consent as Mitz notified it at ${at}`,
  };
  return [{ severity: 'information', code: 'informational', rule: 'consent-copy', text }];
}

/** The patient's will, a missing input and an outage are three things, whatever becomes of them. */
function refused(answer: Exclude<ConsentAnswer, { kind: 'permit' }>): Outcome {
  const { kind, reason } = answer;
  if (kind === 'denied') return { ...nothing, state: 'denied', reason };
  return {
    ...nothing,
    state: 'unavailable',
    reason,
    ...(kind === 'configuration' ? { configuration: true } : {}),
  };
}

type AboutHolder = Pick<Question, 'retrieval' | 'deadline'> & { participant: Participant };

/** A source that is silent or fails has not permitted. */
export async function consentFor(
  { retrieval, participant, deadline }: AboutHolder,
  deps: ExchangeDeps,
): Promise<ConsentAnswer> {
  const none = (reason: string): ConsentAnswer => ({
    kind: 'unavailable',
    reason,
    concealed: false,
    decisionId: '',
  });
  const work = deps.decideConsent({
    ...retrieval.asking,
    exchange: retrieval.exchange,
    holder: participant,
    categories: retrieval.categories,
    signal: deadline.signal,
  });
  try {
    return await deadline.within(work, () => none('consent-timeout'));
  } catch (error) {
    if (error instanceof GatewayError && error.kind === 'unavailable') return none('consent-unavailable');
    deps.noteFault(error, retrieval.asking.requestId);
    return none('fault');
  }
}

/** A permit for a part of the categories asks for that part alone. */
function permittedQueries({ retrieval, holder }: Question, { categories }: Permit): HolderQuery[] {
  const permitted = (wanted: readonly string[]) => wanted.every((one) => categories.includes(one));
  return retrieval
    .queriesFor(holder.endpoint)
    .filter(({ category }) => permitted(category === undefined ? retrieval.categories : [category]));
}

/** Elsewhere, where there is a thread that can; else here. Silence and faults of our own are this holder's outcome. */
async function readingOf(
  { holder, deadline, retrieval, settings }: Question,
  asked: Pick<HolderQuestion, 'permit' | 'queries'>,
  deps: ExchangeDeps,
): Promise<HolderReading> {
  const { requestId } = retrieval.asking;
  const none = (state: 'failed' | 'timeout', reason: string): HolderReading => ({
    ...nothing,
    state,
    reason,
    retrieved: deps.clock().toISOString(),
  });
  const question: HolderQuestion = {
    ...asked,
    endpoint: holder.endpoint,
    holderId: holder.participant.id,
    requestId,
    settings,
    findingsUnused: retrieval.findingsUnused ?? false,
    ...(retrieval.digestFor && { digest: retrieval.digestFor(holder) }),
    signal: deadline.signal,
  };
  try {
    const reading = deps.readElsewhere?.(question) ?? readHolder(question, deps);
    return await deadline.within(reading, () => none('timeout', 'deadline'));
  } catch (error) {
    deps.noteFault(error, requestId);
    return none('failed', 'fault');
  }
}
