// What do parts of an ADA document say? Codes, identifiers, and the products and persons that it keeps apart and refers to by id.
import { isDeepStrictEqual } from 'node:util';
import { type Author, type Code, type Medicine, recordKey } from './block.ts';
import { present, type Tree, textOf, tree, trees } from './tree.ts';

export const valueIn = (element: unknown): string | undefined => textOf(tree(element)?.value);

export const isTrue = (value: unknown): boolean => ['true', '1'].includes(valueIn(value)?.trim() ?? '');

const nullFlavors = '2.16.840.1.113883.5.1008';

/** `system|value` of an element with root and value; absent when it says that it is not known. */
export function idOf(element: unknown): string | undefined {
  const found = tree(element);
  const value = textOf(found?.value);
  return value === undefined || found?.root === nullFlavors
    ? undefined
    : recordKey(textOf(found?.root) ?? '', value);
}

const systems: Readonly<Record<string, string>> = {
  '2.16.840.1.113883.6.96': 'http://snomed.info/sct',
  '2.16.840.1.113883.6.73': 'http://www.whocc.no/atc',
};

/** The code of an element, as a list of one; its display is the original text where there is one. */
export function coded(element: Tree): Code[] {
  const code = textOf(element.code);
  if (code === undefined) return [];
  const oid = textOf(element.codeSystem) ?? '';
  const system = systems[oid] ?? recordKey(oid, '').slice(0, -1);
  return [
    present<Code>({
      system,
      code,
      display: textOf(element.originalText) ?? textOf(element.displayName),
    }),
  ];
}

export type AdaParts = {
  productOf(block: Tree): { medicine: Medicine; key?: string };
  authorOf(holder: Tree): Author | undefined;
};

const productNames = [
  'afgesproken_geneesmiddel',
  'geneesmiddel_bij_toedieningsafspraak',
  'te_verstrekken_geneesmiddel',
  'verstrekt_geneesmiddel',
  'gebruiksproduct',
  'gebruiks_product',
  'toedienings_product',
  'geneesmiddel',
];

const amountText = (amount: Tree | undefined): string =>
  [valueIn(amount?.waarde)?.replace('.', ','), coded(tree(amount?.eenheid) ?? {})[0]?.display]
    .filter(Boolean)
    .join(' ');

/** `Ureum 10 gram per 100 gram`. */
function ingredientText({ ingredient_code, sterkte }: Tree): string | undefined {
  const name = trees(ingredient_code).flatMap(coded)[0]?.display;
  if (name === undefined) return undefined;
  const strength = tree(sterkte);
  const amounts = [tree(strength?.ingredient_hoeveelheid), tree(strength?.product_hoeveelheid)].map(
    amountText,
  );
  return amounts.includes('') ? name : `${name} ${amounts.join(' per ')}`;
}

function medicineOf(product: Tree | undefined): Medicine {
  const codes = trees(product?.product_code).flatMap(coded);
  const specification = tree(product?.product_specificatie);
  const named = valueIn(specification?.product_naam) ?? valueIn(specification?.omschrijving);
  const real = codes.filter(({ system }) => system !== `urn:oid:${nullFlavors}`);
  const ingredients = trees(specification?.ingredient).map(ingredientText);
  const made = ingredients.some(Boolean) ? ingredients.map((one) => one ?? '?').join(' + ') : undefined;
  const text = named ?? real[0]?.display ?? made ?? codes[0]?.display ?? '';
  return { text, codes: real };
}

const fullName = (person: Tree | undefined): string | undefined => {
  const outer = tree(person?.naamgegevens);
  const name = tree(outer?.naamgegevens) ?? outer;
  const last = tree(name?.geslachtsnaam);
  const parts = [
    valueIn(name?.voornamen) ?? valueIn(name?.initialen),
    valueIn(last?.voorvoegsels)?.trim(),
    valueIn(last?.achternaam),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' ');
};

/** The parts by name and id; an id of two parts that differ means neither. */
function indexOf(kept: Tree): ReadonlyMap<string, Tree | undefined> {
  const index = new Map<string, Tree | undefined>();
  for (const [name, value] of Object.entries(kept))
    for (const one of trees(value)) {
      const id = textOf(one.id);
      if (id === undefined) continue;
      const key = `${name}|${id}`;
      const certain = !index.has(key) || isDeepStrictEqual(index.get(key), one);
      index.set(key, certain ? one : undefined);
    }
  return index;
}

/** The one product that a block names; two that differ are none. */
function namedProduct(block: Tree): Tree | undefined {
  const holders = productNames.flatMap((name) => trees(block[name]));
  const [first, ...others] = holders.flatMap((holder) => [
    ...trees(holder.farmaceutisch_product),
    ...trees(holder.product),
  ]);
  return others.every((other) => isDeepStrictEqual(other, first)) ? first : undefined;
}

/** Reads a document's own products, persons and organisations, written in place or referred to by id. */
export function adaParts(content: Tree): AdaParts {
  const kept = tree(content.bouwstenen) ?? {};
  const index = indexOf(kept);
  const follow = (name: string, element: Tree | undefined): Tree | undefined => {
    const id = element?.datatype === 'reference' ? textOf(element.value) : undefined;
    return id === undefined ? element : index.get(`${name}|${id}`);
  };
  const organisation = (holder: Tree | undefined): string | undefined => {
    const outer = follow('zorgaanbieder', tree(holder?.zorgaanbieder));
    const inner = follow('zorgaanbieder', tree(outer?.zorgaanbieder)) ?? outer;
    return valueIn(inner?.organisatie_naam);
  };
  return {
    productOf: (block) => {
      const named = namedProduct(block);
      const product = follow('farmaceutisch_product', named);
      const medicine = medicineOf(product);
      const key = product && named?.datatype === 'reference' ? textOf(named.value) : undefined;
      return key === undefined ? { medicine } : { medicine, key };
    },
    authorOf: (holder) => {
      const role = tree(holder.auteur_is_zorgverlener) ?? tree(holder.auteur_is_zorgaanbieder) ?? holder;
      const outer = follow('zorgverlener', tree(role.zorgverlener));
      const person = follow('zorgverlener', tree(outer?.zorgverlener)) ?? outer;
      if (isTrue(holder.auteur_is_patient) || isTrue(tree(holder.patient)?.toediener_is_patient))
        return { name: 'patient' };
      const found = present<Author>({ name: fullName(person), organisation: organisation(person ?? role) });
      return found.name === undefined && found.organisation === undefined ? undefined : found;
    },
  };
}
