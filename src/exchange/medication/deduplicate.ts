// Which of several copies of the same building block counts? The original over a copy, then the latest version; differences are told.
import { type Block, compareIdentity, namesOf, registeredAt } from './block.ts';
import { type Finding, finding } from './findings.ts';

export type Kept = {
  blocks: Block[];
  /** Blocks that were entered in error. */
  nullified: Block[];
  findings: Finding[];
  /** All holders that sent a block, by the block that was kept. */
  holdersOf: Map<Block, string[]>;
};

const plain = (text: string): string => text.replace(/\s+/g, ' ').trim().toLowerCase();

/** What a block says, without where it came from. */
function content(block: Block): string {
  const { kind, treatment, period, stop, prior, relations, medicine, dosage, route, use, notDone } = block;
  const codes = medicine.codes.map(({ system, code }) => `${system}|${code}`).sort();
  const product = codes.length > 0 ? codes : plain(medicine.text);
  const words = dosage && plain(dosage);
  const times = [period.start, period.end, registeredAt(block), block.done?.start];
  return JSON.stringify([
    kind,
    treatment,
    times,
    stop?.type,
    prior,
    relations,
    product,
    words,
    route?.code,
    use,
    notDone,
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

/** By kind and record; by a further identifier only what says the same: some systems number all that they prescribe at once. */
function keysOf(block: Block): string[] {
  const said = content(block);
  return [`${block.kind} ${block.record}`, ...namesOf(block).map((name) => `${said} ${name}`)];
}

/** Joins what has a key in common, through others too. */
function groupByName(blocks: readonly Block[]): Block[][] {
  const parents = new Map<string, string>();
  const rootOf = (key: string): string => {
    let root = key;
    for (let up = parents.get(root); up !== undefined; up = parents.get(root)) root = up;
    for (let at = key; at !== root; ) {
      const up = parents.get(at) ?? root;
      parents.set(at, root);
      at = up;
    }
    return root;
  };
  const keyed = blocks.map((block) => ({ block, keys: keysOf(block) }));
  for (const { keys } of keyed) {
    const [first = '', ...others] = keys;
    for (const key of others) {
      const [from, to] = [rootOf(key), rootOf(first)];
      if (from !== to) parents.set(from, to);
    }
  }
  const groups = Map.groupBy(keyed, ({ keys: [first = ''] }) => rootOf(first));
  return [...groups.values()].map((group) => group.map(({ block }) => block));
}

function groupByRecord(blocks: readonly Block[]): Block[][] {
  return [...Map.groupBy(blocks, ({ kind, record }) => `${kind} ${record}`).values()];
}

/** One block per kind and identifier, in an order that does not depend on that of the input. */
export function deduplicate(blocks: readonly Block[]): Kept {
  const groups = blocks.some(({ aliases }) => aliases) ? groupByName(blocks) : groupByRecord(blocks);
  const kept: Kept = { blocks: [], nullified: [], findings: [], holdersOf: new Map() };
  for (const group of groups) keepBest(group, kept);
  kept.blocks.sort(compareIdentity);
  return kept;
}

/** With the identifiers that it has elsewhere. */
function withNames(best: Block, others: readonly Block[]): Block {
  if (![best, ...others].some(({ aliases }) => aliases)) return best;
  const names = new Set([best, ...others].flatMap(namesOf));
  names.delete(best.record);
  return { ...best, aliases: [...names].sort() };
}

/** In the words of the version that does not count: nobody else shows them. */
function saidOtherwise(best: Block, { medicine, dosage, period }: Block): { detail?: string } {
  const isSamePeriod = period.start === best.period.start && period.end === best.period.end;
  const detail = [
    plain(medicine.text) === plain(best.medicine.text) ? undefined : medicine.text,
    plain(dosage ?? '') === plain(best.dosage ?? '') ? undefined : dosage,
    isSamePeriod ? undefined : `${period.startText ?? ''} – ${period.endText ?? ''}`,
  ]
    .filter(Boolean)
    .join('; ');
  return detail === '' ? {} : { detail };
}

function keepBest(group: Block[], kept: Kept): void {
  const [first, ...others] = group.length === 1 ? group : group.sort(compare);
  if (!first) return;
  const best = withNames(first, others);
  kept.holdersOf.set(best, [...new Set(group.map(({ holder }) => holder))].sort());
  if (best.enteredInError) {
    kept.nullified.push(best);
    kept.findings.push(finding('entered-in-error', [best]));
  } else kept.blocks.push(best);
  const own = others.length === 0 ? '' : content(best);
  for (const other of others) {
    if (content(other) === own && other.enteredInError === best.enteredInError) continue;
    const rule = other.copy && !best.copy ? 'copy-differs' : 'duplicate-differs';
    kept.findings.push(finding(rule, [best, other], saidOtherwise(best, other)));
  }
}
