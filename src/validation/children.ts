// Are the children of an element as its definition says: how many, and each of them?
import { typeOf } from '../fhir/definitions.ts';
import type { FhirVersion } from '../model.ts';
import type { Item } from './fhirpath/items.ts';
import { isTree, type Tree } from './profile.ts';
import { type Check, type Run, report } from './run.ts';
import { besides, type ElementRule, hasBeside, itemsOf, type Slot, type Slots, slotsOf } from './slots.ts';
import { texts } from './texts.ts';

function checkCount(rule: ElementRule, counted: { count: number; at?: string }, run: Run): void {
  const { count, at } = counted;
  if (count < rule.min) {
    report(run, {
      ...(at === undefined ? {} : { at }),
      code: 'required',
      rule: 'minimum',
      profile: rule.profile,
      text: texts.missing(rule.label, rule.min, count),
    });
  }
  if (rule.max >= 0 && count > rule.max) {
    report(run, { rule: 'maximum', profile: rule.profile, text: texts.tooMany(rule.label, rule.max, count) });
  }
}

/** Runs all checks of a rule on one item. */
export function checkItem(rule: ElementRule, item: Item, run: Run): void {
  for (const check of rule.checks) check(item, run);
  rule.content?.(item, run);
}

/** One primitive value with nothing beside it, as most elements are. */
function visitPlain(slot: Slot, value: unknown, run: Run): void {
  const { checks } = slot.rule;
  if (checks.length === 0) return;
  run.path.push(slot.part);
  const item = { value, type: slot.type };
  for (const check of checks) check(item, run);
  run.path.pop();
}

/** Goes to a place and back. An extension is held against the element that it stands in, not against itself. */
function visit(slot: Slot, items: readonly Item[], run: Run): void {
  const { holder, holderType } = run;
  if (slot.type !== 'Extension') {
    run.holder = slot.id;
    run.holderType = slot.type;
  }
  run.path.push(slot.part);
  const only = slot.single && items.length === 1 ? items[0] : undefined;
  if (only !== undefined) checkItem(slot.rule, only, run);
  else checkItems(slot, items, run);
  run.path.pop();
  run.holder = holder;
  run.holderType = holderType;
}

function checkItems(slot: Slot, items: readonly Item[], run: Run): void {
  const { rule, list } = slot;
  if (items.length < rule.min || (rule.max >= 0 && items.length > rule.max))
    checkCount(rule, { count: items.length }, run);
  if (rule.slices === undefined || slot.type === 'Extension') {
    let i = 0;
    for (const item of items) {
      if (list) run.path.push(i);
      checkItem(rule, item, run);
      if (list) run.path.pop();
      i++;
    }
  }
  // What is empty and required has been told already.
  if (items.length > 0 || rule.min === 0) rule.slices?.(items, run);
}

type Required = { rule: ElementRule; keys: readonly string[]; part: string };

const isPresent = (tree: Tree, keys: readonly string[]): boolean => {
  for (const key of keys) if (tree[key] !== undefined) return true;
  return keys.some((key) => tree[`_${key}`] !== undefined);
};

function requiredOf(rules: readonly ElementRule[], slots: Slots): Required[] {
  return rules
    .filter((rule) => rule.min > 0 || rule.askedWhenAbsent)
    .map((rule) => {
      const keys = [...slots.values()].filter((slot) => slot.rule === rule).map((slot) => slot.key);
      return { rule, keys, part: rule.name.replace('[x]', '') };
    });
}

function checkAbsent({ rule, part }: Required, run: Run): void {
  if (rule.min > 0) checkCount(rule, { count: 0, at: part }, run);
  if (rule.slices === undefined || rule.min > 0) return;
  run.path.push(part);
  rule.slices([], run);
  run.path.pop();
}

/** The elements of a tree in which nothing stands beside any value, as in most. */
function visitValues(slots: Slots, tree: Tree, run: Run): void {
  for (const key in tree) {
    const slot = slots.get(key);
    if (slot === undefined) continue;
    const value = tree[key];
    if (slot.plain && typeof value !== 'object') visitPlain(slot, value, run);
    else visit(slot, itemsOf(slot, value, undefined), run);
  }
}

function visitBoth(slots: Slots, tree: Tree, run: Run): void {
  for (const key in tree) {
    const slot = slots.get(key) ?? besides(slots, tree, key);
    if (slot === undefined) continue;
    const value = tree[slot.key];
    const extra = slot.beside === undefined ? undefined : tree[slot.beside];
    if (slot.plain && extra === undefined && typeof value !== 'object') visitPlain(slot, value, run);
    else visit(slot, itemsOf(slot, value, extra), run);
  }
}

/** The check of the children of an element of type `typeName` (`Patient`, `Patient.contact`, `HumanName`). */
export function childrenCheck(version: FhirVersion, typeName: string, rules: readonly ElementRule[]): Check {
  const type = typeOf(version, typeName);
  const slots: Slots = type === undefined ? new Map() : slotsOf(type, rules, typeName);
  const required = requiredOf(rules, slots).filter((one) => one.keys.length > 0);
  return (item, run) => {
    const tree = item.value;
    if (!isTree(tree)) return;
    run.budget.spend();
    if (hasBeside(tree)) visitBoth(slots, tree, run);
    else visitValues(slots, tree, run);
    for (const one of required) if (!isPresent(tree, one.keys)) checkAbsent(one, run);
  };
}
