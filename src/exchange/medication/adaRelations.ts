// Which other building blocks does an ADA building block name? 9.3.0 has one relation per kind; 9.0.7 one for several kinds.
import { idOf } from './adaParts.ts';
import type { Block, BlockKind } from './block.ts';
import { type Tree, trees } from './tree.ts';

const relationNames: readonly (readonly [pattern: RegExp, kind: BlockKind])[] = [
  [/^relatie_(?:naar_)?medicatieafspraak$/, 'MA'],
  [/^relatie_(?:naar_)?toedieningsafspraak$/, 'TA'],
  [/^relatie_(?:naar_)?wisselend_doseerschema$/, 'WDS'],
  [/^relatie_(?:naar_)?medicatie_?gebruik$/, 'MGB'],
  [/^relatie_(?:naar_)?verstrekkingsverzoek$/, 'VV'],
  [/^relatie_(?:naar_)?(?:medicatie)?verstrekking$/, 'MVE'],
];

/** 9.0.7 has one relation for agreements and use alike; on an agreement it means its own kind. */
const anyRelation = /^relatie_naar_afspraak_of_(?:gebruik|verstrekking)$/;

function targetOf(name: string, kind: BlockKind): BlockKind | undefined {
  const known = relationNames.find(([pattern]) => pattern.test(name))?.[1];
  if (known !== undefined) return known;
  if (!anyRelation.test(name)) return undefined;
  return kind === 'TA' ? 'TA' : 'MA';
}

/** The block of its own kind that a block follows or stops, and blocks of other kinds that it names. */
export function adaRelations(block: Tree, kind: BlockKind): { prior?: string; others: Block['relations'] } {
  const others: Partial<Record<BlockKind, string[]>> = {};
  let prior: string | undefined;
  for (const [name, value] of Object.entries(block)) {
    const target = name.startsWith('relatie_') ? targetOf(name, kind) : undefined;
    if (target === undefined) continue;
    const keys = trees(value)
      .map((one) => idOf(one.identificatie) ?? idOf(one))
      .filter((key) => key !== undefined);
    if (target === kind) prior ??= keys[0];
    else others[target] = [...(others[target] ?? []), ...keys];
  }
  return prior === undefined ? { others } : { prior, others };
}
