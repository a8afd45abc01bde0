// Does a resource have the structure that its type defines? http://hl7.org/fhir/STU3/json.html, http://hl7.org/fhir/R4/json.html
import type { FhirResource, FhirVersion, Issue } from '../model.ts';
import { type Property, resourceTypeOf, type TypeDefinition, typeOf } from './definitions.ts';
import { isNarrative } from './narrative.ts';
import { primitiveFault } from './primitives.ts';
import { isReferenceText } from './references.ts';
import { type ShapeRule, shapeIssue } from './shapeIssues.ts';

export { canonical, canonicalRewritten } from './canonical.ts';

type Tree = Record<string, unknown>;
type Walk = { version: FhirVersion; issues: Issue[]; path: (string | number)[] };

const deepest = 400;

const isObject = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);

function printPath(path: readonly (string | number)[]): string {
  let text = '';
  for (const part of path) text += typeof part === 'number' ? `[${part}]` : text === '' ? part : `.${part}`;
  return text;
}

function report(walk: Walk, rule: ShapeRule): void {
  walk.issues.push(shapeIssue(rule, printPath(walk.path)));
}

function reportAt(walk: Walk, rule: ShapeRule, name: string | number): void {
  walk.path.push(name);
  report(walk, rule);
  walk.path.pop();
}

/** How FHIRPath names a property: a choice by its element and type. */
function pathName(property: Property): string {
  return property.element.choice
    ? `${property.element.name.slice(0, -3)}.ofType(${property.type})`
    : property.name;
}

function reportUnknown(walk: Walk, key: string): void {
  // A strange name could carry content; it is not repeated.
  if (/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(key) && !/\d{8}/.test(key)) reportAt(walk, 'unknown-element', key);
  else report(walk, 'unknown-element');
}

function checkPrimitive(walk: Walk, property: Property, value: unknown): void {
  const fault = primitiveFault(property.type, value, walk.version);
  if (fault) report(walk, fault);
  else if (property.element.codes && !property.element.codes.has(String(value))) report(walk, 'code');
}

function checkNarrative(walk: Walk, value: unknown): void {
  if (typeof value !== 'string') report(walk, 'json-type');
  else if (!isNarrative(value)) report(walk, 'narrative');
}

function checkValue(walk: Walk, property: Property, value: unknown): void {
  if (value === null) return report(walk, 'null');
  if (property.kind === 'primitive') return checkPrimitive(walk, property, value);
  if (property.kind === 'xhtml') return checkNarrative(walk, value);
  if (!isObject(value)) return report(walk, 'not-object');
  if (walk.path.length > deepest) return report(walk, 'depth');
  if (property.kind === 'resource') return checkResource(walk, value);
  const type = typeOf(walk.version, property.type);
  if (type) checkObject(walk, type, value);
}

function checkList(walk: Walk, property: Property, entry: { value: unknown; extras: unknown }): void {
  const { value, extras } = entry;
  if (!Array.isArray(value)) return report(walk, 'not-list');
  if (value.length === 0) return report(walk, 'empty-list');
  if (value.length > property.element.max) report(walk, 'maximum');
  const paired = Array.isArray(extras) && property.kind === 'primitive' ? extras : undefined;
  if (paired && paired.length !== value.length) report(walk, 'pairing');
  for (let i = 0; i < value.length; i++) {
    if (value[i] === null && isObject(paired?.[i])) continue;
    walk.path.push(i);
    checkValue(walk, property, value[i]);
    walk.path.pop();
  }
}

function checkExtra(walk: Walk, extra: unknown, hasValue: boolean): void {
  const type = typeOf(walk.version, 'Element');
  if (!isObject(extra) || !type) return report(walk, extra === null ? 'null' : 'not-object');
  checkObject(walk, type, extra);
  if (!hasValue && extra['extension'] === undefined) report(walk, 'empty-object');
}

/** What stands beside a primitive under `_name`: its id and extensions. */
function checkExtras(walk: Walk, property: Property, entry: { extras: unknown; value: unknown }): void {
  const { extras, value } = entry;
  if (!property.list) return checkExtra(walk, extras, value !== undefined);
  if (!Array.isArray(extras)) return report(walk, 'not-list');
  if (extras.length === 0) return report(walk, 'empty-list');
  const values: readonly unknown[] = Array.isArray(value) ? value : [];
  for (let i = 0; i < extras.length; i++) {
    const hasValue = values[i] !== undefined && values[i] !== null;
    if (extras[i] === null && hasValue) continue;
    walk.path.push(i);
    checkExtra(walk, extras[i], hasValue);
    walk.path.pop();
  }
}

function checkKey(walk: Walk, property: Property, entry: { key: string; object: Tree }): void {
  const { key, object } = entry;
  walk.path.push(pathName(property));
  const value = object[property.name];
  const extras = property.kind === 'primitive' ? object[`_${property.name}`] : undefined;
  if (key !== property.name) checkExtras(walk, property, { extras, value });
  else if (property.list) checkList(walk, property, { value, extras });
  else if (Array.isArray(value)) report(walk, 'not-single');
  else checkValue(walk, property, value);
  walk.path.pop();
}

function checkRequired(walk: Walk, type: TypeDefinition, object: Tree): void {
  for (const { element, keys } of type.required) {
    if (keys.some((key) => object[key] !== undefined)) continue;
    reportAt(walk, 'minimum', element.choice ? element.name.slice(0, -3) : element.name);
  }
}

/** Rules that the tables do not tell: what a reference looks like, and ext-1. */
function checkSpecial(walk: Walk, type: TypeDefinition, object: Tree): void {
  if (type.name === 'Reference') {
    const { reference } = object;
    if (typeof reference === 'string' && !isReferenceText(reference))
      reportAt(walk, 'reference', 'reference');
  }
  if (type.name === 'Extension') {
    const hasValue = Object.keys(object).some((key) => key.startsWith('value') || key.startsWith('_value'));
    if (hasValue === (object['extension'] !== undefined)) report(walk, 'extension');
  }
}

function checkObject(walk: Walk, type: TypeDefinition, object: Tree): void {
  const choices: Property[] = [];
  let isEmpty = true;
  for (const key in object) {
    isEmpty = false;
    const property = type.keys.get(key);
    if (!property) {
      if (key !== 'resourceType' || type.kind !== 'resource') reportUnknown(walk, key);
      continue;
    }
    if (property.element.choice) choices.push(property);
    checkKey(walk, property, { key, object });
  }
  if (isEmpty) report(walk, 'empty-object');
  if (choices.length > 1) checkChoices(walk, choices);
  if (type.required.length > 0) checkRequired(walk, type, object);
  checkSpecial(walk, type, object);
}

function checkChoices(walk: Walk, choices: readonly Property[]): void {
  const names = new Map<string, string>();
  for (const { element, name } of choices) {
    const other = names.get(element.name);
    if (other !== undefined && other !== name) reportAt(walk, 'choice', element.name.slice(0, -3));
    names.set(element.name, name);
  }
}

function checkResource(walk: Walk, resource: Tree): void {
  const type = resourceTypeOf(walk.version, resource['resourceType']);
  if (type) checkObject(walk, type, resource);
  else report(walk, 'resource-type');
}

/**
 * Everything in which a resource departs from the base definition of its type: unknown elements, wrong JSON types, formats,
 * cardinalities, choices, nulls, empty objects. All findings at once, in the order of the content; nothing is capped.
 * @param root FHIRPath of the resource in its message, such as `Bundle.entry[3].resource`; its type by default
 */
export function checkShape(resource: FhirResource, version: FhirVersion, root?: string): Issue[] {
  const name = resourceTypeOf(version, resource?.resourceType)?.name ?? 'Resource';
  const walk: Walk = { version, issues: [], path: [root ?? name] };
  if (isObject(resource)) checkResource(walk, resource);
  else report(walk, 'not-object');
  return walk.issues;
}
