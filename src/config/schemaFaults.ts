// What do the schemas say of the settings? Also of those beside a faulty one: a rule over a whole list waits for all its items.
import type { z } from 'zod';
import { faultsOf, type SettingFault } from './faults.ts';
import { type Config, settingsSchema } from './settings.ts';
import { isTree, type Tree } from './written.ts';

export type Checked = { config: Config; faults: [] } | { config?: never; faults: SettingFault[] };

/** The checked settings, or every fault that the schemas find in them. */
export function checkSchema(settings: Tree): Checked {
  const first = settingsSchema.safeParse(settings);
  if (first.success) return { config: first.data, faults: [] };
  const { issues } = first.error;
  const { left, placeOf } = withoutFaultyItems(settings, issues);
  const second = settingsSchema.safeParse(left).error?.issues ?? [];
  // what is missing or too few now may only have been left out; what our own rules find stands
  const ruled = second.filter(({ code }) => code === 'custom');
  const faults = faultsOf([...issues, ...ruled.map((one) => ({ ...one, path: placeOf(one.path) }))]);
  const printed = faults.map(({ path, message }) => `${path}: ${message}`);
  return { faults: faults.filter((_, index) => printed.indexOf(printed[index] ?? '') === index) };
}

type Path = readonly PropertyKey[];
const keyOf = (path: Path): string => path.map(String).join('.');

/** The outermost list item in a path: of `participants[2].clients[0].jwks` it is `participants[2]`. */
const itemOf = (path: Path): Path => path.slice(0, path.findIndex((step) => typeof step === 'number') + 1);

/** The settings without the list items that have faults of their own, and where in the file a place of these is. */
function withoutFaultyItems(settings: Tree, issues: readonly z.core.$ZodIssue[]) {
  const faulty = new Set(issues.map(({ path }) => keyOf(itemOf(path))));
  const kept = new Map<string, number[]>();
  const copy = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) {
      const indices = [...value.keys()].filter((index) => !faulty.has(keyOf([...path, index])));
      kept.set(keyOf(path), indices);
      return indices.map((index) => value[index]);
    }
    if (!isTree(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, copy(inner, [...path, name])]),
    );
  };
  const left = copy(settings, []);
  const placeOf = (path: Path): PropertyKey[] => {
    const at = itemOf(path).length - 1;
    const index = at < 0 ? undefined : kept.get(keyOf(path.slice(0, at)))?.[Number(path[at])];
    return index === undefined ? [...path] : [...path.slice(0, at), index, ...path.slice(at + 1)];
  };
  return { left, placeOf };
}
