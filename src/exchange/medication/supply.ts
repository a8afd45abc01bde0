// Has what was dispensed run out? Legacy dispenses give agreements without an end: they stay on the overview, and somebody should ask.
import { type Block, isGeneric, registeredAt } from './block.ts';
import type { Draft } from './draft.ts';
import { type Finding, finding } from './findings.ts';

type Moments = { at: number; useFrom: number };

/**
 * Current lines of a generic treatment without any end, whose last supply ended before `at`; a supply of unknown length
 * counts as ended when it was handed over before `useFrom`.
 */
export function suppliesEnded(
  treatments: ReadonlyMap<string, readonly Block[]>,
  drafts: readonly Draft[],
  { at, useFrom }: Moments,
): Finding[] {
  return drafts.flatMap(({ status, lead }) => {
    if (status !== 'current' || !isGeneric(lead.treatment) || Number.isFinite(lead.period.end)) return [];
    const supplies = (treatments.get(lead.treatment) ?? []).filter(({ kind }) => kind === 'MVE');
    const last = supplies.reduce<Block | undefined>(
      (latest, one) => (latest && latest.period.end >= one.period.end ? latest : one),
      undefined,
    );
    if (last === undefined) return [];
    const { end, endText, startText } = last.period;
    const ended = Number.isFinite(end) ? end <= at : registeredAt(last) < useFrom;
    return ended ? [finding('supply-ended', [lead, last], { detail: endText ?? startText ?? '' })] : [];
  });
}
