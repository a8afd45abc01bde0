// Whom is asked, and what did they say? The sources in order, each for the categories that none before it decided.
import { notTaken } from './cannotAsk.ts';
import type { Judging } from './judge.ts';
import { unplain } from './mitz/closedAnswer.ts';
import type { CategoryDecision, ConsentSourceName, SourceAnswer } from './source.ts';

/** One source that was asked, as the trace keeps it. */
export type Step = {
  source: ConsentSourceName;
  state: 'answered' | 'failed';
  decisions?: Readonly<Record<string, CategoryDecision>>;
  reason?: string;
  asOf?: string;
  because?: string;
};

export type Asked = {
  steps: readonly Step[];
  /** Category to the source that permits it. */
  permitted: ReadonlyMap<string, ConsentSourceName>;
  /** Category to the source that denies it. */
  denied: ReadonlyMap<string, ConsentSourceName>;
  /** Neither permitted nor denied by anybody. */
  open: readonly string[];
  /** A source was reached and could not decide what is still open. */
  indeterminate: boolean;
  /** Set when a copy stood in for a source that did not answer. */
  rule?: string;
};

type Tally = {
  steps: Step[];
  permitted: Map<string, ConsentSourceName>;
  denied: Map<string, ConsentSourceName>;
  indeterminate: Set<string>;
};

/** Asks until every category is decided or nobody is left. A copy stands in for Mitz where the policy says so. */
export async function askSources(judging: Judging, sources: readonly ConsentSourceName[]): Promise<Asked> {
  const { inputs, policy } = judging;
  const tally: Tally = { steps: [], permitted: new Map(), denied: new Map(), indeterminate: new Set() };
  const open = () => inputs.categories.filter((one) => !tally.permitted.has(one) && !tally.denied.has(one));
  for (const source of sources) {
    if (open().length > 0) count(tally, open(), await stepOf(judging, source));
  }
  const before = tally.permitted.size;
  const standIn =
    tally.steps.some(isOutage) && policy.outage === 'notifiedCopy' && !sources.includes('notified');
  if (standIn && open().length > 0) count(tally, open(), await stepOf(judging, 'notified'));
  const { indeterminate, ...rest } = tally;
  return {
    ...rest,
    open: open(),
    indeterminate: open().some((one) => indeterminate.has(one)),
    ...(tally.permitted.size > before ? { rule: 'outage-copy' } : {}),
  };
}

/** Nothing stands in for a Mitz that was not asked, or that did speak. */
const isOutage = ({ source, state, reason = '' }: Step): boolean =>
  source === 'mitz' &&
  state === 'failed' &&
  reason !== 'not-configured' &&
  notTaken(reason, false) === undefined &&
  !unplain.has(reason);

function count(tally: Tally, open: readonly string[], step: Step): void {
  tally.steps.push(step);
  for (const category of step.state === 'answered' ? open : []) {
    const decision = step.decisions?.[category];
    if (decision === 'permit') tally.permitted.set(category, step.source);
    else if (decision === 'deny') tally.denied.set(category, step.source);
    else if (decision === 'indeterminate') tally.indeterminate.add(category);
  }
}

/** What one source says; a copy that is too old to permit has failed, and keeps what it said. */
export async function stepOf(judging: Judging, source: ConsentSourceName): Promise<Step> {
  const answer = await judging.ask(source);
  if (answer === undefined) return { source, state: 'failed', reason: 'not-configured' };
  if (answer.state === 'failed') return { source, state: 'failed', reason: answer.reason };
  const step: Step = {
    source,
    state: 'answered',
    decisions: Object.fromEntries(answer.decisions),
    ...(answer.asOf ? { asOf: answer.asOf.toISOString() } : {}),
    ...(answer.because ? { because: answer.because } : {}),
  };
  return source === 'notified' && !fresh(answer, judging) ? tooOld(step) : step;
}

/** Clocks of gateways differ a little; of what came in later than that, nobody knows the age. */
const skewMs = 5 * 60_000;

function fresh(answer: SourceAnswer & { state: 'answered' }, { policy, now }: Judging): boolean {
  if (answer.decisions.size === 0) return true;
  if (answer.asOf === undefined) return false;
  const age = now.getTime() - answer.asOf.getTime();
  return age >= -skewMs && age <= policy.copyMaxHours * 3_600_000;
}

/** What it said stays in the trace, and permits nothing. */
const tooOld = (step: Step): Step => ({ ...step, state: 'failed', reason: 'copy-too-old' });
