// Which building block does a relation mean? By identifier within the treatment; what leads nowhere is told and left aside.
import { type Block, namesOf } from './block.ts';
import { type Finding, finding } from './findings.ts';

/** The treatments of every record of the patient: to tell a relation to another treatment from one to nothing. */
export type Everywhere = ReadonlyMap<string, ReadonlySet<string>>;

export function treatmentsByRecord(blocks: readonly Block[]): Everywhere {
  const found = new Map<string, Set<string>>();
  for (const block of blocks)
    for (const name of namesOf(block)) {
      const known = found.get(name);
      if (known) known.add(block.treatment);
      else found.set(name, new Set([block.treatment]));
    }
  return found;
}

export type Records = {
  everywhere: Everywhere;
  find(record: string): Found;
};
export type Found = { block: Block; repaired: boolean } | undefined;

const squeezed = (record: string): string => record.replace(/\s+/g, '');

/** Blocks by their further identifiers; one that several have means none of them. */
function byAlias(blocks: readonly Block[]): Map<string, Block | undefined> {
  const found = new Map<string, Block | undefined>();
  for (const block of blocks)
    for (const alias of block.aliases ?? []) found.set(alias, found.has(alias) ? undefined : block);
  return found;
}

/**
 * Finds blocks of one kind in one treatment by record, else by a further identifier that only one has; blanks inside an
 * identifier are forgiven when only one fits.
 */
export function recordsOf(blocks: readonly Block[], everywhere: Everywhere): Records {
  const exact = new Map(blocks.map((block) => [block.record, block]));
  const aliases = byAlias(blocks);
  let loose: Map<string, Block | undefined> | undefined;
  const looseOnes = (): Map<string, Block | undefined> => {
    if (loose) return loose;
    loose = new Map();
    for (const block of blocks) {
      const key = squeezed(block.record);
      loose.set(key, loose.has(key) ? undefined : block);
    }
    return loose;
  };
  const find = (record: string): Found => {
    const block = exact.get(record) ?? aliases.get(record);
    if (block) return { block, repaired: false };
    const near = looseOnes().get(squeezed(record));
    return near && { block: near, repaired: true };
  };
  return { everywhere, find };
}

/** The block that a relation names; findings tell of relations that are dangling, repaired, or lead elsewhere. */
export function resolve(
  from: Block,
  named: string | undefined,
  { records, findings }: { records: Records; findings: Finding[] },
): Block | undefined {
  if (named === undefined) return undefined;
  const found = records.find(named);
  if (named === from.record || found?.block === from) {
    findings.push(finding('self-relation', [from], { detail: named }));
    return undefined;
  }
  if (found?.repaired) findings.push(finding('relation-repaired', [from, found.block], { detail: named }));
  if (found) return found.block;
  const treatments = [...(records.everywhere.get(named) ?? [])];
  const elsewhere = treatments.some((treatment) => treatment !== from.treatment);
  const rule = elsewhere ? 'relation-elsewhere' : 'dangling-relation';
  findings.push(finding(rule, [from], { detail: named }));
  return undefined;
}

/** Blocks whose chains of relations run in a circle: their relations say nothing about what came last. */
export function inCircles(priors: ReadonlyMap<Block, Block>): Block[][] {
  const seen = new Map<Block, number>();
  const circles: Block[][] = [];
  let walk = 0;
  for (const start of priors.keys()) {
    walk++;
    const path: Block[] = [];
    let at: Block | undefined = start;
    while (at && !seen.has(at)) {
      seen.set(at, walk);
      path.push(at);
      at = priors.get(at);
    }
    if (at && seen.get(at) === walk) circles.push(path.slice(path.indexOf(at)));
  }
  return circles;
}
