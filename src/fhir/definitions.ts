// Which elements does a FHIR type have? STU3 http://hl7.org/fhir/STU3/resourcelist.html, R4 http://hl7.org/fhir/R4/resourcelist.html
import { readFileSync } from 'node:fs';
import type { FhirVersion } from '../model.ts';

export type ElementKind = 'primitive' | 'complex' | 'resource' | 'xhtml';

/** One element of a type as the base specification defines it. */
export type ElementDefinition = {
  /** As defined: `value[x]` for a choice. */
  name: string;
  min: number;
  max: number;
  types: readonly string[];
  choice: boolean;
  /** Written as an XML attribute: `id` of an element, `url` of an extension. */
  attribute: boolean;
  /** Codes of a small, closed, required value set. */
  codes?: ReadonlySet<string>;
};

/** One property of the JSON form: `valueQuantity` is a property of the element `value[x]`. */
export type Property = {
  name: string;
  /** `_name`: where the id and extensions of a primitive stand. */
  beside: string;
  /** How FHIRPath names it: a choice by its element and type, `value.ofType(Quantity)`. */
  path: string;
  element: ElementDefinition;
  type: string;
  kind: ElementKind;
  list: boolean;
  /** Place among the type's properties; `_name` sorts directly after `name`. */
  order: number;
};

export type TypeDefinition = {
  name: string;
  kind: ElementKind;
  abstract: boolean;
  elements: readonly ElementDefinition[];
  properties: ReadonlyMap<string, Property>;
  /** By JSON key: `name` and `_name` (for primitives) both lead to the property. */
  keys: ReadonlyMap<string, Property>;
  /** What must be there: the element, and the JSON keys of which one suffices. */
  required: readonly { element: ElementDefinition; keys: readonly string[] }[];
};

type Table = { kind: string; abstract?: boolean; base?: string; elements: Record<string, string> };
type Tables = { codes: Record<string, string>; types: Record<string, Table> };
type Model = { tables: Tables; types: Map<string, TypeDefinition>; codes: Map<string, ReadonlySet<string>> };

function load(file: string): Model {
  const tables: Tables = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
  return { tables, types: new Map(), codes: new Map() };
}

const models: Record<FhirVersion, Model> = {
  stu3: load('stu3.generated.json'),
  r4: load('r4.generated.json'),
};

function codesOf(model: Model, id: string): ReadonlySet<string> {
  let codes = model.codes.get(id);
  if (!codes) {
    codes = new Set((model.tables.codes[id] ?? '').split(' '));
    model.codes.set(id, codes);
  }
  return codes;
}

function readElement(model: Model, key: string, text: string): ElementDefinition {
  const [range = '', types = '', ...marks] = text.split(' ');
  const [min = '0', max = '*'] = range.split('..');
  const bound = marks.find((mark) => mark.startsWith('#'));
  return {
    name: key,
    min: Number(min),
    max: max === '*' ? Number.POSITIVE_INFINITY : Number(max),
    types: types.split('|'),
    choice: key.endsWith('[x]'),
    attribute: marks.includes('@'),
    ...(bound ? { codes: codesOf(model, bound.slice(1)) } : {}),
  };
}

function kindOf(model: Model, type: string): ElementKind {
  const kind = model.tables.types[type]?.kind;
  if (type === 'xhtml') return 'xhtml';
  if (kind === 'primitive-type') return 'primitive';
  return kind === 'resource' ? 'resource' : 'complex';
}

function propertiesOf(model: Model, elements: readonly ElementDefinition[]): Map<string, Property> {
  const properties = new Map<string, Property>();
  for (const element of elements) {
    for (const type of element.types) {
      const stem = element.choice ? element.name.slice(0, -3) : element.name;
      const name = element.choice ? stem + type[0]?.toUpperCase() + type.slice(1) : stem;
      const path = element.choice ? `${stem}.ofType(${type})` : name;
      const order = properties.size * 2 + 1;
      const kind = kindOf(model, type);
      properties.set(name, {
        name,
        beside: `_${name}`,
        path,
        element,
        type,
        kind,
        list: element.max > 1,
        order,
      });
    }
  }
  return properties;
}

/** An element with a closed list of codes needs its code; any other may say by extension why it has no value. */
function requiredOf(
  elements: readonly ElementDefinition[],
  properties: Map<string, Property>,
): TypeDefinition['required'] {
  const namesOf = (element: ElementDefinition): string[] =>
    [...properties.values()]
      .filter((property) => property.element === element)
      .map((property) => property.name);
  return elements
    .filter((element) => element.min > 0)
    .map((element) => {
      const names = namesOf(element);
      return { element, keys: element.codes ? names : names.flatMap((name) => [name, `_${name}`]) };
    });
}

function compile(model: Model, name: string, table: Table): TypeDefinition {
  const own = Object.entries(table.elements);
  const inherited = table.base ? Object.entries(model.tables.types[table.base]?.elements ?? {}) : [];
  const elements = [...inherited, ...own].map(([key, text]) => readElement(model, key, text));
  const properties = propertiesOf(model, elements);
  const keys = new Map(properties);
  for (const property of properties.values()) {
    if (property.kind === 'primitive' && !property.element.attribute) keys.set(property.beside, property);
  }
  const required = requiredOf(elements, properties);
  return {
    name,
    kind: kindOf(model, name),
    abstract: table.abstract === true,
    elements,
    properties,
    keys,
    required,
  };
}

/**
 * The definition of a type (`Patient`, `HumanName`) or of a nested element (`Patient.contact`, `Timing.repeat`);
 * undefined when the version has no such type. Compiled at first use.
 */
export function typeOf(version: FhirVersion, name: string): TypeDefinition | undefined {
  const model = models[version];
  const known = model.types.get(name);
  if (known) return known;
  const table = Object.hasOwn(model.tables.types, name) ? model.tables.types[name] : undefined;
  if (!table) return undefined;
  const compiled = compile(model, name, table);
  model.types.set(name, compiled);
  return compiled;
}

/** The definition of a resource type that can stand in a message; undefined for other names and abstract types. */
export function resourceTypeOf(version: FhirVersion, name: unknown): TypeDefinition | undefined {
  if (typeof name !== 'string') return undefined;
  const type = typeOf(version, name);
  return type?.kind === 'resource' && !type.abstract && !name.includes('.') ? type : undefined;
}

/** Every resource type of the version that can stand in a message. */
export function resourceTypes(version: FhirVersion): readonly string[] {
  return Object.entries(models[version].tables.types)
    .filter(([name, table]) => table.kind === 'resource' && !table.abstract && !name.includes('.'))
    .map(([name]) => name);
}
