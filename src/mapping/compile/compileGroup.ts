// How does a group become a function? Once per combination of types that it is called with.
import type { Type } from '../elementTypes.ts';
import type { Frame } from '../fhirpath/frame.ts';
import { limitFault, type Run, type Touch } from '../fhirpath/frame.ts';
import type { Group, Place } from '../language/syntax.ts';
import { compileRules } from './compileRule.ts';
import { findGroup, isUnknownType, type Module, parameterType, unknownType } from './library.ts';
import { type Compiler, report, type Scope, type Variable } from './scope.ts';
import type { Action } from './sourceLoop.ts';

export type Arguments = { values: readonly unknown[]; places: readonly (readonly Touch[])[] };
export type CompiledGroup = { name: string; invoke(run: Run, given: Arguments): void };

const keyOf = (module: Module, group: Group, types: readonly (Type | undefined)[]): string =>
  [module.map.url, group.name, ...types.map((type) => (type ? `${type.version}/${type.name}` : '?'))].join(
    '#',
  );

/** What is known about the argument wins over what the group declares, unless that is only an abstract type. */
const effective = (given: Type | undefined, declared: Type | undefined): Type | undefined => {
  if (!given) return declared;
  if (!declared?.definition) return given;
  return !given.definition || given.definition.abstract ? declared : given;
};

const scopeOf = (
  owner: { compiler: Compiler; module: Module },
  group: Group,
  types: readonly (Type | undefined)[],
): Scope => {
  const variables = new Map<string, Variable>();
  group.parameters.forEach((parameter, slot) => {
    variables.set(parameter.name, { slot, mode: parameter.mode, type: types[slot] });
  });
  return { ...owner, variables, slots: { count: group.parameters.length }, rule: undefined };
};

const parentOf = (
  scope: Scope,
  group: Group,
  types: readonly (Type | undefined)[],
): CompiledGroup | undefined => {
  if (group.extends === undefined) return undefined;
  const found = findGroup(scope.module, group.extends);
  if (typeof found === 'string') {
    const why = found === 'unknown' ? 'is not defined' : 'is defined in more than one imported map';
    report(scope, group.place, `group ${group.extends}, which ${group.name} extends, ${why}`);
    return undefined;
  }
  if (found.group.parameters.length !== group.parameters.length) {
    report(scope, group.place, `${group.name} and ${group.extends} take different numbers of parameters`);
    return undefined;
  }
  if (extendsItself(scope.module, group)) {
    report(scope, group.place, `group ${group.name} extends itself`);
    return undefined;
  }
  return compileGroup({ compiler: scope.compiler, module: found.module }, found.group, types);
};

const extendsItself = (module: Module, group: Group): boolean => {
  const seen = new Set<Group>([group]);
  let at: { group: Group; module: Module } | undefined = { group, module };
  while (at?.group.extends !== undefined) {
    const next = findGroup(at.module, at.group.extends);
    if (typeof next === 'string') return false;
    if (seen.has(next.group)) return true;
    seen.add(next.group);
    at = next;
  }
  return false;
};

const checkTypes = (scope: Scope, group: Group): void => {
  const names = new Set<string>();
  for (const parameter of group.parameters) {
    if (names.has(parameter.name)) report(scope, parameter.place, `parameter ${parameter.name} occurs twice`);
    names.add(parameter.name);
    if (isUnknownType(scope.module, parameter)) report(scope, parameter.place, unknownType(parameter.type));
  }
};

const build = (scope: Scope, group: Group, types: readonly (Type | undefined)[]): CompiledGroup['invoke'] => {
  checkTypes(scope, group);
  const parent = parentOf(scope, group, types);
  const rules: Action = compileRules(scope, group.rules);
  const { slots } = scope;
  return (run, given) => {
    run.depth += 1;
    if (run.depth > run.maxDepth) throw limitFault('depth');
    parent?.invoke(run, given);
    const frame: Frame = {
      run,
      slots: new Array(slots.count).fill(undefined),
      places: run.reading ? new Array(slots.count).fill([]) : undefined,
    };
    for (let index = 0; index < given.values.length; index += 1) {
      frame.slots[index] = given.values[index];
      if (frame.places) frame.places[index] = given.places[index] ?? [];
    }
    rules(frame);
    run.depth -= 1;
  };
};

/** Compiles a group for the types of its arguments; the same combination is compiled once. */
export const compileGroup = (
  owner: { compiler: Compiler; module: Module },
  group: Group,
  given: readonly (Type | undefined)[],
): CompiledGroup => {
  const types = group.parameters.map((parameter, index) =>
    effective(given[index], parameterType(owner.module, parameter)),
  );
  const key = keyOf(owner.module, group, types);
  const known = owner.compiler.groups.get(key);
  if (known) return known;
  const compiled: CompiledGroup = { name: group.name, invoke: () => undefined };
  owner.compiler.groups.set(key, compiled);
  compiled.invoke = build(
    scopeOf({ compiler: owner.compiler, module: owner.module }, group, types),
    group,
    types,
  );
  return compiled;
};

export type { Place };
