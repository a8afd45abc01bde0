// What does reported use add? The newest report counts, when nothing was agreed after it; without an agreement it stands alone.
import { type Block, registeredAt } from './block.ts';
import { attach, blocksOf, type Desk, type Draft, drop } from './draft.ts';
import { finding } from './findings.ts';
import { latestFirst } from './judge.ts';
import { holdsAt } from './period.ts';

/** The agreement registered last, of any kind that overtakes earlier reports of use. */
function latestAgreement(desk: Desk): Block | undefined {
  let latest: Block | undefined;
  for (const block of [...blocksOf(desk, 'MA'), ...blocksOf(desk, 'TA')])
    if (!latest || registeredAt(block) > registeredAt(latest)) latest = block;
  return latest;
}

/** Puts the newest report of use on the line it bears on; the others are history. */
export function attachUse(desk: Desk): void {
  const [newest, ...earlier] = [...blocksOf(desk, 'MGB')].sort(latestFirst);
  if (!newest) return;
  drop(desk, earlier, { rule: 'earlier-use', by: [newest] });
  const agreement = latestAgreement(desk);
  if (agreement && registeredAt(agreement) > registeredAt(newest)) {
    drop(desk, [newest], { rule: 'use-before-change', by: [agreement] });
    return;
  }
  const current = desk.drafts.find(({ status }) => status === 'current');
  const ended = desk.drafts.find(({ status }) => status === 'paused' || status === 'ended');
  const known = current ?? ended ?? desk.drafts[0];
  if (!known) standAlone(desk, newest, agreement);
  else if (known === current || known.status === 'paused') beside(desk, known, newest);
  else if (inUse(newest, desk.at)) useAfterEnd(desk, newest, known.lead);
  else attach(known, newest, 'latest-use');
}

const taken = ({ use, stop }: Block): boolean => use?.used !== false && !stop;
const inUse = (block: Block, at: number): boolean => taken(block) && holdsAt(block.period, at);

function beside(desk: Desk, line: Draft, block: Block): void {
  attach(line, block, 'latest-use');
  const paused = line.status === 'paused';
  const asAgreed = block.use?.asAgreed !== false && taken(block) !== paused;
  if (!asAgreed) desk.findings.push(finding('use-differs', [block, line.lead]));
}

function alone(block: Block, rule: 'use-only' | 'use-after-end'): Draft {
  return { status: 'useOnly', lead: block, blocks: [block], why: [{ rule, records: [block.record] }] };
}

function useAfterEnd(desk: Desk, block: Block, agreement: Block): void {
  desk.findings.push(finding('use-after-end', [block, agreement]));
  desk.drafts.push(alone(block, 'use-after-end'));
}

/** When a report last said something: its own date, or the end of the use it tells of. */
function toldAt(block: Block, at: number): number {
  const { end } = block.period;
  return Number.isFinite(end) ? Math.max(registeredAt(block), Math.min(end, at)) : registeredAt(block);
}

function standAlone(desk: Desk, block: Block, agreement: Block | undefined): void {
  const recent = toldAt(block, desk.at) >= desk.useFrom;
  if (agreement && recent && inUse(block, desk.at)) useAfterEnd(desk, block, agreement);
  else if (agreement) drop(desk, [block], { rule: 'no-line', by: [agreement] });
  else if (recent) desk.drafts.push(alone(block, 'use-only'));
  else {
    drop(desk, [block], { rule: 'use-too-old', by: [] });
    desk.findings.push(finding('use-too-old', [block]));
  }
}
