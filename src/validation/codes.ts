// Which codes do a CodeSystem and a ValueSet name? http://hl7.org/fhir/R4/codesystem.html, http://hl7.org/fhir/R4/valueset.html
import type { FhirVersion } from '../model.ts';
import { choiceOf, isTree, type Tree, textOf, textsOf, treesOf } from './profile.ts';

/** One concept: code, display, codes of its parents, further properties. */
export type Concept = { c: string; d?: string; u?: string[]; p?: Record<string, unknown>; x?: string[] };

export type CodeSystem = {
  version: FhirVersion;
  url: string;
  release?: string;
  /** `complete` when an unknown code is surely wrong. */
  content: string;
  ignoreCase?: boolean;
  concepts: Concept[];
};

export type Filter = { property: string; op: string; value: string };
export type Part = {
  system?: string;
  release?: string;
  codes?: string[];
  filters?: Filter[];
  valueSets?: string[];
};

export type ValueSet = {
  version: FhirVersion;
  url: string;
  release?: string;
  name: string;
  include: Part[];
  exclude?: Part[];
  /** Codes of a published expansion, as `system|code`; used when the composition cannot be listed. */
  expansion?: string[];
};

const hierarchy = new Set(['subsumedBy', 'parent']);

function conceptOf(concept: Tree, code: string, parent: string | undefined): Concept {
  const one: Concept = { c: code };
  const display = textOf(concept.display);
  if (display !== undefined) one.d = display;
  const designations = treesOf(concept.designation).flatMap((d) => textsOf(d.value));
  if (designations.length > 0) one.x = designations;
  const parents = parent === undefined ? [] : [parent];
  for (const property of treesOf(concept.property)) {
    const name = textOf(property.code) ?? '';
    const value = choiceOf(property, 'value');
    if (hierarchy.has(name) && typeof value === 'string') parents.push(value);
    else one.p = { ...one.p, [name]: isTree(value) ? value.code : value };
  }
  if (parents.length > 0) one.u = parents;
  return one;
}

function addConcepts(into: Concept[], concepts: readonly Tree[], parent: string | undefined): void {
  for (const concept of concepts) {
    const code = textOf(concept.code);
    if (code === undefined) continue;
    into.push(conceptOf(concept, code, parent));
    addConcepts(into, treesOf(concept.concept), code);
  }
}

/** Condenses a CodeSystem; undefined without an address. */
export function condenseCodeSystem(resource: Tree, version: FhirVersion): CodeSystem | undefined {
  const url = textOf(resource.url);
  if (url === undefined) return undefined;
  const concepts: Concept[] = [];
  addConcepts(concepts, treesOf(resource.concept), undefined);
  const release = textOf(resource.version);
  return {
    version,
    url,
    ...(release === undefined ? {} : { release }),
    content: textOf(resource.content) ?? 'complete',
    ...(resource.caseSensitive === false ? { ignoreCase: true } : {}),
    concepts,
  };
}

function partOf(written: Tree): Part {
  const codes = treesOf(written.concept).flatMap((one) => textsOf(one.code));
  const filters = treesOf(written.filter).map((one) => ({
    property: textOf(one.property) ?? '',
    op: textOf(one.op) ?? '',
    value: String(one.value ?? ''),
  }));
  const system = textOf(written.system);
  const release = textOf(written.version);
  const valueSets = textsOf(written.valueSet);
  return {
    ...(system === undefined ? {} : { system }),
    ...(release === undefined ? {} : { release }),
    ...(codes.length === 0 ? {} : { codes }),
    ...(filters.length === 0 ? {} : { filters }),
    ...(valueSets.length === 0 ? {} : { valueSets }),
  };
}

function addExpanded(into: string[], contains: readonly Tree[]): void {
  for (const one of contains) {
    const code = textOf(one.code);
    if (code !== undefined && one.abstract !== true) into.push(`${textOf(one.system) ?? ''}|${code}`);
    addExpanded(into, treesOf(one.contains));
  }
}

/** Condenses a ValueSet; undefined without an address. */
export function condenseValueSet(resource: Tree, version: FhirVersion): ValueSet | undefined {
  const url = textOf(resource.url);
  if (url === undefined) return undefined;
  const compose = isTree(resource.compose) ? resource.compose : {};
  const expansion: string[] = [];
  if (isTree(resource.expansion)) addExpanded(expansion, treesOf(resource.expansion.contains));
  const exclude = treesOf(compose.exclude).map(partOf);
  const release = textOf(resource.version);
  return {
    version,
    url,
    ...(release === undefined ? {} : { release }),
    name: textOf(resource.title) ?? textOf(resource.name) ?? url,
    include: treesOf(compose.include).map(partOf),
    ...(exclude.length === 0 ? {} : { exclude }),
    ...(expansion.length === 0 ? {} : { expansion }),
  };
}
