// What would another policy have decided? Recorded questions and answers, judged again; no source is asked.
import { categoryFault, type Organisation } from './inputs.ts';
import { judge, notNeeded, refused, type Verdict } from './judge.ts';
import { type ConsentPolicy, type ConsentSettings, categoryOfType, policyFor } from './settings.ts';
import type { ConsentSourceName, SourceAnswer } from './source.ts';
import type { DecisionTrace } from './trace.ts';

/** `untold`: the other policy asks a source or a grant of which nothing was recorded then, or reads what is kept here otherwise. */
export type Replayed =
  | { kind: 'same' | 'flipped'; verdict: Verdict }
  | { kind: 'untold' }
  | { kind: 'notWhole' };

const notRecorded: SourceAnswer = { state: 'failed', reason: 'not-recorded' };

/** Judges one recorded decision under other settings. */
export async function replay(trace: DecisionTrace, settings: ConsentSettings): Promise<Replayed> {
  const { inputs } = trace;
  if (!inputs) return { kind: 'notWhole' };
  const verdict = await verdictOn({ ...trace, inputs }, settings);
  if (verdict === undefined) return { kind: 'untold' };
  return { kind: sameVerdict(verdict, trace.verdict) ? 'same' : 'flipped', verdict };
}

/** Undefined when it rests on something of which nothing was recorded. */
async function verdictOn(trace: Whole, settings: ConsentSettings): Promise<Verdict | undefined> {
  const { inputs } = trace;
  const policy = policyFor(settings, trace.exchange);
  if (!policy.needed) return notNeeded(inputs.categories);
  const fault =
    typeFault(inputs.requester, 'requester', settings) ??
    categoryFault(inputs.categories, settings) ??
    typeFault(inputs.holder, 'holder', settings);
  if (fault) return refused(fault, 'input').verdict;
  let untold = false;
  const { verdict } = await judge({
    settings,
    policy,
    inputs,
    now: new Date(trace.cachedAt ?? trace.at),
    ask: async (source) => {
      const answer = isReadOtherwise(source, trace, settings) ? undefined : recorded(trace, source);
      if (!answer) untold = true;
      return answer ?? notRecorded;
    },
    grant: async () => {
      if (!trace.grant && !hadNoGrant(trace)) untold = true;
      return trace.grant;
    },
  });
  return untold ? undefined : verdict;
}

type Whole = DecisionTrace & Required<Pick<DecisionTrace, 'inputs'>>;

/** What is kept here is read by the kind of the organisations, and by which purposes are specific: then it may say something else. */
function isReadOtherwise(source: ConsentSourceName, trace: Whole, settings: ConsentSettings): boolean {
  const { inputs, policy } = trace;
  if (source === 'mitz') return false;
  const isOther = ({ type, category }: Organisation) => categoryOfType(settings, type) !== category;
  if (source === 'notified') return isOther(inputs.requester);
  const isSpecific = (one: ConsentPolicy) =>
    one.specificPurposes?.some((purpose) => purpose === inputs.purposeOfUse) === true;
  const now = isSpecific(policyFor(settings, trace.exchange));
  return isOther(inputs.requester) || isOther(inputs.holder) || isSpecific(policy) !== now;
}

const typeFault = (one: Organisation, side: 'holder' | 'requester', settings: ConsentSettings) =>
  categoryOfType(settings, one.type) === undefined ? (`${side}-type-unknown` as const) : undefined;

/** It was looked for, and there was none. */
const hadNoGrant = ({ verdict }: DecisionTrace): boolean =>
  verdict.kind !== 'permit' && verdict.reason === 'break-glass-grant-missing';

function recorded(trace: DecisionTrace, source: ConsentSourceName): SourceAnswer | undefined {
  const step = trace.steps.find((one) => one.source === source);
  if (!step) return undefined;
  if (!step.decisions) return { state: 'failed', reason: step.reason ?? 'failed' };
  return {
    state: 'answered',
    decisions: new Map(Object.entries(step.decisions)),
    ...(step.asOf ? { asOf: new Date(step.asOf) } : {}),
  };
}

/** Why it is permitted does not matter here; what is permitted does. */
function sameVerdict(one: Verdict, other: Verdict): boolean {
  if (one.kind === 'permit' || other.kind === 'permit') {
    return (
      one.kind === 'permit' &&
      other.kind === 'permit' &&
      [...one.categories].sort().join(' ') === [...other.categories].sort().join(' ')
    );
  }
  return one.reason === other.reason;
}
