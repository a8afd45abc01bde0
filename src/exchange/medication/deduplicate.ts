// Which of several copies of the same building block counts? The original over a copy, then the latest version; differences are told.
import { type Block, compareIdentity, registeredAt } from './block.ts';
import { type Finding, finding } from './findings.ts';

export type Kept = {
  blocks: Block[];
  /** Blocks that were entered in error. */
  nullified: Block[];
  findings: Finding[];
  /** All holders that sent a block, by the block that was kept. */
  holdersOf: Map<Block, string[]>;
};

/** What a block says, without where it came from. */
function content(block: Block): string {
  const { kind, treatment, period, stop, prior, relations, medicine, dosage, route, use } = block;
  const codes = medicine.codes.map(({ system, code }) => `${system}|${code}`).sort();
  const words = dosage?.replace(/\s+/g, ' ').trim().toLowerCase();
  const times = [period.start, period.end, registeredAt(block), block.done?.start];
  return JSON.stringify([
    kind,
    treatment,
    times,
    stop?.type,
    prior,
    relations,
    codes,
    words,
    route?.code,
    use,
  ]);
}

/** Lower is better: an error mark above all (it is always later), originals, later versions, later registration. */
function compare(a: Block, b: Block): number {
  return (
    Number(a.copy) - Number(b.copy) ||
    Number(b.enteredInError) - Number(a.enteredInError) ||
    (b.updated ?? 0) - (a.updated ?? 0) ||
    registeredAt(b) - registeredAt(a) ||
    compareTexts(content(a), content(b)) ||
    compareTexts(`${a.holder} ${a.place}`, `${b.holder} ${b.place}`)
  );
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** One block per kind and identifier, in an order that does not depend on that of the input. */
export function deduplicate(blocks: readonly Block[]): Kept {
  const groups = new Map<string, Block[]>();
  for (const block of blocks) {
    const key = `${block.kind} ${block.record}`;
    const known = groups.get(key);
    if (known) known.push(block);
    else groups.set(key, [block]);
  }
  const kept: Kept = { blocks: [], nullified: [], findings: [], holdersOf: new Map() };
  for (const group of groups.values()) keepBest(group, kept);
  kept.blocks.sort(compareIdentity);
  return kept;
}

function keepBest(group: Block[], kept: Kept): void {
  const [best, ...others] = group.length === 1 ? group : group.sort(compare);
  if (!best) return;
  kept.holdersOf.set(best, [...new Set(group.map(({ holder }) => holder))].sort());
  if (best.enteredInError) {
    kept.nullified.push(best);
    kept.findings.push(finding('entered-in-error', [best]));
  } else kept.blocks.push(best);
  const own = others.length === 0 ? '' : content(best);
  for (const other of others) {
    if (content(other) === own && other.enteredInError === best.enteredInError) continue;
    kept.findings.push(
      finding(other.copy && !best.copy ? 'copy-differs' : 'duplicate-differs', [best, other]),
    );
  }
}
