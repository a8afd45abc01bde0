// How does a map's text become something that runs? Parsed, linked with its imports, compiled to closures; or refused.
import { SyntaxFault } from '../fhir/fhirpath/tokens.ts';
import type { FhirVersion } from '../model.ts';
import { type CompiledGroup, compileGroup } from './compile/compileGroup.ts';
import { createLibrary, type Module, parameterType, typeIn } from './compile/library.ts';
import type { Compiler } from './compile/scope.ts';
import { compileExtension, type Start, startByType, startWith } from './compile/start.ts';
import { compileError } from './faults.ts';
import type { Tree } from './fhirpath/values.ts';
import { parseMap } from './language/parseMap.ts';
import type { Group, MapFault, MapText, NamedDrop } from './language/syntax.ts';

export type MapSource = { file: string; text: string };

export type MapParts = {
  /** How messages name the map. */
  name: string;
  /** The map to run first, then those that it may import. */
  maps: readonly [MapSource, ...MapSource[]];
  /** ConceptMap resources, STU3 or R4. */
  conceptMaps?: readonly Tree[];
  /** The group to start with; the first one of the map when absent. */
  entry?: string;
  sourceVersion?: FhirVersion;
  targetVersion?: FhirVersion;
};

/** A map that can run. */
export type CompiledMap = {
  name: string;
  url: string;
  /**
   * The group to run for a source, and the type of what it makes.
   * @throws RunFault when the map starts by type and has no group for the source's type
   */
  startFor(source: unknown): Start;
  /** The default group for Extension. */
  extension: CompiledGroup | undefined;
  drops: readonly NamedDrop[];
};

const parseAll = (parts: MapParts, faults: MapFault[]): MapText[] =>
  parts.maps.flatMap(({ file, text }) => {
    try {
      return [parseMap(text, file)];
    } catch (error) {
      if (error instanceof SyntaxFault)
        faults.push({ map: file, line: error.line, column: error.column, text: error.message });
      else if (error instanceof RangeError)
        faults.push({ map: file, line: 1, column: 1, text: 'the map is nested too deeply' });
      else throw error;
      return [];
    }
  });

const checkAddresses = (maps: readonly MapText[], faults: MapFault[]): void => {
  const seen = new Map<string, MapText>();
  for (const map of maps) {
    const known = seen.get(map.url);
    if (known)
      faults.push({ ...map.place, text: `the address ${map.url} is already that of ${known.place.map}` });
    else seen.set(map.url, map);
  }
};

const entryOf = (module: Module, parts: MapParts, faults: MapFault[]): Group | undefined => {
  const group = parts.entry === undefined ? module.map.groups[0] : module.groups.get(parts.entry);
  if (!group) faults.push({ ...module.map.place, text: `no group ${parts.entry ?? ''} to start with` });
  else if (
    group.parameters[0]?.mode !== 'source' ||
    group.parameters[1]?.mode !== 'target' ||
    group.parameters.length !== 2
  )
    faults.push({
      ...group.place,
      text: `group ${group.name} starts the map: it takes one source and one target`,
    });
  else return group;
  return undefined;
};

/** The maps that the first one reaches: a fault in another one is not its fault. */
const reached = (modules: readonly Module[]): Module[] => {
  const [first] = modules;
  return first ? [first, ...first.imports] : [];
};

/** Groups that no call reached are compiled with the types they declare, so that their faults show at load. */
const compileRest = (compiler: Compiler, modules: readonly Module[]): void => {
  for (const module of modules) {
    for (const group of module.map.groups) {
      const prefix = `${module.map.url}#${group.name}#`;
      if ([...compiler.groups.keys()].some((key) => key.startsWith(prefix))) continue;
      const types = group.parameters.map((parameter) => parameterType(module, parameter));
      compileGroup({ compiler, module }, group, types);
    }
  }
};

/**
 * Compiles a map with its imports.
 * @throws GatewayError invalid (`map-compile`) with one issue for each fault, all at once
 */
export const compileMap = (parts: MapParts): CompiledMap => {
  const faults: MapFault[] = [];
  const maps = parseAll(parts, faults);
  if (faults.length > 0) throw compileError(parts.name, faults);
  checkAddresses(maps, faults);
  const versions = {
    sourceVersion: parts.sourceVersion ?? 'r4',
    targetVersion: parts.targetVersion ?? 'r4',
  } as const;
  const library = createLibrary({ maps, conceptMaps: parts.conceptMaps ?? [] }, versions, (fault) =>
    faults.push(fault),
  );
  const [module] = library.modules;
  const compiler: Compiler = { library, faults, groups: new Map() };
  const group = module && entryOf(module, parts, faults);
  if (!module || !group) throw compileError(parts.name, faults);
  const types = group.parameters.map((parameter) => parameterType(module, parameter));
  const target = group.parameters[1]?.type;
  const type = target === undefined ? undefined : typeIn(module, target, 'target');
  const startFor = type?.definition?.abstract
    ? startByType({ compiler, module }, group)
    : startWith(compileGroup({ compiler, module }, group, types), type);
  const extension = compileExtension({ compiler, module });
  compileRest(compiler, reached(library.modules));
  if (faults.length > 0) throw compileError(parts.name, faults);
  return {
    name: parts.name,
    url: module.map.url,
    startFor,
    extension,
    drops: [module, ...module.imports].flatMap((one) => one.map.drops),
  };
};
