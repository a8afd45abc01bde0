// What holds within one pharmaceutical treatment? Medication agreements lead; what belongs to them follows; the rest is history.
// Rules: docs/medication-overview.md; https://informatiestandaarden.nictiz.nl/wiki/mp:V3.0_consolidatie_medicatiegegevens_raadplegen
import { attachAll } from './attachments.ts';
import type { Block, BlockKind } from './block.ts';
import { blocksOf, type Desk, type Draft, draftsFrom, drop } from './draft.ts';
import { finding } from './findings.ts';
import { judge } from './judge.ts';
import { recordsOf } from './relate.ts';
import type { RuleId } from './rules.ts';
import { type Superseded, supersede } from './supersede.ts';
import { attachUse } from './use.ts';

export type Limits = Pick<Desk, 'at' | 'endedFrom' | 'useFrom' | 'everywhere'>;

/** Lines and history of one treatment. Every block given ends on a line or in `dropped`. */
export function workOut(blocks: readonly Block[], limits: Limits): Desk {
  const desk: Desk = { ...limits, byKind: groupByKind(blocks), drafts: [], dropped: new Map(), findings: [] };
  const agreements = agree(desk);
  attachAll(desk, 'TA', agreements);
  attachAll(desk, 'WDS', agreements);
  attachUse(desk);
  closeOldLines(desk);
  tellReplaced(desk);
  dropRest(desk, blocks);
  return desk;
}

function groupByKind(blocks: readonly Block[]): Map<BlockKind, Block[]> {
  const groups = new Map<BlockKind, Block[]>();
  for (const block of blocks) {
    const known = groups.get(block.kind);
    if (known) known.push(block);
    else groups.set(block.kind, [block]);
  }
  return groups;
}

function agree(desk: Desk): Superseded {
  const blocks = blocksOf(desk, 'MA');
  const records = recordsOf(blocks, desk.everywhere);
  const superseded = supersede(blocks, { at: desk.at, records, findings: desk.findings });
  for (const [block, why] of superseded.dropped) desk.dropped.set(block, why);
  const verdict = judge(superseded.survivors, desk.at, desk.findings);
  for (const [block, why] of verdict.dropped) desk.dropped.set(block, why);
  desk.drafts = draftsFrom(verdict);
  return superseded;
}

/** Ended lines stay for a while; interruptions stay, unless coded the way whose own rules let them go. */
function closeOldLines(desk: Desk): void {
  const close = (line: Draft, rule: RuleId): void => {
    drop(desk, line.blocks, { rule, by: [] });
    desk.drafts = desk.drafts.filter((one) => one !== line);
  };
  for (const line of [...desk.drafts]) {
    const end = Math.max(...line.blocks.filter(({ kind }) => kind !== 'MGB').map(({ period }) => period.end));
    if (end > desk.endedFrom) continue;
    if (line.status === 'ended') close(line, 'ended-long-ago');
    if (line.status === 'paused' && line.lead.stop?.old) {
      desk.findings.push(finding('interrupted-long-ago', [line.lead]));
      close(line, 'interrupted-long-ago');
    }
  }
}

/** Says on each line which blocks its blocks took the place of. */
function tellReplaced(desk: Desk): void {
  const overtaken = new Map<Block, string[]>();
  for (const [block, { by }] of desk.dropped)
    for (const one of by) {
      const known = overtaken.get(one);
      if (known) known.push(block.record);
      else overtaken.set(one, [block.record]);
    }
  for (const line of desk.drafts) {
    const replaced = new Set(line.blocks.flatMap((block) => overtaken.get(block) ?? []));
    if (replaced.size > 0) line.why.push({ rule: 'replaces', records: [...replaced].sort() });
  }
}

const ownRule: Partial<Record<BlockKind, RuleId>> = { MTD: 'administration', VV: 'request', MVE: 'supply' };
const undoneRule: Partial<Record<BlockKind, RuleId>> = { MTD: 'not-given', MVE: 'not-supplied' };
const ruleOf = ({ kind, notDone }: Block): RuleId => (notDone ? undoneRule : ownRule)[kind] ?? 'no-line';

function dropRest(desk: Desk, blocks: readonly Block[]): void {
  const shown = new Set(desk.drafts.flatMap((line) => line.blocks));
  for (const block of blocks)
    if (!shown.has(block) && !desk.dropped.has(block))
      desk.dropped.set(block, { rule: ruleOf(block), by: [] });
}
