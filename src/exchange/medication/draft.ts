// What is a line of the overview before it is printed? A leading block, the blocks beside it, and the rules behind each.
import type { Block } from './block.ts';
import type { Finding } from './findings.ts';
import type { Verdict } from './judge.ts';
import type { Everywhere } from './relate.ts';
import type { RuleId } from './rules.ts';
import type { Dropped } from './supersede.ts';

export type Why = { rule: RuleId; records: readonly string[] };
export type Status = 'current' | 'future' | 'ended' | 'paused' | 'useOnly';
export type Draft = { status: Status; lead: Block; blocks: Block[]; why: Why[] };

/** One treatment while it is being worked out. */
export type Desk = {
  at: number;
  /** Ended lines with an earlier end than this are history. */
  endedFrom: number;
  /** Use only, told or ended before this, is history. */
  useFrom: number;
  byKind: ReadonlyMap<Block['kind'], readonly Block[]>;
  everywhere: Everywhere;
  drafts: Draft[];
  dropped: Map<Block, Dropped>;
  findings: Finding[];
};

export const blocksOf = (desk: Desk, kind: Block['kind']): readonly Block[] => desk.byKind.get(kind) ?? [];

export function drop(desk: Desk, blocks: readonly Block[], dropped: Dropped): void {
  for (const block of blocks) desk.dropped.set(block, dropped);
}

export function attach(draft: Draft, block: Block, rule: RuleId): void {
  draft.blocks.push(block);
  draft.why.push({ rule, records: [block.record, draft.lead.record] });
}

function leadRule(status: Status, { stop }: Block): RuleId {
  if (status === 'current') return stop ? 'until-stop' : 'in-force';
  if (status === 'future') return 'starts-later';
  if (status === 'paused') return 'interrupted';
  return stop ? 'stopped' : 'ended';
}

export function draft(status: Status, lead: Block, more: readonly Why[] = []): Draft {
  const why = { rule: leadRule(status, lead), records: [lead.record] };
  return { status, lead, blocks: [lead], why: [why, ...more] };
}

/** Lines led by what was judged to hold now, later, or last. */
export function draftsFrom(verdict: Verdict, leading?: RuleId): Draft[] {
  const { current, tied, future, past } = verdict;
  const more = (block: Block): Why[] =>
    leading === undefined ? [] : [{ rule: leading, records: [block.record] }];
  const drafts = future.map((block) => draft('future', block, more(block)));
  if (current) {
    const line = draft('current', current, more(current));
    for (const block of tied) attach(line, block, 'same-moment');
    drafts.unshift(line);
  }
  if (past) drafts.push(draft(past.stop?.type === 'interrupted' ? 'paused' : 'ended', past, more(past)));
  return drafts;
}

export const hasEnded = ({ status }: Draft): boolean => status === 'ended' || status === 'paused';
