// One holder: may it be asked, what does it answer, and what of that may be passed on? Without a permit it is not asked.
import type { ConsentAnswer } from '../consent/consent.ts';
import { GatewayError } from '../errors.ts';
import type { HolderQuery, HolderReply } from '../holder/holder.ts';
import type { Issue, Participant, Permit } from '../model.ts';
import type { Located } from '../routing/localisation.ts';
import type { Deadline } from './deadline.ts';
import type { ExchangeDeps } from './exchange.ts';
import { releaseAnswer } from './releaseAnswer.ts';
import { releaseDocuments } from './releaseDocuments.ts';
import type { HolderResult, Retrieval } from './retrieval.ts';
import type { RetrievalSettings } from './settings.ts';

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
  const reply = await replyOf(question, answer.permit, { queries, deps });
  const { basis, permit } = answer;
  const asOf = permit.asOf === undefined ? {} : { consentAsOf: permit.asOf.toISOString() };
  const outcome = released(question, reply, { queries, deps });
  const findings = [...(outcome.findings ?? []), ...copyFinding(permit)];
  return tell({ ...outcome, findings, basis, ...asOf });
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

type Asked = { queries: readonly HolderQuery[]; deps: ExchangeDeps };

async function replyOf(question: Question, permit: Permit, { queries, deps }: Asked): Promise<HolderReply> {
  const { holder, deadline, retrieval } = question;
  const { requestId } = retrieval.asking;
  const none = (state: 'failed' | 'timeout', reason: string): HolderReply => ({
    state,
    reason,
    resources: [],
    retrieved: new Date().toISOString(),
  });
  const ask = { queries, requestId, signal: deadline.signal, holderId: holder.participant.id };
  try {
    return await deadline.within(deps.fetchFrom(holder.endpoint, permit, ask), () =>
      none('timeout', 'deadline'),
    );
  } catch (error) {
    deps.noteFault(error, requestId);
    return none('failed', 'fault');
  }
}

function released(
  { retrieval, holder, settings, deadline }: Question,
  reply: HolderReply,
  asked: Asked,
): Outcome {
  const { patientBsn } = retrieval.asking;
  const answer = releaseAnswer({
    resources: reply.resources,
    ...(reply.shapes && { shapes: reply.shapes }),
    version: holder.endpoint.fhirVersion,
    patientBsn,
    queries: asked.queries,
    settings,
    checkProfiles: asked.deps.checkProfiles,
    findingsUnused: retrieval.findingsUnused ?? false,
    hasTime: () => !deadline.passed(),
  });
  const papers = releaseDocuments(reply.documents ?? [], patientBsn);
  const isRefused = answer.refused || (settings.structureChecks === 'refuse' && reply.reason === 'malformed');
  const isPartial = answer.isPartial || papers.withheld.length > 0;
  return {
    ...stateOf(reply, { isRefused, isPartial }),
    resources: isRefused ? [] : answer.resources,
    ...(reply.shapes && { shapes: reply.shapes }),
    documents: papers.documents,
    withheld: [...answer.withheld, ...papers.withheld],
    findings: answer.findings,
    retrieved: reply.retrieved,
  };
}

/** What was kept back makes an answer partial: what is missing may be the opposite of what is there. */
function stateOf(
  { state, reason }: HolderReply,
  { isRefused, isPartial }: { isRefused: boolean; isPartial: boolean },
): Pick<HolderResult, 'state' | 'reason'> {
  if (isRefused) return { state: 'failed', reason: 'content-refused' };
  if (state === 'answered') return isPartial ? { state: 'partial', reason: 'withheld' } : { state };
  return reason === undefined ? { state } : { state, reason };
}
