// How does a resource look as XML? The inverse of parseXml; http://hl7.org/fhir/STU3/xml.html
import { GatewayError } from '../errors.ts';
import type { FhirResource, FhirVersion } from '../model.ts';
import { canonical } from './canonical.ts';
import { numberText } from './decimals.ts';
import { type Property, resourceTypeOf, type TypeDefinition, typeOf } from './definitions.ts';
import { isNarrative } from './narrative.ts';

type Tree = Record<string, unknown>;
type Printing = { version: FhirVersion; parts: string[] };

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

function refuse(place: string): never {
  const text = { nl: 'Dit kan niet als XML worden geschreven', en: 'This cannot be written as XML' };
  const issue = {
    severity: 'error',
    code: 'structure',
    text,
    expression: [place],
    rule: 'xml-print',
  } as const;
  throw new GatewayError('unprocessable', text.en, { issues: [issue] });
}

const uncarriable = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const special = /[&<>"\t\n\r]/g;
const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

function printAttribute(name: string, value: unknown): string {
  const text = numberText(value) ?? (typeof value === 'boolean' ? String(value) : value);
  if (typeof text !== 'string' || uncarriable.test(text)) return refuse(name);
  return ` ${name}="${text.replace(special, (c) => escapes[c] ?? c)}"`;
}

function attributesOf(type: TypeDefinition, object: Tree): string {
  let text = '';
  if (type.kind !== 'resource' && object.id !== undefined) text += printAttribute('id', object.id);
  if (type.name === 'Extension' && object.url !== undefined) text += printAttribute('url', object.url);
  return text;
}

function printPrimitive(
  printing: Printing,
  property: Property,
  pair: { value: unknown; extras: unknown },
): void {
  const { value, extras } = pair;
  const type = typeOf(printing.version, 'Element');
  const beside = isTree(extras) ? extras : {};
  const own = value === undefined || value === null ? '' : printAttribute('value', value);
  const attributes = (type ? attributesOf(type, beside) : '') + own;
  printing.parts.push(`<${property.name}${attributes}`);
  if (beside.extension === undefined || !type) {
    printing.parts.push('/>');
    return;
  }
  printing.parts.push('>');
  printChildren(printing, type, beside);
  printing.parts.push(`</${property.name}>`);
}

function printPrimitives(printing: Printing, property: Property, object: Tree): void {
  const values = listOf(object[property.name]);
  const extras = listOf(object[property.beside]);
  for (let i = 0; i < Math.max(values.length, extras.length); i++) {
    printPrimitive(printing, property, { value: values[i], extras: extras[i] });
  }
}

function printComplex(printing: Printing, property: Property, value: unknown): void {
  const type = typeOf(printing.version, property.type);
  if (!isTree(value) || !type) refuse(property.name);
  printing.parts.push(`<${property.name}${attributesOf(type, value)}>`);
  printChildren(printing, type, value);
  printing.parts.push(`</${property.name}>`);
}

function printResource(printing: Printing, resource: unknown, namespace: string): void {
  const type = isTree(resource) ? resourceTypeOf(printing.version, resource.resourceType) : undefined;
  if (!type || !isTree(resource)) refuse('Resource');
  printing.parts.push(`<${type.name}${namespace}>`);
  printChildren(printing, type, resource);
  printing.parts.push(`</${type.name}>`);
}

/** A carriage return would not survive reading; as a character reference it does. */
const printNarrative = (div: string): string => div.trim().replaceAll('\r', '&#13;');

function printItem(printing: Printing, property: Property, value: unknown): void {
  if (property.kind === 'complex') printComplex(printing, property, value);
  else if (property.kind === 'resource') {
    printing.parts.push(`<${property.name}>`);
    printResource(printing, value, '');
    printing.parts.push(`</${property.name}>`);
  } else if (typeof value === 'string' && isNarrative(value)) printing.parts.push(printNarrative(value));
  else refuse(property.name);
}

function printChildren(printing: Printing, type: TypeDefinition, object: Tree): void {
  for (const key in object) {
    if (key === 'resourceType' && type.kind === 'resource') continue;
    const property = type.keys.get(key) ?? refuse(`${type.name}`);
    if (property.element.attribute) continue;
    if (property.kind !== 'primitive') {
      for (const item of listOf(object[key])) printItem(printing, property, item);
    } else if (key === property.name || object[property.name] === undefined) {
      printPrimitives(printing, property, object);
    }
  }
}

/**
 * A resource as an XML document in UTF-8, elements in definition order, narrative as its text.
 * @throws GatewayError `unprocessable` for what XML cannot carry or the version does not know; nothing is dropped.
 */
export function printXml(resource: FhirResource, version: FhirVersion): string {
  const printing: Printing = { version, parts: ['<?xml version="1.0" encoding="UTF-8"?>\n'] };
  printResource(printing, canonical(resource, version), ' xmlns="http://hl7.org/fhir"');
  return printing.parts.join('');
}
