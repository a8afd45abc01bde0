// Are the children of an element as its definition says: how many, and each of them? One table of slots per element.
import { type TypeDefinition, typeOf } from '../fhir/definitions.ts';
import type { FhirVersion } from '../model.ts';
import type { Item } from './fhirpath/items.ts';
import { isTree, type Tree } from './profile.ts';
import { type Check, type Run, report } from './run.ts';
import { texts } from './texts.ts';

/** What a definition says of one element, whatever the type of a choice. */
export type ElementRule = {
  /** Last part of the path, `value[x]` for a choice. */
  name: string;
  /** `Observation.value[x]`, for messages. */
  label: string;
  profile: string;
  min: number;
  max: number;
  /** On the value itself; few elements have any. */
  checks: readonly Check[];
  /** On what the element holds: its children, its type, the extensions beside a primitive. */
  content: Check | undefined;
  /** Asked once for all items together; absent without slices. Checks the items too, unless they are extensions. */
  slices?: (items: readonly Item[], run: Run) => void;
  /** A slice is required, so the rule is asked also when there is no item. */
  askedWhenAbsent: boolean;
};

type Slot = {
  rule: ElementRule;
  key: string;
  /** Where what is beside the value stands; absent for what is no primitive. */
  beside: string | undefined;
  /** As it stands in the expression: `value.ofType(Quantity)`. */
  part: string;
  type: string;
  list: boolean;
  /** A single primitive that may be there: only its value is to be checked. */
  plain: boolean;
  /** `Patient.name`, for extensions. */
  id: string;
};

const itemOf = (slot: Slot, value: unknown, extra: unknown): Item =>
  extra === undefined || extra === null
    ? { value: value ?? undefined, type: slot.type }
    : { value: value ?? undefined, type: slot.type, extra };

function itemsOf(slot: Slot, value: unknown, extra: unknown): Item[] {
  if (!Array.isArray(value) && !Array.isArray(extra)) return [itemOf(slot, value, extra)];
  const values: readonly unknown[] = Array.isArray(value) ? value : [];
  const extras: readonly unknown[] = Array.isArray(extra) ? extra : [];
  const length = Math.max(values.length, extras.length);
  const items: Item[] = [];
  for (let i = 0; i < length; i++) items.push(itemOf(slot, values[i], extras[i]));
  return items;
}

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

function checkItems(slot: Slot, items: readonly Item[], run: Run): void {
  const { rule } = slot;
  if (rule.slices !== undefined && slot.type !== 'Extension') return;
  let i = 0;
  for (const item of items) {
    if (slot.list) run.path.push(i);
    checkItem(rule, item, run);
    if (slot.list) run.path.pop();
    i++;
  }
}

function visit(slot: Slot, tree: Tree, run: Run): void {
  const value = tree[slot.key];
  const extra = slot.beside === undefined ? undefined : tree[slot.beside];
  if (slot.plain && extra === undefined && typeof value !== 'object') {
    visitPlain(slot, value, run);
    return;
  }
  const items = itemsOf(slot, value, extra);
  const { rule } = slot;
  const { holder, holderType } = run;
  // An extension is held against the element that it stands in, not against itself.
  if (slot.type !== 'Extension') {
    run.holder = slot.id;
    run.holderType = slot.type;
  }
  run.path.push(slot.part);
  if (items.length < rule.min || (rule.max >= 0 && items.length > rule.max))
    checkCount(rule, { count: items.length }, run);
  checkItems(slot, items, run);
  // What is empty and required has been told already.
  if (items.length > 0 || rule.min === 0) rule.slices?.(items, run);
  run.path.pop();
  run.holder = holder;
  run.holderType = holderType;
}

function slotsOf(type: TypeDefinition, rules: readonly ElementRule[], id: string): Map<string, Slot> {
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  const slots = new Map<string, Slot>();
  for (const property of type.properties.values()) {
    const rule = byName.get(property.element.name);
    if (rule === undefined) continue;
    const stem = property.element.name.replace('[x]', '');
    slots.set(property.name, {
      rule,
      key: property.name,
      beside: property.kind === 'primitive' ? `_${property.name}` : undefined,
      part: property.element.choice ? `${stem}.ofType(${property.type})` : property.name,
      type: property.type,
      list: property.list,
      plain: property.kind === 'primitive' && rule.slices === undefined && rule.min < 2 && rule.max !== 0,
      id: `${id}.${property.element.name}`,
    });
  }
  return slots;
}

type Required = { rule: ElementRule; keys: readonly string[]; part: string };

const isPresent = (tree: Tree, keys: readonly string[]): boolean => {
  for (const key of keys) if (tree[key] !== undefined) return true;
  return keys.some((key) => tree[`_${key}`] !== undefined);
};

function requiredOf(rules: readonly ElementRule[], slots: ReadonlyMap<string, Slot>): Required[] {
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

/** The slot of `_key` when there is no `key`. */
function besides(slots: ReadonlyMap<string, Slot>, tree: Tree, key: string): Slot | undefined {
  if (key.charCodeAt(0) !== 95) return undefined;
  const plain = key.slice(1);
  return tree[plain] === undefined ? slots.get(plain) : undefined;
}

/** The check of the children of an element of type `typeName` (`Patient`, `Patient.contact`, `HumanName`). */
export function childrenCheck(version: FhirVersion, typeName: string, rules: readonly ElementRule[]): Check {
  const type = typeOf(version, typeName);
  const slots: ReadonlyMap<string, Slot> = type === undefined ? new Map() : slotsOf(type, rules, typeName);
  const required = requiredOf(rules, slots).filter((one) => one.keys.length > 0);
  return (item, run) => {
    const tree = item.value;
    if (!isTree(tree)) return;
    run.budget.spend();
    for (const key of Object.keys(tree)) {
      const slot = slots.get(key) ?? besides(slots, tree, key);
      if (slot !== undefined) visit(slot, tree, run);
    }
    for (const one of required) if (!isPresent(tree, one.keys)) checkAbsent(one, run);
  };
}
