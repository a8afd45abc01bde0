// Which answers stand where in a filled form? Items nest in items and in answers; tools differ in which.
import { rulesIn } from './modifiers.ts';
import { findTrees, type Tree, textOf, treesAt, valueIn, wordsOf } from './tree.ts';

/** A question that was answered, with the questions that stand beside it. */
export type FormItem = {
  linkId: string;
  item: Tree;
  beside: readonly Tree[];
  /** What may change its meaning: on the form, on the questions around it, and in it. */
  modifiers: readonly Tree[];
};

const modifiersIn = (tree: Tree): Tree[] =>
  findTrees(tree, (one) => 'modifierExtension' in one).flatMap((one) => [
    ...treesAt(one, 'modifierExtension'),
  ]);

function inside(siblings: readonly Tree[], above: readonly Tree[]): FormItem[] {
  return siblings.flatMap((item) => {
    const linkId = textOf(item.linkId) ?? '';
    const own = [...treesAt(item, 'modifierExtension'), ...treesAt(item, 'answer', 'modifierExtension')];
    const modifiers = [...above, ...modifiersIn(item)];
    return [{ linkId, item, beside: siblings, modifiers }, ...inside(below(item), [...above, ...own])];
  });
}

/** The items within one: its own, and those of its answers. */
export const below = (item: Tree): Tree[] => [...treesAt(item, 'item'), ...treesAt(item, 'answer', 'item')];

export const itemsOf = (form: Tree): FormItem[] =>
  inside(treesAt(form, 'item'), [...treesAt(form, 'modifierExtension'), ...rulesIn(form)]);

export const allBelow = (item: Tree): Tree[] => below(item).flatMap((one) => [one, ...allBelow(one)]);

export const answersOf = (item: Tree): unknown[] =>
  treesAt(item, 'answer')
    .map(valueIn)
    .filter((value) => value !== undefined);

/** The free texts that answer an item. */
export const textAnswers = (item: Tree): string[] =>
  answersOf(item)
    .map(textOf)
    .filter((text) => text !== undefined);

/** Yes or no, as a boolean, as the codes of either form, or as SNOMED's. */
export function yesOrNo(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const code = treesAt(value)[0]?.code;
  if (code === '1' || code === '373066001' || code === 'true') return true;
  return code === '0' || code === '2' || code === '373067005' || code === 'false' ? false : undefined;
}

/** The answers to any of these questions, in the form's order of questions. */
export const answersTo = (items: readonly FormItem[], linkIds: readonly string[]): unknown[] =>
  linkIds.flatMap((linkId) =>
    items.filter((one) => one.linkId === linkId).flatMap(({ item }) => answersOf(item)),
  );

/** The same as words: texts as they are, codes by their display. */
export const wordsTo = (items: readonly FormItem[], linkIds: readonly string[]): string[] =>
  answersTo(items, linkIds)
    .map((value) => textOf(value) ?? wordsOf(value))
    .filter((text) => text !== undefined);
