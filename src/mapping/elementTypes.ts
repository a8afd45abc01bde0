// Which type does an element of a map's target or source have? Static types over the element tables of src/fhir.
import { type Property, resourceTypes, type TypeDefinition, typeOf } from '../fhir/definitions.ts';
import type { FhirVersion } from '../model.ts';

/** A type known when the map is compiled. Without a definition: a name only (logical models, ADA, plain JSON). */
export type Type = { name: string; version: FhirVersion; definition?: TypeDefinition };

/** One element by its stem: all JSON properties that it can become. */
export type Field = { stem: string; many: boolean; choice: boolean; options: readonly Property[] };

const fields = new WeakMap<TypeDefinition, Map<string, Field>>();

const fieldsOf = (definition: TypeDefinition): Map<string, Field> => {
  const known = fields.get(definition);
  if (known) return known;
  const made = new Map<string, Field>();
  for (const element of definition.elements) {
    const options = [...definition.properties.values()].filter((property) => property.element === element);
    const stem = element.choice ? element.name.slice(0, -3) : element.name;
    made.set(stem, { stem, many: element.max > 1, choice: element.choice, options });
  }
  fields.set(definition, made);
  return made;
};

/** An element by stem (`value`) or by the name of one choice (`valueQuantity`). */
export const fieldOf = (definition: TypeDefinition, name: string): Field | undefined => {
  const field = fieldsOf(definition).get(name);
  if (field) return field;
  const property = definition.properties.get(name);
  if (!property?.element.choice) return undefined;
  return { stem: name, many: property.list, choice: false, options: [property] };
};

/** The names of a type's elements, for messages. */
export const fieldNames = (definition: TypeDefinition): string[] => [...fieldsOf(definition).keys()];

export const isPrimitive = (type: Type | undefined): boolean =>
  type?.definition?.kind === 'primitive' || type?.definition?.kind === 'xhtml';

/** A type by its name in a version; without a definition when the version has no such type. */
export const typeNamed = (name: string, version: FhirVersion): Type => {
  const definition = typeOf(version, name);
  return definition ? { name, version, definition } : { name, version };
};

/** Whether an address is one of FHIR's own types, known here or not. */
export const isFhirAddress = (url: string): boolean =>
  /^http:\/\/hl7\.org\/fhir\/(?:[\d.]+\/)?StructureDefinition\//.test(url);

/** The address of a structure as version and type name; undefined for structures outside FHIR's own. */
export const typeOfAddress = (url: string, version: FhirVersion): Type | undefined => {
  const found =
    /^http:\/\/hl7\.org\/fhir\/(?:(3\.0|4\.0|4\.3|4\.1)\/)?StructureDefinition\/([A-Za-z0-9]+)$/.exec(url);
  if (!found?.[2]) return undefined;
  const named = found[1] === undefined ? version : found[1] === '3.0' ? 'stu3' : 'r4';
  const type = typeNamed(found[2], named);
  return type.definition ? type : undefined;
};

const addStems = (definition: TypeDefinition, version: FhirVersion, seen: Map<string, Set<string>>): void => {
  for (const element of definition.elements) {
    if (element.choice) seen.get('stems')?.add(element.name.slice(0, -3));
    for (const name of element.types) {
      const key = `${version} ${name}`;
      if (seen.has(key)) continue;
      seen.set(key, new Set());
      const next = typeOf(version, name);
      if (next) addStems(next, version, seen);
    }
  }
};

let stems: ReadonlySet<string> | undefined;

/** Every element name of STU3 and R4 that has a choice of types, without `[x]`. */
export const choiceStems = (): ReadonlySet<string> => {
  if (stems) return stems;
  const found = new Set<string>();
  const seen = new Map<string, Set<string>>([['stems', found]]);
  for (const version of ['stu3', 'r4'] as const) {
    for (const name of resourceTypes(version)) {
      const definition = typeOf(version, name);
      if (definition) addStems(definition, version, seen);
    }
  }
  stems = found;
  return found;
};
