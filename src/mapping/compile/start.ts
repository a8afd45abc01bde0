// With which group does a run start? The map's entry group; or, when its target is any Resource, the default group
// of the source's resource type.
import { type Type, typeNamed } from '../elementTypes.ts';
import { RunFault } from '../faults.ts';
import { isTree } from '../fhirpath/values.ts';
import type { Group } from '../language/syntax.ts';
import { type CompiledGroup, compileGroup } from './compileGroup.ts';
import { defaultGroups, findDefault } from './defaultGroups.ts';
import type { Module } from './library.ts';
import type { Compiler } from './scope.ts';

export type Start = { group: CompiledGroup; target: Type | undefined };

type Owner = { compiler: Compiler; module: Module };

/** A map that makes one type. */
export const startWith = (group: CompiledGroup, target: Type | undefined): ((source: unknown) => Start) => {
  const start = { group, target };
  return () => start;
};

/** The fault of a resource that a map between versions has no default group for. */
export const noFormFault = (type: unknown, version: string): RunFault =>
  new RunFault(
    `${typeof type === 'string' ? type : 'what is no resource'} has no ${version} form in this map`,
    {
      reason: 'map-input',
    },
  );

/** A map whose entry group stands for any resource: what it makes follows from the source. */
export const startByType = ({ compiler, module }: Owner, group: Group): ((source: unknown) => Start) => {
  if (group.rules.length > 0)
    compiler.faults.push({
      ...group.place,
      text: `group ${group.name} starts the map by type: its rules belong in the default groups`,
    });
  const starts = new Map<string, Start>();
  for (const found of defaultGroups(module)) {
    if (found.source.definition?.kind !== 'resource' || starts.has(found.source.name)) continue;
    const compiled = compileGroup({ compiler, module: found.module }, found.group, [
      found.source,
      found.target,
    ]);
    starts.set(found.source.name, { group: compiled, target: found.target });
  }
  return (source) => {
    const type = isTree(source) ? source.resourceType : undefined;
    const start = typeof type === 'string' ? starts.get(type) : undefined;
    if (!start) throw noFormFault(type, module.targetVersion.toUpperCase());
    return start;
  };
};

/** The default group for Extension, if the map has one. */
export const compileExtension = ({ compiler, module }: Owner): CompiledGroup | undefined => {
  const source = typeNamed('Extension', module.sourceVersion);
  const target = typeNamed('Extension', module.targetVersion);
  const found = findDefault(module, source, target);
  return found && compileGroup({ compiler, module: found.module }, found.group, [found.source, found.target]);
};
