// May an object of one FHIR version be copied as it stands into the other? Only when the target has all its elements.
import type { Field, Type } from '../elementTypes.ts';
import { fieldNames, fieldOf, typeNamed } from '../elementTypes.ts';

const known = new Map<string, readonly string[]>();

const primitiveLike = new Set(['primitive', 'xhtml']);

const optionLost = (from: Field, into: Field, path: string): string[] => {
  if (from.many && !into.many) return [`${path} repeats`];
  return from.options.flatMap((option) => {
    const other = into.options.find(
      (one) =>
        one.name === option.name || (one.element.types.includes('Resource') && option.kind === 'resource'),
    );
    const kinds = other && primitiveLike.has(option.kind) === primitiveLike.has(other.kind);
    return kinds ? [] : [option.name === path ? path : `${path} as ${option.type}`];
  });
};

const isOpen = (name: string): boolean => name === 'Extension' || name === 'Resource';

const lostIn = (source: Type, target: Type, seen: ReadonlySet<string>): string[] => {
  if (!source.definition || !target.definition || isOpen(source.name) || seen.has(source.name)) return [];
  const inner = new Set([...seen, source.name]);
  const { definition: from } = source;
  const { definition: into } = target;
  return fieldNames(from).flatMap((name) => {
    const field = fieldOf(from, name);
    const other = fieldOf(into, name);
    if (!field) return [];
    if (!other) return [`${source.name}.${name}`];
    const own = optionLost(field, other, `${source.name}.${name}`);
    const deeper = field.options.flatMap((option) => {
      const match = other.options.find((one) => one.name === option.name);
      if (!match || primitiveLike.has(option.kind)) return [];
      return lostIn(typeNamed(option.type, source.version), typeNamed(match.type, target.version), inner);
    });
    return [...own, ...deeper];
  });
};

/** The elements of a type that the same type of another version cannot hold; empty when it holds all. */
export const lostBetween = (source: Type, target: Type): readonly string[] => {
  if (source.version === target.version && source.name === target.name) return [];
  const key = `${source.version} ${source.name} ${target.version} ${target.name}`;
  const before = known.get(key);
  if (before) return before;
  const lost = [...new Set(lostIn(source, target, new Set()))];
  known.set(key, lost);
  return lost;
};
