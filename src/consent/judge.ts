// What follows from the policy and what the sources say? The rules alone: no store, no clock, no permit.
import type { PermitBasis } from '../model.ts';
import { type Asked, askSources, type Step } from './askSources.ts';
import { notTaken } from './cannotAsk.ts';
import { emergencyFault, openedBy } from './emergency.ts';
import { emergencyPurposes, type Inputs } from './inputs.ts';
import { askObjections } from './objections.ts';
import { kindOf, type RefusalReason } from './reasons.ts';
import type { ConsentPolicy, ConsentSettings } from './settings.ts';
import type { ConsentSourceName, SourceAnswer } from './source.ts';

/** A break-glass grant that is open now. */
export type OpenGrant = { id: string; stage: number };

export type Judging = {
  settings: ConsentSettings;
  policy: ConsentPolicy;
  inputs: Inputs;
  now: Date;
  /** Undefined when the gateway has no such source. */
  ask(source: ConsentSourceName): Promise<SourceAnswer | undefined>;
  /** The requester's open grant for this patient. */
  grant(): Promise<OpenGrant | undefined>;
};

/** `rule` names what decided, for the privacy officer. */
export type Verdict = { rule: string } & (
  | { kind: 'permit'; categories: readonly string[]; basis: PermitBasis; asOf?: string }
  | { kind: 'denied' | 'configuration' | 'unavailable'; reason: RefusalReason }
);

export type Judged = { verdict: Verdict; steps: readonly Step[]; grant?: OpenGrant };

/** Decides one whole question. Deny unless permitted: only an explicit permit for a category permits it. */
export async function judge(judging: Judging): Promise<Judged> {
  const { policy, inputs } = judging;
  if (emergencyPurposes.includes(inputs.purposeOfUse)) return judgeEmergency(judging);
  if (inputs.breakGlass) return refused('break-glass-purpose', 'purpose');
  if (inputs.purposeOfUse === 'COC' && policy.presumedConsent) {
    return unlessObjected(judging, { categories: inputs.categories, basis: 'presumed', rule: 'presumed' });
  }
  if (!policy.purposes.some((one) => one === inputs.purposeOfUse)) {
    return refused('purpose-not-allowed', 'purpose');
  }
  return concluded(await askSources(judging, policy.sources), judging);
}

/** Where the exchange rests on another ground than consent. */
export const notNeeded = (categories: readonly string[]): Verdict => ({
  kind: 'permit',
  categories,
  basis: 'notNeeded',
  rule: 'not-needed',
});

/** A refusal by a rule that needs no source. */
export function refused(reason: RefusalReason, rule: string, steps: readonly Step[] = []): Judged {
  return { verdict: { kind: kindOf(reason), reason, rule }, steps };
}

async function judgeEmergency(judging: Judging): Promise<Judged> {
  const { settings, inputs } = judging;
  const rules = settings.breakGlass;
  const fault = emergencyFault(rules, { type: inputs.requester.type, role: inputs.practitioner.role });
  if (fault) return refused(fault, 'break-glass');
  const grant = await judging.grant();
  if (!grant || (inputs.breakGlass !== undefined && inputs.breakGlass !== grant.id)) {
    return refused('break-glass-grant-missing', 'break-glass');
  }
  const categories = openedBy(rules, grant.stage, inputs);
  if (categories.length === 0) return { ...refused('break-glass-grant-missing', 'break-glass-stage'), grant };
  const standing = { categories, basis: 'breakGlass' as const, rule: `break-glass-stage-${grant.stage}` };
  if (rules.overrideObjection) return { verdict: { kind: 'permit', ...standing }, steps: [], grant };
  return { ...(await unlessObjected(judging, standing)), grant };
}

type Standing = { categories: readonly string[]; basis: PermitBasis; rule: string };

/** Permits what no source kept here objects to. */
async function unlessObjected(judging: Judging, standing: Standing): Promise<Judged> {
  const { steps, denied, silent } = await askObjections(judging);
  if (silent.length > 0) {
    return refused(withoutAnswer(judging, silent), `${standing.rule}:objections`, steps);
  }
  const categories = standing.categories.filter((one) => !denied.has(one));
  if (categories.length === 0) return refused('no-consent', `${standing.rule}:objection`, steps);
  return { verdict: { kind: 'permit', ...standing, categories }, steps };
}

/** The weakest basis among the categories that are permitted. */
const weakestFirst: readonly ConsentSourceName[] = ['notified', 'mitz', 'own'];

function concluded(asked: Asked, judging: Judging): Judged {
  const { steps, permitted, open } = asked;
  const categories = [...permitted.keys()].sort();
  const basis = weakestFirst.find((source) => [...permitted.values()].includes(source));
  if (basis !== undefined) {
    const ages = steps.flatMap((step) => (step.asOf && contributes(step, asked) ? [step.asOf] : []));
    const asOf = ages.sort()[0];
    return {
      verdict: { kind: 'permit', categories, basis, rule: asked.rule ?? basis, ...(asOf ? { asOf } : {}) },
      steps,
    };
  }
  if (open.length === 0) return refused('no-consent', [...new Set(asked.denied.values())].join(' '), steps);
  const failures = steps.filter((step) => step.state === 'failed');
  const missing = failures.length > 0 && failures.every((step) => step.reason === 'not-configured');
  if (missing) return refused('consent-source-missing', 'sources', steps);
  if (failures.length > 0) return refused(withoutAnswer(judging, steps), 'sources', steps);
  if (asked.indeterminate) return refused('consent-indeterminate', 'sources', steps);
  return refused('no-consent', 'nobody-permits', steps);
}

const contributes = (step: Step, { permitted }: Asked): boolean =>
  [...permitted.values()].includes(step.source);

/** A source that was not asked, because of what the question says, is no outage. */
function withoutAnswer({ inputs }: Judging, steps: readonly Step[]): RefusalReason {
  const mandated = inputs.mandatedBy !== undefined;
  const [fault] = steps.flatMap(({ reason }) => notTaken(reason, mandated) ?? []);
  return fault ?? 'consent-unavailable';
}
