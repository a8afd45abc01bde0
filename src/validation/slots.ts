// Which place of a definition belongs to which key of the content? One table of slots per element.
import type { TypeDefinition } from '../fhir/definitions.ts';
import type { Item } from './fhirpath/items.ts';
import type { Tree } from './profile.ts';
import type { Check, Run } from './run.ts';

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
  /** Something is required of its own elements, so a primitive is asked for it also when nothing stands beside it. */
  askedBeside: boolean;
};

export type Slot = {
  rule: ElementRule;
  key: string;
  /** Where what is beside the value stands; absent for what is no primitive. */
  beside: string | undefined;
  /** As it stands in the expression: `value.ofType(Quantity)`. */
  part: string;
  type: string;
  list: boolean;
  /** A single element that may be there, without slices. */
  single: boolean;
  /** The same, and a primitive of which nothing beside it is required: only its value is to be checked. */
  plain: boolean;
  /** `Patient.name`, for extensions. */
  id: string;
};

export type Slots = ReadonlyMap<string, Slot>;

const itemOf = (slot: Slot, value: unknown, extra: unknown): Item =>
  extra === undefined || extra === null
    ? { value: value ?? undefined, type: slot.type }
    : { value: value ?? undefined, type: slot.type, extra };

/** The items of a slot: what stands under its key and beside it. */
export function itemsOf(slot: Slot, value: unknown, extra: unknown): Item[] {
  if (!Array.isArray(value) && !Array.isArray(extra)) return [itemOf(slot, value, extra)];
  const values: readonly unknown[] = Array.isArray(value) ? value : [];
  const extras: readonly unknown[] = Array.isArray(extra) ? extra : [];
  const length = Math.max(values.length, extras.length);
  const items: Item[] = [];
  for (let i = 0; i < length; i++) items.push(itemOf(slot, values[i], extras[i]));
  return items;
}

/** The slots of a type, by key. */
export function slotsOf(type: TypeDefinition, rules: readonly ElementRule[], id: string): Map<string, Slot> {
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  const slots = new Map<string, Slot>();
  for (const property of type.properties.values()) {
    const rule = byName.get(property.element.name);
    if (rule === undefined) continue;
    const stem = property.element.name.replace('[x]', '');
    const mayBe = rule.slices === undefined && rule.min < 2 && rule.max !== 0;
    slots.set(property.name, {
      rule,
      key: property.name,
      beside: property.kind === 'primitive' ? `_${property.name}` : undefined,
      part: property.element.choice ? `${stem}.ofType(${property.type})` : property.name,
      type: property.type,
      list: property.list,
      single: mayBe && !property.list,
      plain: mayBe && property.kind === 'primitive' && !rule.askedBeside,
      id: `${id}.${property.element.name}`,
    });
  }
  return slots;
}

/** The slot of `_key` when there is no `key`. */
export function besides(slots: Slots, tree: Tree, key: string): Slot | undefined {
  if (key.charCodeAt(0) !== 95) return undefined;
  const plain = key.slice(1);
  return tree[plain] === undefined ? slots.get(plain) : undefined;
}

/** Does anything stand beside a value (`_name`)? In most trees nothing does. */
export const hasBeside = (tree: Tree): boolean => {
  for (const key in tree) if (key.charCodeAt(0) === 95) return true;
  return false;
};
