// What does `src.a -> tgt.b;` do? A primitive is copied; an object goes through the default group of its types,
// and without one is copied when both sides are the same. https://hl7.org/fhir/R4/mapping-language.html#7.7.0.9.3
import type { Property } from '../../fhir/definitions.ts';
import { type Field, fieldOf, isPrimitive, type Type, typeNamed } from '../elementTypes.ts';
import type { Frame } from '../fhirpath/frame.ts';
import { isLeaf, isTree, plain, Typed } from '../fhirpath/values.ts';
import type { Rule, Target } from '../language/syntax.ts';
import { type CompiledGroup, compileGroup } from './compileGroup.ts';
import { compileContainer, reportUnknown } from './container.ts';
import { type DefaultGroup, defaultGroups, findDefault } from './defaultGroups.ts';
import { lostBetween } from './sameShape.ts';
import { report, type Scope } from './scope.ts';
import { putValue, type Site } from './site.ts';
import type { Action } from './sourceLoop.ts';
import { noFormFault } from './start.ts';
import { instanceOf } from './targetParts.ts';

/** One source, one target without a transform, and nothing further. */
export const isSimple = (rule: Rule): boolean => {
  const [target, second] = rule.targets;
  return (
    rule.sources.length === 1 &&
    rule.sources[0]?.path.length !== 0 &&
    target !== undefined &&
    second === undefined &&
    target.transform === undefined &&
    target.context !== undefined &&
    target.path.length > 0 &&
    rule.calls.length === 0 &&
    rule.rules.length === 0
  );
};

type Way = { group: CompiledGroup; target: Type };

const wayOf = (scope: Scope, found: DefaultGroup): Way => ({
  group: compileGroup({ compiler: scope.compiler, module: found.module }, found.group, [
    found.source,
    found.target,
  ]),
  target: found.target,
});

/** The default groups by the source's type, for types that are known only in a run. */
const waysByType = (scope: Scope, field: Field | undefined, version: Type['version']): Map<string, Way> => {
  const ways = new Map<string, Way>();
  const allowed = new Set(field?.options.map((option) => option.type));
  for (const found of defaultGroups(scope.module)) {
    const { source, target } = found;
    const isResource = source.definition?.kind === 'resource';
    const fits =
      allowed.has(target.name) ||
      (isResource && [...allowed].some((name) => typeNamed(name, version).definition?.abstract));
    const key = `${source.version} ${source.name}`;
    if ((fits || !field) && !ways.has(key)) ways.set(key, wayOf(scope, found));
  }
  return ways;
};

const typeKeyOf = (item: unknown, version: Type['version']): string | undefined => {
  if (item instanceof Typed && item.type !== undefined) return `${version} ${item.type}`;
  const tree = plain(item);
  return isTree(tree) && typeof tree.resourceType === 'string'
    ? `${version} ${tree.resourceType}`
    : undefined;
};

type Copying = { site: Site; container(frame: Frame): Record<string, unknown>; slot: number };

const through = (frame: Frame, way: Way, { site, container, slot }: Copying): void => {
  const at = container(frame);
  const typed = new Typed(instanceOf(way.target), way.target.name);
  const made = putValue(frame, site, { container: at, item: typed, fresh: true, touches: [] });
  const values = [frame.slots[slot], made];
  way.group.invoke(frame.run, { values, places: [frame.places?.[slot] ?? [], []] });
};

const copying =
  ({ site, container, slot }: Copying): Action =>
  (frame) => {
    const item = frame.slots[slot];
    const touches = isLeaf(plain(item)) ? (frame.places?.[slot] ?? []) : [];
    if (frame.run.recorder) frame.run.recorder.translation = undefined;
    putValue(frame, site, { container: container(frame), item, fresh: false, touches });
  };

type Versions = { from: Type['version']; into: Type['version'] };

const dynamic =
  (ways: ReadonlyMap<string, Way>, versions: Versions, at: Copying): Action =>
  (frame) => {
    const item = frame.slots[at.slot];
    const key = typeKeyOf(item, versions.from);
    const way = key === undefined ? undefined : ways.get(key);
    if (way) return through(frame, way, at);
    refuseForeign(item, versions);
    copying(at)(frame);
  };

/** A resource of another version is copied as it stands only when its type is the same there. */
const refuseForeign = (item: unknown, { from, into }: Versions): void => {
  const tree = plain(item);
  if (from === into || !isTree(tree) || typeof tree.resourceType !== 'string') return;
  const target = typeNamed(tree.resourceType, into);
  if (!target.definition || lostBetween(typeNamed(tree.resourceType, from), target).length > 0)
    throw noFormFault(tree.resourceType, into.toUpperCase());
};

const checkCopy = (
  scope: Scope,
  target: Target,
  types: { source: Type; goal: Type; option: Property },
): void => {
  const { source, goal, option } = types;
  if (option.kind === 'resource' || !source.definition) return;
  const simple = option.kind === 'primitive' || option.kind === 'xhtml';
  if (isPrimitive(source) && simple) return;
  const backbones = source.name.includes('.') && goal.name.includes('.');
  if (isPrimitive(source) || simple || (source.name !== goal.name && !backbones)) {
    const text = `no default group for ${source.name} to ${goal.name}, and they are not the same`;
    report(scope, target.place, text);
    return;
  }
  const lost = lostBetween(source, goal);
  if (lost.length > 0) {
    const text = `no default group for ${source.name}, and ${goal.version} cannot hold its ${lost.join(', ')}`;
    report(scope, target.place, text);
  }
};

/** Compiles the short form of a rule. */
export const compileDefault = (scope: Scope, rule: Rule, slot: number): Action => {
  const [target] = rule.targets;
  if (!target) return () => undefined;
  const container = compileContainer(scope, target);
  const name = target.path[target.path.length - 1] ?? '';
  const field = container.type?.definition && fieldOf(container.type.definition, name);
  if (!field) reportUnknown(scope, container.type, { name, target });
  const source = [...scope.variables.values()].find((variable) => variable.slot === slot)?.type;
  const property = field?.options.length === 1 ? field.options[0] : undefined;
  const site: Site = {
    name,
    field,
    property,
    mode: target.modes.find((mode) => mode === 'first' || mode === 'last'),
    rule: rule.name,
    place: rule.place,
  };
  const at: Copying = { site, container: container.get, slot };
  const version = container.type?.version ?? scope.module.targetVersion;
  if (!source?.definition || source.definition.abstract)
    return dynamic(
      waysByType(scope, field, version),
      { from: scope.module.sourceVersion, into: version },
      at,
    );
  const goal = property && typeNamed(property.type, version);
  const found = findDefault(scope.module, source, goal?.definition?.abstract ? undefined : goal);
  if (found) {
    const way = wayOf(scope, found);
    return (frame) => through(frame, way, at);
  }
  if (property && goal) checkCopy(scope, target, { source, goal, option: property });
  return copying(at);
};
