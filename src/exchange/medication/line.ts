// How is a worked-out line printed? Blocks in the order agreement, administration agreement, schedule, use.
import { type Block, type BlockKind, compareIdentity } from './block.ts';
import type { Draft } from './draft.ts';
import type { BlockView, Line, Past, Span } from './overview.ts';
import type { Dropped } from './supersede.ts';
import { present } from './tree.ts';

const order: readonly BlockKind[] = ['MA', 'TA', 'WDS', 'MGB', 'VV', 'MVE', 'MTD'];

const compareBlocks = (a: Block, b: Block): number =>
  order.indexOf(a.kind) - order.indexOf(b.kind) || compareIdentity(a, b);

const spanOf = ({ period }: Block): Span =>
  present<Span>({ start: period.startText, end: period.endText, criterion: period.criterion });

/** The moment of the overview, and who sent each block. */
export type Around = { at: number; holdersOf: (block: Block) => readonly string[] };

/** Use that was told of, and was over by then: nobody may read it as use today. */
const usedBefore = ({ use, period }: Block, at: number): true | undefined =>
  (use !== undefined && use.used !== false && period.end <= at) || undefined;

export function viewOf(block: Block, { at, holdersOf }: Around): BlockView {
  return present<BlockView>({
    record: block.record,
    kind: block.kind,
    registered: block.registered?.text,
    medicine: block.medicine.text,
    dosage: block.dosage,
    route: block.route?.display ?? block.route?.code,
    period: spanOf(block),
    stop: block.stop?.type,
    author: block.author,
    reason: block.reason,
    note: block.note,
    copy: block.copy || undefined,
    used: block.use?.used,
    usedBefore: usedBefore(block, at),
    asAgreed: block.use?.asAgreed,
    done: block.done?.text,
    holders: holdersOf(block),
  });
}

export function lineOf(draft: Draft, around: Around): Line {
  const { lead } = draft;
  const blocks = [...draft.blocks].sort(compareBlocks);
  const find = (kind: BlockKind): Block | undefined => blocks.find((block) => block.kind === kind);
  const [schedule, use] = [find('WDS'), find('MGB')];
  const notes = blocks.map(({ note }) => note).filter((note) => note !== undefined);
  return present<Line>({
    treatment: lead.treatment,
    medicine: lead.medicine.text,
    codes: lead.medicine.codes,
    dosage: schedule?.dosage ?? lead.dosage,
    route: lead.route?.display ?? lead.route?.code,
    period: spanOf(lead),
    stop: lead.stop && present<NonNullable<Line['stop']>>({ type: lead.stop.type, at: lead.period.endText }),
    reason: lead.reason,
    agreedBy: lead.kind === 'TA' ? undefined : lead.author,
    dispensedBy: find('TA')?.author,
    used: use?.use?.used,
    usedBefore: use && usedBefore(use, around.at),
    asAgreed: use?.use?.asAgreed,
    remarks: notes.length === 0 ? undefined : notes.join('; '),
    records: blocks.map(({ record }) => record),
    why: draft.why,
    blocks: blocks.map((block) => viewOf(block, around)),
  });
}

export function pastOf(block: Block, { rule, by }: Dropped, around: Around): Past {
  const overtakenBy = by.map(({ record }) => record).sort();
  return { ...viewOf(block, around), treatment: block.treatment, rule, by: overtakenBy };
}
