// Does a resource have the structure that its type defines? http://hl7.org/fhir/STU3/json.html, http://hl7.org/fhir/R4/json.html
import type { FhirResource, FhirVersion, Issue } from '../model.ts';
import { type Property, resourceTypeOf, type TypeDefinition, typeOf } from './definitions.ts';
import { isNarrative } from './narrative.ts';
import { isPlainNarrative } from './plainNarrative.ts';
import { primitiveFault } from './primitives.ts';
import { type ShapeRule, shapeIssue } from './shapeIssues.ts';
import { checkSpecial } from './shapeRules.ts';
import { isObject, report, reportAt, reportUnknown, TooMany, type Tree, type Walk } from './shapeWalk.ts';

export { canonical, canonicalRewritten } from './canonical.ts';

const deepest = 400;

function narrativeFault(value: unknown): ShapeRule | undefined {
  if (typeof value !== 'string') return 'json-type';
  return isPlainNarrative(value) || isNarrative(value) ? undefined : 'narrative';
}

/** What is wrong with one value itself, leaving what is inside an object to the walk. */
function valueFault(walk: Walk, property: Property, value: unknown): ShapeRule | undefined {
  if (value === null) return 'null';
  if (property.kind === 'xhtml') return narrativeFault(value);
  if (property.kind !== 'primitive') {
    if (!isObject(value)) return Array.isArray(value) ? 'not-single' : 'not-object';
    return walk.path.length > deepest ? 'depth' : undefined;
  }
  const { codes } = property.element;
  if (Array.isArray(value)) return 'not-single';
  return (
    primitiveFault(property.type, value, walk.version) ??
    (codes?.has(String(value)) === false ? 'code' : undefined)
  );
}

function checkValue(walk: Walk, property: Property, value: unknown): void {
  const fault = valueFault(walk, property, value);
  if (fault) report(walk, fault);
  else if (isObject(value)) {
    const type = property.kind === 'resource' ? undefined : typeOf(walk.version, property.type);
    if (type) checkObject(walk, type, value);
    else checkResource(walk, value);
  }
}

function listFault(property: Property, value: unknown): ShapeRule | undefined {
  if (!Array.isArray(value)) return 'not-list';
  if (value.length === 0) return 'empty-list';
  return value.length > property.element.max ? 'maximum' : undefined;
}

function checkList(walk: Walk, property: Property, entry: { value: unknown; extras: unknown }): void {
  const fault = listFault(property, entry.value);
  if (fault) report(walk, fault);
  if (!Array.isArray(entry.value)) return;
  const extras: readonly unknown[] | undefined = Array.isArray(entry.extras) ? entry.extras : undefined;
  if (extras && extras.length !== entry.value.length) report(walk, 'pairing');
  for (let i = 0; i < entry.value.length; i++) {
    if (entry.value[i] === null && isObject(extras?.[i])) continue;
    walk.path.push(i);
    checkValue(walk, property, entry.value[i]);
    walk.path.pop();
  }
}

function checkExtra(walk: Walk, extra: unknown, hasValue: boolean): void {
  const type = typeOf(walk.version, 'Element');
  if (!isObject(extra) || !type) {
    report(walk, extra === null ? 'null' : 'not-object');
    return;
  }
  checkObject(walk, type, extra);
  // An id alone says nothing: http://hl7.org/fhir/STU3/element-definitions.html#Element, ele-1.
  if (!hasValue && extra.extension === undefined && extra.id !== undefined) report(walk, 'empty-object');
}

/** What stands beside a primitive under `_name`: its id and extensions. */
function checkExtras(walk: Walk, property: Property, entry: { extras: unknown; value: unknown }): void {
  const { extras, value } = entry;
  const fault = property.list ? listFault(property, extras) : undefined;
  if (fault) report(walk, fault);
  else if (!Array.isArray(extras)) checkExtra(walk, extras, value !== undefined);
  else if (!property.list) report(walk, 'not-single');
  else checkExtraList(walk, extras, Array.isArray(value) ? value : []);
}

function checkExtraList(walk: Walk, extras: readonly unknown[], values: readonly unknown[]): void {
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
  const value = object[key];
  walk.path.push(property.path);
  if (key === property.beside) checkExtras(walk, property, { extras: value, value: object[property.name] });
  else if (!property.list) checkValue(walk, property, value);
  else
    checkList(walk, property, {
      value,
      extras: property.kind === 'primitive' ? object[property.beside] : undefined,
    });
  walk.path.pop();
}

function checkRequired(walk: Walk, type: TypeDefinition, object: Tree): void {
  for (const { element, keys } of type.required) {
    if (keys.some((key) => object[key] !== undefined)) continue;
    reportAt(walk, 'minimum', element.choice ? element.name.slice(0, -3) : element.name);
  }
}

function checkChoices(walk: Walk, choices: readonly Property[]): void {
  const names = new Map<string, string>();
  for (const { element, name } of choices) {
    const other = names.get(element.name);
    if (other !== undefined && other !== name) reportAt(walk, 'choice', element.name.slice(0, -3));
    names.set(element.name, name);
  }
}

function checkObject(walk: Walk, type: TypeDefinition, object: Tree): void {
  let choices: Property[] | undefined;
  let isEmpty = true;
  for (const key in object) {
    isEmpty = false;
    const property = type.keys.get(key);
    if (property) {
      if (property.element.choice) choices = [...(choices ?? []), property];
      checkKey(walk, property, { key, object });
    } else if (key !== 'resourceType' || type.kind !== 'resource') reportUnknown(walk, key);
  }
  if (isEmpty) report(walk, 'empty-object');
  if (choices && choices.length > 1) checkChoices(walk, choices);
  if (type.required.length > 0) checkRequired(walk, type, object);
  checkSpecial(walk, type, object);
}

function checkResource(walk: Walk, resource: Tree): void {
  const type = resourceTypeOf(walk.version, resource.resourceType);
  if (type) checkObject(walk, type, resource);
  else report(walk, 'resource-type');
}

/**
 * Everything in which a resource departs from the base definition of its type: unknown elements, wrong JSON types, formats,
 * cardinalities, choices, nulls, empty objects. All findings at once, in the order of the content; the look ends at the
 * 1,001st error, which `shape-too-many` tells at the root, and warnings beyond a thousand are not kept.
 * Errors make it unusable; warnings are a code outside a small required value set, an id of more than 64 characters,
 * and base64 without its padding.
 * @param root FHIRPath of the resource in its message, such as `Bundle.entry[3].resource`; its type by default
 */
export function checkShape(resource: FhirResource, version: FhirVersion, root?: string): Issue[] {
  const name = resourceTypeOf(version, resource?.resourceType)?.name ?? 'Resource';
  const walk: Walk = { version, issues: [], warnings: 0, path: [root ?? name] };
  try {
    if (isObject(resource)) checkResource(walk, resource);
    else report(walk, 'not-object');
  } catch (error) {
    if (!(error instanceof TooMany)) throw error;
    walk.issues.push(shapeIssue('too-many', root ?? name));
  }
  return walk.issues;
}
