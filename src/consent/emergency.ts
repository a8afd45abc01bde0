// What may an emergency open, and for whom? The rules of break-glass, without store or clock.
import type { BreakGlassSettings } from './breakGlassSettings.ts';
import type { RefusalReason } from './reasons.ts';

/** Why this kind of organisation and role may not use break-glass at all; undefined when they may. */
export function emergencyFault(
  rules: BreakGlassSettings,
  who: { type: string; role: string },
): RefusalReason | undefined {
  if (!rules.enabled) return 'break-glass-off';
  const allowed = rules.facilityTypes.includes(who.type) && rules.roles.includes(who.role);
  return allowed ? undefined : 'break-glass-not-allowed';
}

/** The categories, of those that are asked for, that a grant of this stage opens in this exchange. */
export function openedBy(
  rules: BreakGlassSettings,
  stage: number,
  asked: { exchange: string; categories: readonly string[] },
): readonly string[] {
  const opened = stage > 1 ? rules.widened : rules.first;
  if (!opened.exchanges.includes(asked.exchange)) return [];
  return asked.categories.filter((one) => opened.categories.includes(one));
}
