// Does the patient object, whatever may be presumed or is urgent? Every source that is kept here is asked, however old its no.
import { type Step, stepOf } from './askSources.ts';
import { notTaken } from './cannotAsk.ts';
import type { Judging } from './judge.ts';
import type { ConsentSourceName } from './source.ts';

export type Objections = {
  steps: readonly Step[];
  /** Categories that the patient objected to. */
  denied: ReadonlySet<string>;
  /** Sources that may hold an objection and did not say. */
  silent: readonly Step[];
};

const keptHere: readonly ConsentSourceName[] = ['own', 'notified'];

/**
 * Those that the policy names come first, in its order: a permit of theirs settles a category for those after them. Of the
 * others only the objections count, and one that this gateway does not have is not missed. Mitz is not asked: it cannot
 * tell an objection from no choice.
 */
export async function askObjections(judging: Judging): Promise<Objections> {
  const { policy, inputs } = judging;
  const named: readonly ConsentSourceName[] = policy.sources.filter((source) => source !== 'mitz');
  const steps: Step[] = [];
  const silent: Step[] = [];
  const denied = new Set<string>();
  const permitted = new Set<string>();
  const open = () => inputs.categories.filter((one) => !denied.has(one) && !permitted.has(one));
  for (const source of [...named, ...keptHere.filter((one) => !named.includes(one))]) {
    if (open().length === 0) break;
    const step = await stepOf(judging, source);
    steps.push(step);
    if (isSilent(step, named.includes(source))) silent.push(step);
    for (const category of open()) {
      const decision = step.decisions?.[category];
      if (decision === 'deny') denied.add(category);
      const settles = step.state === 'answered' && named.includes(source);
      if (decision === 'permit' && settles) permitted.add(category);
    }
  }
  return { steps, denied, silent };
}

/** A copy that is too old has said what it has to say. */
function isSilent({ state, reason }: Step, isNamed: boolean): boolean {
  if (state !== 'failed' || reason === 'copy-too-old') return false;
  return isNamed || !(reason === 'not-configured' || notTaken(reason, false) !== undefined);
}
