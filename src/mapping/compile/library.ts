// Which groups, types and concept maps does a map see? Its own, and those of the maps that it imports.
import type { FhirVersion } from '../../model.ts';
import { type CodeTable, tableOfCodeMap, tableOfResource } from '../codeMaps.ts';
import { isFhirAddress, type Type, typeNamed, typeOfAddress } from '../elementTypes.ts';
import type { Tree } from '../fhirpath/values.ts';
import type { Group, MapFault, MapText, Parameter, Place } from '../language/syntax.ts';

/** One map with what it imports. */
export type Module = {
  map: MapText;
  groups: ReadonlyMap<string, Group>;
  /** All imported maps, directly or through others; without itself. */
  imports: Module[];
  tables: ReadonlyMap<string, CodeTable>;
  sourceVersion: FhirVersion;
  targetVersion: FhirVersion;
};

export type Library = {
  modules: readonly Module[];
  /** By address, and `map address#name` for inline ones. */
  tables: ReadonlyMap<string, CodeTable>;
};

export type Versions = { sourceVersion: FhirVersion; targetVersion: FhirVersion };
export type Report = (fault: MapFault) => void;

/** Parts of a map by their name, which each has alone. */
const named = <T extends { name: string; place: Place }>(
  what: string,
  parts: readonly T[],
  report: Report,
): Map<string, T> => {
  const known = new Map<string, T>();
  for (const part of parts) {
    const other = known.get(part.name);
    if (other)
      report({ ...part.place, text: `${what} ${part.name} is already defined in line ${other.place.line}` });
    else known.set(part.name, part);
  }
  return known;
};

/** An address of FHIR's own that leads to no type would leave its structure unchecked. */
const checkStructures = (map: MapText, report: Report): void => {
  for (const { url, place } of map.structures)
    if (isFhirAddress(url) && !typeOfAddress(url, 'stu3') && !typeOfAddress(url, 'r4'))
      report({ ...place, text: `unknown type ${url}: neither STU3 nor R4 has it` });
};

const versionIn = (map: MapText, mode: 'source' | 'target', fallback: FhirVersion): FhirVersion => {
  for (const structure of map.structures) {
    if (structure.mode !== mode) continue;
    const type = typeOfAddress(structure.url, fallback);
    if (type) return type.version;
  }
  return fallback;
};

const moduleOf = (map: MapText, versions: Versions, report: Report): Module => {
  checkStructures(map, report);
  const codeMaps = named('concept map', map.codeMaps, report);
  return {
    map,
    groups: named('group', map.groups, report),
    imports: [],
    tables: new Map([...codeMaps].map(([name, codeMap]) => [name, tableOfCodeMap(codeMap)])),
    sourceVersion: versionIn(map, 'source', versions.sourceVersion),
    targetVersion: versionIn(map, 'target', versions.targetVersion),
  };
};

const patternOf = (address: string): RegExp =>
  new RegExp(
    `^${address
      .split('*')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  );

const linkImports = (modules: readonly Module[], report: Report): void => {
  for (const module of modules) {
    const direct = module.map.imports.flatMap(({ url, place }) => {
      const pattern = patternOf(url);
      const found = modules.filter((other) => other !== module && pattern.test(other.map.url));
      if (found.length === 0) report({ ...place, text: `no map with the address ${url} to import` });
      return found;
    });
    module.imports = [...new Set(direct)];
  }
};

const closeImports = (module: Module): Module[] => {
  const seen = new Set<Module>([module]);
  const open = [...module.imports];
  for (let next = open.shift(); next; next = open.shift()) {
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...next.imports.filter((other) => !seen.has(other)));
  }
  seen.delete(module);
  return [...seen];
};

/** Links maps and concept maps that are loaded together. Faults go to `report`. */
export const createLibrary = (
  parts: { maps: readonly MapText[]; conceptMaps: readonly Tree[] },
  versions: Versions,
  report: Report,
): Library => {
  const modules = parts.maps.map((map) => moduleOf(map, versions, report));
  linkImports(modules, report);
  const closed = modules.map(closeImports);
  modules.forEach((module, index) => {
    module.imports = closed[index] ?? [];
  });
  const tables = new Map<string, CodeTable>();
  for (const resource of parts.conceptMaps)
    if (typeof resource.url === 'string') tables.set(resource.url, tableOfResource(resource));
  for (const module of modules)
    for (const [name, table] of module.tables) tables.set(`${module.map.url}#${name}`, table);
  return { modules, tables };
};

/** A group by name: the map's own first, then those of its imports. Two imports with the same name are a fault. */
export const findGroup = (
  module: Module,
  name: string,
): { group: Group; module: Module } | 'unknown' | 'ambiguous' => {
  const own = module.groups.get(name);
  if (own) return { group: own, module };
  const found = module.imports.flatMap((other) => {
    const group = other.groups.get(name);
    return group ? [{ group, module: other }] : [];
  });
  if (found.length > 1) return 'ambiguous';
  return found[0] ?? 'unknown';
};

const structureOf = (module: Module, name: string, mode: 'source' | 'target') => {
  const side = (structure: { mode: string }): boolean =>
    mode === 'source'
      ? structure.mode === 'source' || structure.mode === 'queried'
      : structure.mode === 'target' || structure.mode === 'produced';
  const structures = [...module.map.structures].sort((a, b) => Number(side(b)) - Number(side(a)));
  return (
    structures.find((structure) => structure.alias === name) ??
    structures.find((structure) => side(structure) && structure.url.endsWith(`/${name}`))
  );
};

/** The type that a name stands for in a map: an alias, a structure in use, or a FHIR type. */
export const typeIn = (module: Module, name: string, mode: 'source' | 'target'): Type => {
  const version = mode === 'source' ? module.sourceVersion : module.targetVersion;
  const used = structureOf(module, name, mode);
  if (!used) return typeNamed(name, version);
  return typeOfAddress(used.url, version) ?? { name: used.url.split('/').pop() ?? name, version };
};

/** Whether a type is none that a map or FHIR knows. */
export const isUnknownType = (module: Module, { type, mode }: Pick<Parameter, 'type' | 'mode'>): boolean =>
  type !== undefined && !structureOf(module, type, mode) && !typeIn(module, type, mode).definition;

export const unknownType = (name = ''): string =>
  `unknown type ${name}: no structure in use and no type of FHIR`;

export const parameterType = (module: Module, parameter: Parameter): Type | undefined =>
  parameter.type === undefined ? undefined : typeIn(module, parameter.type, parameter.mode);

export const sameType = (left: Type | undefined, right: Type | undefined): boolean =>
  left !== undefined && right !== undefined && left.name === right.name && left.version === right.version;

export const placed = (place: Place, text: string): MapFault => ({ ...place, text });

const findTable = (module: Module, library: Library, name: string): CodeTable | undefined => {
  if (!name.startsWith('#')) return library.tables.get(name);
  const own = module.tables.get(name.slice(1));
  if (own) return own;
  return module.imports.map((other) => other.tables.get(name.slice(1))).find((table) => table !== undefined);
};

/** A concept map by address or `#name`, and those that it refers to for codes that it does not have. */
export const tableChain = (module: Module, library: Library, name: string): readonly CodeTable[] => {
  const chain: CodeTable[] = [];
  for (let next = findTable(module, library, name); next && !chain.includes(next); ) {
    chain.push(next);
    next = next.otherMap === undefined ? undefined : findTable(module, library, next.otherMap);
  }
  return chain;
};
