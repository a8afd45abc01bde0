// Which treatments may be one and the same? Told as a suggestion, never merged: two strengths at a time are two treatments.
import { type Block, compareIdentity, hpk, isGeneric, namesOf, prk } from './block.ts';
import type { Draft } from './draft.ts';
import { type Finding, finding } from './findings.ts';

type Treatments = ReadonlyMap<string, readonly Block[]>;

const productsOf = (block: Block): string[] =>
  block.medicine.codes
    .filter(({ system }) => system === prk || system === hpk)
    .map(({ system, code }) => `${system}|${code}`);

function treatmentsByProduct(
  treatments: Treatments,
  wanted: (treatment: string) => boolean,
): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const [treatment, blocks] of treatments) {
    if (!wanted(treatment)) continue;
    for (const product of blocks.flatMap(productsOf)) {
      const known = found.get(product);
      if (known) known.add(treatment);
      else found.set(product, new Set([treatment]));
    }
  }
  return found;
}

/** Suggests links between generic and specific treatments, and names treatments with the same medicine, whether in use, paused or to come. */
export function suggestLinks(treatments: Treatments, drafts: readonly Draft[]): Finding[] {
  return [...genericLinks(treatments), ...sameMedicine(drafts)];
}

const firstOf = (treatments: Treatments, treatment: string): Block[] => {
  const blocks = treatments.get(treatment) ?? [];
  return [...blocks].sort(compareIdentity).slice(0, 1);
};

function genericLinks(treatments: Treatments): Finding[] {
  const generic = [...treatments.keys()].filter(isGeneric);
  if (generic.length === 0) return [];
  const specific = treatmentsByProduct(treatments, (treatment) => !isGeneric(treatment));
  const all = [...treatments.values()].flat();
  const treatmentOf = new Map(all.flatMap((block) => namesOf(block).map((name) => [name, block.treatment])));
  const candidatesOf = (block: Block): string[] => [
    ...productsOf(block).flatMap((product) => [...(specific.get(product) ?? [])]),
    ...Object.values(block.relations)
      .flat()
      .flatMap((named) => treatmentOf.get(named) ?? []),
  ];
  return generic.flatMap((treatment) => {
    const candidates = new Set((treatments.get(treatment) ?? []).flatMap(candidatesOf));
    candidates.delete(treatment);
    return [...candidates].sort().map((other) => {
      const blocks = [...firstOf(treatments, treatment), ...firstOf(treatments, other)];
      return finding('same-treatment', blocks, { detail: other });
    });
  });
}

/** By every product on a line, of the prescriber and of the pharmacy; told once for the same treatments. */
function sameMedicine(drafts: readonly Draft[]): Finding[] {
  const byProduct = new Map<string, Map<string, Block>>();
  for (const { lead, blocks } of drafts.filter((one) => one.status !== 'ended'))
    for (const product of blocks.flatMap(productsOf)) {
      const leads = byProduct.get(product) ?? new Map<string, Block>();
      if (!leads.has(lead.treatment)) leads.set(lead.treatment, lead);
      byProduct.set(product, leads);
    }
  const told = new Map<string, Finding>();
  for (const [product, found] of [...byProduct].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const leads = [...found.values()].sort(compareIdentity);
    const key = leads.map(({ treatment }) => treatment).join();
    if (leads.length > 1 && !told.has(key))
      told.set(key, finding('same-medicine', leads, { detail: product }));
  }
  return [...told.values()];
}
