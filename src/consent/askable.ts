// May this question be put to any holder at all? Asked before holders are looked for, so that the answer is the same for
// a patient of whom nobody knows: otherwise a refusal would show that there are records.
import type { Clock } from '../model.ts';
import type { Store } from '../store/store.ts';
import { findGrants, markEnded, placeOf } from './breakGlassGrants.ts';
import { professionalNotTaken } from './cannotAsk.ts';
import { emergencyFault, openedBy } from './emergency.ts';
import { type AskingSide, askingFault, emergencyPurposes } from './inputs.ts';
import type { RefusalReason } from './reasons.ts';
import { type ConsentPolicy, type ConsentSettings, policyFor } from './settings.ts';

/** `incomplete`: an input is missing or not known. `notAllowed`: it is whole, and the region's rules do not allow it. */
export type Unaskable = { kind: 'incomplete' | 'notAllowed'; reason: RefusalReason };

type Deps = { store: Store; clock: Clock; settings: ConsentSettings };

/** Undefined when it may be put; each holder still has a decision of its own. */
export async function unaskable(asking: AskingSide, deps: Deps): Promise<Unaskable | undefined> {
  const policy = policyFor(deps.settings, asking.exchange);
  if (!policy.needed) return undefined;
  const missing = askingFault(asking, deps.settings);
  if (missing) return { kind: 'incomplete', reason: missing };
  const { purposeOfUse = '' } = asking;
  const foreign = asksMitz(policy, purposeOfUse) ? professionalNotTaken(asking) : undefined;
  if (foreign) return { kind: 'incomplete', reason: foreign };
  const reason = emergencyPurposes.includes(purposeOfUse)
    ? await emergencyRefusal(asking, deps)
    : purposeRefusal(asking, policy);
  return reason && { kind: 'notAllowed', reason };
}

/** Whatever a source before it would say: who asks must not learn there that it was asked. */
const asksMitz = ({ sources, purposes, presumedConsent }: ConsentPolicy, purpose: string): boolean =>
  sources.includes('mitz') &&
  purposes.some((one) => one === purpose) &&
  !(purpose === 'COC' && presumedConsent);

function purposeRefusal(
  { purposeOfUse, breakGlass }: AskingSide,
  policy: ConsentPolicy,
): RefusalReason | undefined {
  if (breakGlass) return 'break-glass-purpose';
  if (purposeOfUse === 'COC' && policy.presumedConsent) return undefined;
  return policy.purposes.some((one) => one === purposeOfUse) ? undefined : 'purpose-not-allowed';
}

async function emergencyRefusal(asking: AskingSide, deps: Deps): Promise<RefusalReason | undefined> {
  const { practitioner, requester, breakGlass } = asking;
  const rules = deps.settings.breakGlass;
  const who = { type: requester.participant.facilityType ?? '', role: practitioner?.role ?? '' };
  const fault = emergencyFault(rules, who);
  if (fault || !practitioner) return fault;
  const place = placeOf(deps.store, { ...asking, practitioner });
  const now = deps.clock();
  const { open, past } = await findGrants(deps.store, place, now);
  if (past.length > 0) await deps.store.write((unit) => markEnded(unit, past, now));
  const named = open && (breakGlass === undefined || breakGlass === open.id);
  return named && openedBy(rules, open.stage, asking).length > 0 ? undefined : 'break-glass-grant-missing';
}
