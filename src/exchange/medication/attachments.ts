// Which administration agreements and dosing schedules belong to which medication agreement, and do they still hold?
import { type Block, registeredAt } from './block.ts';
import { attach, blocksOf, type Desk, type Draft, draft, draftsFrom, drop, hasEnded } from './draft.ts';
import { finding } from './findings.ts';
import { judge, type Verdict } from './judge.ts';
import { dutchDay } from './moments.ts';
import { latestEvent, overtakerOf } from './overtaking.ts';
import { recordsOf, resolve } from './relate.ts';
import { type Superseded, supersede } from './supersede.ts';

type AttachedKind = 'TA' | 'WDS';
type Shares = { owned: Map<Block, Block[]>; free: Block[] };

/** Puts the administration agreements or schedules of a treatment with their agreements, or on lines of their own. */
export function attachAll(desk: Desk, kind: AttachedKind, agreements: Superseded): void {
  const blocks = blocksOf(desk, kind);
  if (blocks.length === 0) return;
  const records = recordsOf(blocks, desk.everywhere);
  const { survivors, dropped } = supersede(blocks, { at: desk.at, records, findings: desk.findings });
  for (const [block, why] of dropped) desk.dropped.set(block, why);
  const shares = share(desk, survivors, agreements);
  allotFree(desk, kind, shares);
  for (const one of [...desk.drafts]) {
    const own = one.blocks.flatMap((block) => shares.owned.get(block) ?? []);
    if (own.length > 0) settle(desk, one, own);
  }
  const leads = new Set(desk.drafts.flatMap((one) => one.blocks));
  for (const [owner, left] of shares.owned) {
    if (leads.has(owner)) continue;
    for (const block of left)
      drop(desk, [block], { rule: block.stop ? 'hidden-by-agreement' : 'owner-not-valid', by: [owner] });
  }
}

function addTo(owned: Map<Block, Block[]>, owner: Block, block: Block): void {
  const known = owned.get(owner);
  if (known) known.push(block);
  else owned.set(owner, [block]);
}

/** By the relation where it can be followed; free otherwise, unless a later agreement or stop overtook it. */
function share(desk: Desk, survivors: readonly Block[], agreements: Superseded): Shares {
  const shares: Shares = { owned: new Map(), free: [] };
  const records = recordsOf(blocksOf(desk, 'MA'), desk.everywhere);
  const latest = latestEvent(desk);
  for (const block of survivors) {
    const named = resolve(block, block.relations.MA?.[0], { records, findings: desk.findings });
    if (named) {
      const owner = follow(desk, { block, named }, agreements);
      if (owner) addTo(shares.owned, owner, block);
      continue;
    }
    const overtaking = overtakerOf(desk, block, latest);
    if (overtaking) drop(desk, [block], { rule: 'before-agreement', by: [overtaking] });
    else shares.free.push(block);
  }
  return shares;
}

const mostHops = 100;

/** From the agreement a block names to the one that took its place, as long as the block was registered after that. */
function follow(
  desk: Desk,
  { block, named }: { block: Block; named: Block },
  { stoppedBy, replacedBy }: Superseded,
): Block | undefined {
  let owner = named;
  for (let hop = 0; hop < mostHops; hop++) {
    const order = block.stop ? [stoppedBy, replacedBy] : [replacedBy, stoppedBy];
    const next = order.map((map) => map.get(owner)).find((one) => one !== undefined);
    if (!next) break;
    const after = registeredAt(block) - registeredAt(next);
    const follows = block.stop ? after >= 0 : after > 0;
    if (!follows) {
      drop(desk, [block], { rule: 'owner-not-valid', by: [next] });
      return undefined;
    }
    owner = next;
  }
  if (owner !== named && !block.stop)
    desk.findings.push(finding('names-replaced', [block, named], { detail: owner.record }));
  return owner;
}

/** Blocks without a usable relation join what holds; without an agreement they lead lines themselves. */
function allotFree(desk: Desk, kind: AttachedKind, { owned, free }: Shares): void {
  if (free.length === 0) return;
  const left = kind === 'TA' ? joinFuture(desk, owned, free) : free;
  const current = desk.drafts.find(({ status }) => status === 'current');
  if (current) {
    for (const block of left) addTo(owned, current.lead, block);
    return;
  }
  const verdict = judge(left, desk.at, desk.findings);
  const ended = desk.drafts.find(hasEnded);
  if (ended && !verdict.current) {
    for (const block of left) addTo(owned, ended.lead, block);
    return;
  }
  if (kind === 'WDS' && desk.drafts.length > 0) {
    drop(desk, left, { rule: 'owner-not-valid', by: desk.drafts.map(({ lead }) => lead).slice(0, 1) });
    return;
  }
  lead(desk, kind, verdict);
}

/** A free block that starts on the day of a future agreement goes with it. */
function joinFuture(desk: Desk, owned: Map<Block, Block[]>, free: readonly Block[]): Block[] {
  const futures = desk.drafts.filter(({ status }) => status === 'future');
  if (futures.length === 0) return [...free];
  const byDay = new Map(futures.map((one) => [dutchDay(one.lead.period.start), one.lead]));
  return free.filter((block) => {
    const owner = block.period.start > desk.at ? byDay.get(dutchDay(block.period.start)) : undefined;
    if (owner) addTo(owned, owner, block);
    return owner === undefined;
  });
}

function lead(desk: Desk, kind: AttachedKind, verdict: Verdict): void {
  for (const [block, why] of verdict.dropped) desk.dropped.set(block, why);
  const drafts = draftsFrom(verdict, kind === 'TA' ? 'administration-agreement-leads' : 'schedule-leads');
  if (verdict.current) {
    const overtaken = desk.drafts.filter(hasEnded);
    for (const one of overtaken) drop(desk, one.blocks, { rule: 'earlier', by: [verdict.current] });
    desk.drafts = desk.drafts.filter((one) => !overtaken.includes(one));
  }
  if (blocksOf(desk, 'MA').length > 0)
    for (const one of drafts) desk.findings.push(finding('agreement-unknown', [one.lead]));
  desk.drafts.push(...drafts);
}

/** Decides which of the blocks of one line hold with it. */
function settle(desk: Desk, line: Draft, own: readonly Block[]): void {
  const verdict = judge(own, desk.at, desk.findings);
  for (const [block, why] of verdict.dropped) desk.dropped.set(block, why);
  if (line.status === 'current') settleCurrent(desk, line, verdict);
  else if (line.status === 'future') settleFuture(desk, line, verdict);
  else settleEnded(desk, line, verdict);
}

const beside = (line: Draft, block: Block): void =>
  attach(line, block, (block.relations.MA?.length ?? 0) > 0 ? 'belongs-to' : 'registered-after');

/** A line of its own for what begins later than its line. */
function addLater(desk: Desk, { lead }: Draft, block: Block): void {
  desk.drafts.push(draft('future', block, [{ rule: 'belongs-to', records: [block.record, lead.record] }]));
}

function settleCurrent(desk: Desk, line: Draft, { current, tied, future, past }: Verdict): void {
  if (current) beside(line, current);
  for (const block of tied) attach(line, block, 'same-moment');
  if (past) drop(desk, [past], { rule: 'own-end', by: [] });
  if (past?.kind === 'TA' && past.stop) desk.findings.push(finding('stopped-at-pharmacy', [past, line.lead]));
  for (const block of future) addLater(desk, line, block);
  if (past?.kind === 'WDS' && future.length === 0)
    desk.findings.push(finding('schedule-missing', [past, line.lead]));
}

function settleFuture(desk: Desk, line: Draft, { current, tied, future, past }: Verdict): void {
  const inOrder = future.toSorted((a, b) => a.period.start - b.period.start);
  const [first, ...others] = [current, ...tied, ...inOrder, past].filter((one) => one !== undefined);
  if (!first) return;
  beside(line, first);
  for (const block of others)
    if (block.period.start > Math.max(first.period.start, desk.at)) addLater(desk, line, block);
    else drop(desk, [block], { rule: 'rival', by: [first] });
}

function settleEnded(desk: Desk, line: Draft, { current, tied, future, past }: Verdict): void {
  const found = past ?? current;
  drop(desk, future, { rule: 'owner-not-valid', by: [line.lead] });
  if (!found) return;
  if (found.kind === 'WDS') {
    drop(desk, [found, ...tied], { rule: 'owner-not-valid', by: [line.lead] });
    return;
  }
  beside(line, found);
  for (const block of tied) attach(line, block, 'same-moment');
  if (current) desk.findings.push(finding('outlasts-agreement', [current, line.lead]));
}
