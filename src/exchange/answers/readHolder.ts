// What does one holder give, and what of that may be passed on? All between a permit and its outcome; it can be done on any thread.
import type { FetchFrom, HolderQuery, HolderReply } from '../../holder/holder.ts';
import type { DataEndpoint, Permit } from '../../model.ts';
import { type DigestOrder, makeDigest } from '../digest.ts';
import type { ExchangeDeps } from '../exchange.ts';
import type { HolderResult } from '../retrieval.ts';
import type { RetrievalSettings } from '../settings.ts';
import { releaseAnswer } from './releaseAnswer.ts';
import { releaseDocuments } from './releaseDocuments.ts';

export type HolderQuestion = {
  endpoint: DataEndpoint;
  permit: Permit;
  holderId: string;
  queries: readonly HolderQuery[];
  requestId: string;
  settings: RetrievalSettings;
  /** Nobody is told what profiles only find doubtful. */
  findingsUnused: boolean;
  /** What is to be made of the resources, in their place. */
  digest?: DigestOrder;
  /** Aborted at the deadline; what came in by then is kept. */
  signal: AbortSignal;
};

/** What came of it, as far as the holder's own answer shows. */
export type HolderReading = Omit<
  HolderResult,
  'participant' | 'endpoint' | 'foundBy' | 'basis' | 'consentAsOf' | 'decisionId' | 'configuration'
>;

/** Throws nothing that a holder does; throws `fault` for a permit of another holder, or one that has expired. */
export async function readHolder(
  question: HolderQuestion,
  { fetchFrom, checkProfiles }: { fetchFrom: FetchFrom; checkProfiles: ExchangeDeps['checkProfiles'] },
): Promise<HolderReading> {
  const { endpoint, permit, holderId, queries, requestId, signal } = question;
  const reply = await fetchFrom(endpoint, permit, { queries, requestId, signal, holderId });
  return digested(released(question, reply, checkProfiles), question);
}

/** A digest stands in the place of what it was made of. */
function digested(reading: HolderReading, { digest }: HolderQuestion): HolderReading {
  if (digest === undefined) return reading;
  const { shapes: _, ...kept } = reading;
  return { ...kept, resources: [], digest: makeDigest(digest, reading.resources) };
}

function released(
  { endpoint, permit, queries, settings, findingsUnused, signal }: HolderQuestion,
  reply: HolderReply,
  checkProfiles: ExchangeDeps['checkProfiles'],
): HolderReading {
  const { patientBsn } = permit;
  const answer = releaseAnswer({
    resources: reply.resources,
    ...(reply.shapes && { shapes: reply.shapes }),
    version: endpoint.fhirVersion,
    patientBsn,
    queries,
    settings,
    checkProfiles,
    findingsUnused,
    hasTime: () => !signal.aborted,
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
): Pick<HolderReading, 'state' | 'reason'> {
  if (isRefused) return { state: 'failed', reason: 'content-refused' };
  if (state === 'answered') return isPartial ? { state: 'partial', reason: 'withheld' } : { state };
  return reason === undefined ? { state } : { state, reason };
}
