// Does a record count today? Drafts, what ended, what was revoked and what lies in the future go to the history.
import { readDate } from './clinicalDate.ts';
import type { ClinicalDate, Standing } from './records.ts';
import { type Tree, textsAt } from './tree.ts';

const byStatus: ReadonlyMap<string, Standing> = new Map([
  ['active', 'current'],
  ['proposed', 'draft'],
  ['draft', 'draft'],
  ['inactive', 'revoked'],
  ['rejected', 'rejected'],
  ['entered-in-error', 'entered_in_error'],
]);

const byFormStatus: ReadonlyMap<string, Standing> = new Map([
  ['completed', 'current'],
  ['amended', 'current'],
  ['in-progress', 'draft'],
  ['stopped', 'revoked'],
  ['entered-in-error', 'entered_in_error'],
]);

const byGoalStatus: ReadonlyMap<string, Standing> = new Map([
  ...['accepted', 'active', 'planned', 'in-progress', 'on-target', 'ahead-of-target', 'behind-target'].map(
    (status): [string, Standing] => [status, 'current'],
  ),
  ['sustaining', 'current'],
  ['proposed', 'draft'],
  ['on-hold', 'ended'],
  ['completed', 'ended'],
  ['achieved', 'ended'],
  ['cancelled', 'revoked'],
  ['rejected', 'rejected'],
  ['entered-in-error', 'entered_in_error'],
]);

const inFuture = (date: ClinicalDate | undefined, at: Date): boolean =>
  date !== undefined && date.when.start > at.getTime();

function withDates(standing: Standing, dates: readonly (ClinicalDate | undefined)[], at: Date): Standing {
  return standing === 'current' && dates.some((date) => inFuture(date, at)) ? 'future' : standing;
}

/** A Consent of either version. An end counts until the whole of it has passed: 2025-12 ends with December. */
export function consentStanding(consent: Tree, date: ClinicalDate | undefined, at: Date): Standing {
  const standing = byStatus.get(String(consent.status)) ?? 'unclear';
  if (standing !== 'current') return standing;
  const bounds = (name: string): (ClinicalDate | undefined)[] =>
    [...textsAt(consent, 'period', name), ...textsAt(consent, 'provision', 'period', name)].map(readDate);
  if (bounds('end').some((end) => end !== undefined && at.getTime() >= end.when.end)) return 'ended';
  return withDates(standing, [date, ...bounds('start')], at);
}

export function formStanding(form: Tree, date: ClinicalDate | undefined, at: Date): Standing {
  return withDates(byFormStatus.get(String(form.status)) ?? 'unclear', [date], at);
}

export function goalStanding(goal: Tree, date: ClinicalDate | undefined, at: Date): Standing {
  const status = String(goal.lifecycleStatus ?? goal.status);
  return withDates(byGoalStatus.get(status) ?? 'unclear', [date], at);
}
