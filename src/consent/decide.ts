// May this requester see these categories of this patient at this holder? Asked, judged, recorded, and only then answered.
import { isBsn } from '../fhir/identifiers.ts';
import type { Clock, Permit } from '../model.ts';
import { rowId } from '../store/rowId.ts';
import type { Store } from '../store/store.ts';
import { findGrants, placeOf } from './breakGlassGrants.ts';
import type { ConsentAnswer, ConsentQuestion, DecideConsent } from './consent.ts';
import { createDecisionCache, type DecisionCache, keyOf, secondsOf } from './decisionCache.ts';
import { readEpoch } from './epoch.ts';
import { type Inputs, readInputs } from './inputs.ts';
import { type Judged, judge, notNeeded, refused } from './judge.ts';
import { objectsAnyway } from './objectsAnyway.ts';
import { createOwnSource } from './ownSource.ts';
import { createRecorder, type RecordDecision, type ToRecord } from './recorder.ts';
import { type ConsentPolicy, type ConsentSettings, policyFor, policyVersion } from './settings.ts';
import type { ConsentSource, ConsentSourceName, SourceAnswer } from './source.ts';
import { together } from './together.ts';
import type { DecisionTrace } from './trace.ts';

export type ConsentDeps = {
  store: Store;
  clock: Clock;
  settings: ConsentSettings;
  /** Those that this gateway has, beside its own records. */
  sources: { notified?: ConsentSource; mitz?: ConsentSource };
};

type Parts = Omit<ConsentDeps, 'sources'> & {
  sources: Partial<Record<ConsentSourceName, ConsentSource>>;
  cache: DecisionCache;
  version: string;
  record: RecordDecision;
  epochOf(patientHash: string): Promise<number>;
};
type Made = { judged: Judged; inputs?: Inputs; cachedAt?: Date; past: readonly string[] };
type Asked = { question: ConsentQuestion; policy: ConsentPolicy; at: Date };

/** Puts the decision together for one gateway; what it remembers lives as long as the result. */
export function createDecideConsent(deps: ConsentDeps): DecideConsent {
  const { store, clock, settings } = deps;
  const parts: Parts = {
    ...deps,
    sources: { ...deps.sources, own: createOwnSource({ store, clock, settings }) },
    cache: createDecisionCache(settings.cacheSize),
    version: policyVersion(settings),
    record: createRecorder(store),
    epochOf: together((patientHash) => readEpoch(store, patientHash)),
  };
  return async (question) => {
    const asked = { question, policy: policyFor(settings, question.exchange), at: clock() };
    const made = await conclude(asked, parts);
    const trace = traceOf(asked, made, parts);
    await parts.record(toRecord(asked, made, trace));
    return answerOf(asked, trace, settings.permitSeconds);
  };
}

async function conclude({ question, policy, at }: Asked, parts: Parts): Promise<Made> {
  const read = readInputs(question, parts.settings);
  if (!policy.needed && isBsn(question.patientBsn)) {
    const verdict = notNeeded(question.categories);
    return { judged: { verdict, steps: [] }, past: [], ...('inputs' in read ? read : {}) };
  }
  if ('fault' in read) {
    const objects = await objectsAnyway(question, parts);
    return { judged: objects ? refused('no-consent', 'own') : refused(read.fault, 'input'), past: [] };
  }
  return remembered({ question, policy, at }, read.inputs, parts);
}

/** The epoch is read before the sources are asked: a "no" that comes in meanwhile makes the answer worthless to remember. */
async function remembered(asked: Asked, inputs: Inputs, parts: Parts): Promise<Made> {
  const { policy, at } = asked;
  if (policy.permitCacheSeconds === 0 && policy.refusalCacheSeconds === 0) {
    return ask(asked, inputs, parts);
  }
  const patientHash = parts.store.hash('bsn', asked.question.patientBsn);
  const key = keyOf(patientHash, inputs, parts.version);
  const epoch = await parts.epochOf(patientHash);
  const found = parts.cache.get(key, epoch, at);
  if (found) return { judged: found.judged, inputs, cachedAt: found.at, past: [] };
  const made = await ask(asked, inputs, parts);
  parts.cache.put(key, epoch, { judged: made.judged, at, seconds: secondsOf(made.judged, inputs, policy) });
  return made;
}

async function ask({ question, policy, at }: Asked, inputs: Inputs, parts: Parts): Promise<Made> {
  const { store, settings } = parts;
  let past: readonly string[] = [];
  const judged = await judge({
    settings,
    policy,
    inputs,
    now: at,
    ask: (source) => askSource(parts, source, question),
    grant: async () => {
      const { practitioner } = question;
      if (!practitioner) return undefined;
      const found = await findGrants(store, placeOf(store, { ...question, practitioner }), at);
      past = found.past;
      return found.open && { id: found.open.id, stage: found.open.stage };
    },
  });
  return { judged, inputs, past };
}

/** A source that throws or does not end in time has given no answer. */
async function askSource(
  parts: Parts,
  name: ConsentSourceName,
  question: ConsentQuestion,
): Promise<SourceAnswer | undefined> {
  const source = parts.sources[name];
  if (!source) return undefined;
  const { signal } = question;
  const failed = (reason: string): SourceAnswer => ({ state: 'failed', reason });
  if (signal.aborted) return failed('deadline');
  let giveUp: () => void = () => undefined;
  const late = new Promise<SourceAnswer>((resolve) => {
    giveUp = () => resolve(failed('deadline'));
    signal.addEventListener('abort', giveUp, { once: true });
  });
  try {
    return await Promise.race([source(question), late]);
  } catch {
    return failed('fault');
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

function traceOf({ question, policy, at }: Asked, made: Made, parts: Parts): DecisionTrace {
  return {
    ...made.judged,
    decisionId: rowId(at),
    at: at.toISOString(),
    region: parts.settings.region,
    policyVersion: parts.version,
    policy,
    exchange: question.exchange,
    ...(made.inputs ? { inputs: made.inputs } : {}),
    ...(made.cachedAt ? { cachedAt: made.cachedAt.toISOString() } : {}),
  };
}

/** No record, no permit. What opens a holder by break-glass is told to it by the same write. */
function toRecord({ question }: Asked, made: Made, trace: DecisionTrace): ToRecord {
  const { verdict, grant } = made.judged;
  const opens = verdict.kind === 'permit' && verdict.basis === 'breakGlass' ? grant?.id : undefined;
  return { question, trace, past: made.past, ...(opens ? { opens } : {}) };
}

function answerOf(
  { question, policy, at }: Asked,
  trace: DecisionTrace,
  permitSeconds: number,
): ConsentAnswer {
  const { decisionId, verdict } = trace;
  if (verdict.kind !== 'permit') {
    const concealed = policy.concealRefusal && verdict.kind === 'denied';
    return { decisionId, kind: verdict.kind, reason: verdict.reason, concealed };
  }
  const asOf = verdict.asOf ?? trace.cachedAt;
  const facts: Omit<Permit, symbol> = {
    decisionId,
    expires: new Date(at.getTime() + permitSeconds * 1_000),
    patientBsn: question.patientBsn,
    holderId: question.holder.id,
    categories: [...verdict.categories],
    basis: verdict.basis,
    ...(asOf ? { asOf: new Date(asOf) } : {}),
  };
  return { decisionId, kind: 'permit', permit: Object.freeze(facts) as Permit, basis: verdict.basis };
}
