// Has what was dispensed run out, or is a supply all that is known? Neither says what is used: somebody should ask.
import { type Block, isGeneric, registeredAt } from './block.ts';
import type { Draft } from './draft.ts';
import { type Finding, finding } from './findings.ts';

type Moments = { at: number; useFrom: number };

/** Of unknown length it lasts until it is too old for use to be shown. */
function lasts(block: Block, { at, useFrom }: Moments): boolean {
  const { end } = block.period;
  return Number.isFinite(end) ? end > at : registeredAt(block) >= useFrom;
}

const latest = (blocks: readonly Block[]): Block | undefined =>
  blocks.reduce<Block | undefined>(
    (found, one) => (found && found.period.end >= one.period.end ? found : one),
    undefined,
  );

const isSupply = ({ kind, notDone }: Block): boolean => (kind === 'MVE' || kind === 'VV') && !notDone;
const isLine = ({ kind }: Block): boolean => !['VV', 'MVE', 'MTD'].includes(kind);

/** Treatments of which only a supply is known that lasts: no line shows them, and the patient may use it. */
export function suppliesAlone(
  treatments: ReadonlyMap<string, readonly Block[]>,
  moments: Moments,
): Finding[] {
  return [...treatments.values()].flatMap((blocks) => {
    const supply = latest(blocks.filter((block) => isSupply(block) && lasts(block, moments)));
    return supply === undefined || blocks.some(isLine)
      ? []
      : [finding('supply-alone', [supply], { detail: supply.medicine.text })];
  });
}

/**
 * Current lines of a generic treatment without any end, whose last supply ended before `at`; a supply of unknown length
 * counts as ended when it was handed over before `useFrom`.
 */
export function suppliesEnded(
  treatments: ReadonlyMap<string, readonly Block[]>,
  drafts: readonly Draft[],
  moments: Moments,
): Finding[] {
  return drafts.flatMap(({ status, lead }) => {
    if (status !== 'current' || !isGeneric(lead.treatment) || Number.isFinite(lead.period.end)) return [];
    const supplies = (treatments.get(lead.treatment) ?? []).filter(
      (block) => block.kind === 'MVE' && isSupply(block),
    );
    const last = latest(supplies);
    if (last === undefined || lasts(last, moments)) return [];
    const { endText, startText } = last.period;
    return [finding('supply-ended', [lead, last], { detail: endText ?? startText ?? '' })];
  });
}
