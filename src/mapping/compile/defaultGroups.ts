// Which default groups (`<<types>>`, `<<type+>>`) does a map see, and which one is for a pair of types? Found once per map.
import type { Type } from '../elementTypes.ts';
import type { Group } from '../language/syntax.ts';
import { type Module, parameterType, sameType } from './library.ts';

export type DefaultGroup = { group: Group; module: Module; source: Type; target: Type };

const ownDefaults = new WeakMap<Module, readonly DefaultGroup[]>();

const defaultsIn = (owner: Module): readonly DefaultGroup[] => {
  const known = ownDefaults.get(owner);
  if (known) return known;
  const found = owner.map.groups.flatMap((group) => {
    const [first, second] = group.parameters;
    if (!group.defaultFor || !first || !second) return [];
    const source = parameterType(owner, first);
    const target = parameterType(owner, second);
    return source && target ? [{ group, module: owner, source, target }] : [];
  });
  ownDefaults.set(owner, found);
  return found;
};

/** All default groups that a map sees, its own first. */
export const defaultGroups = (module: Module): DefaultGroup[] =>
  [module, ...module.imports].flatMap(defaultsIn);

const bySource = new WeakMap<Module, Map<string, DefaultGroup[]>>();

const indexed = (module: Module): Map<string, DefaultGroup[]> => {
  const known = bySource.get(module);
  if (known) return known;
  const index = new Map<string, DefaultGroup[]>();
  for (const one of defaultGroups(module)) {
    const key = `${one.source.version} ${one.source.name}`;
    index.set(key, [...(index.get(key) ?? []), one]);
  }
  bySource.set(module, index);
  return index;
};

/** The default group for a pair of types, or for the source type alone. */
export const findDefault = (
  module: Module,
  source: Type,
  target: Type | undefined,
): DefaultGroup | undefined => {
  const all = indexed(module).get(`${source.version} ${source.name}`) ?? [];
  if (target === undefined) return all.find((one) => one.group.defaultFor === 'type+');
  return all.find((one) => sameType(one.target, target));
};
