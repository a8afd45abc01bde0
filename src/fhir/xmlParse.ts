// What FHIR resource does an XML document hold? http://hl7.org/fhir/STU3/xml.html
import { isUtf8 } from 'node:buffer';
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { GatewayError } from '../errors.ts';
import type { FhirResource, FhirVersion, Issue } from '../model.ts';
import { type Property, resourceTypeOf, typeOf } from './definitions.ts';
import { createNarrativeReader, type NarrativeReader } from './narrativeReader.ts';
import { refuseXml, type XmlRule, xmlIssue } from './xmlFaults.ts';
import { addPrimitive, addValue, countIn, type Frame, finish, placeOf, readValue } from './xmlFrames.ts';

const fhirNamespace = 'http://hl7.org/fhir';
const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/';
const instanceNamespace = 'http://www.w3.org/2001/XMLSchema-instance';
const deepest = 64;
const mostIssues = 1000;

type Reading = {
  version: FhirVersion;
  text: string;
  parser: SaxesParser<{ xmlns: true }>;
  top: Frame | undefined;
  root: FhirResource | undefined;
  narrative: NarrativeReader | undefined;
  issues: Issue[];
};

function report(reading: Reading, rule: XmlRule, frame: Frame | undefined): void {
  if (reading.issues.length < mostIssues) reading.issues.push(xmlIssue(rule, reading.parser, placeOf(frame)));
}

function push(reading: Reading, frame: Partial<Frame> & { kind: Frame['kind']; name: string }): Frame {
  const parent = reading.top;
  const listLevel = frame.property?.list ? 2 : 1;
  const full: Frame = {
    index: undefined,
    parent,
    type: undefined,
    property: undefined,
    target: {},
    value: undefined,
    paired: undefined,
    jsonDepth: (parent?.jsonDepth ?? 0) + (frame.kind === 'slot' || frame.kind === 'skip' ? 0 : listLevel),
    ...frame,
  };
  // Bodies that come in as XML are kept and served as JSON, so both forms share one limit.
  if (full.jsonDepth > deepest) refuseXml('depth', reading.parser);
  reading.top = full;
  return full;
}

const sayable = (name: string): string => (/^[A-Za-z][A-Za-z0-9]{0,63}$/.test(name) ? name : '');

function skip(reading: Reading, rule: XmlRule | undefined, name: string): void {
  const frame = push(reading, { kind: 'skip', name: sayable(name) });
  if (rule) report(reading, rule, frame);
}

function openResource(reading: Reading, tag: SaxesTagNS): void {
  const type = tag.uri === fhirNamespace ? resourceTypeOf(reading.version, tag.local) : undefined;
  const slot = reading.top;
  if (!type) return skip(reading, tag.uri === fhirNamespace ? 'resource-type' : 'namespace', '');
  if (slot?.value !== undefined) return skip(reading, 'maximum', '');
  const target: FhirResource = { resourceType: type.name };
  if (slot) slot.value = target;
  else reading.root = target;
  const listLevel = slot?.property?.list ? 2 : 1;
  const jsonDepth = (slot?.jsonDepth ?? 0) + listLevel;
  readAttributes(reading, push(reading, { kind: 'object', name: slot ? '' : type.name, type, target, jsonDepth }), tag);
}

function openNarrative(reading: Reading, property: Property, tag: SaxesTagNS): void {
  const frame = push(reading, { kind: 'skip', name: property.name, property });
  reading.narrative = createNarrativeReader(reading.text, reading.parser);
  reading.narrative.open(tag, () => report(reading, 'narrative', frame));
}

const frameKinds = { primitive: 'primitive', complex: 'object', resource: 'slot', xhtml: 'skip' } as const;

function openProperty(reading: Reading, tag: SaxesTagNS): void {
  const parent = reading.top;
  const property = parent?.type?.properties.get(tag.local);
  if (!parent || !property || property.element.attribute) {
    return skip(reading, tag.uri === fhirNamespace ? 'unknown-element' : 'namespace', tag.local);
  }
  const count = countIn(parent, property);
  if (count > 0 && !property.list) return skip(reading, 'maximum', tag.local);
  if (property.kind === 'xhtml') return openNarrative(reading, property, tag);
  if (tag.uri !== fhirNamespace) return skip(reading, 'namespace', tag.local);
  const type = typeOf(reading.version, property.kind === 'primitive' ? 'Element' : property.type);
  const name = property.element.choice ? `${property.element.name.slice(0, -3)}.ofType(${property.type})` : property.name;
  const index = property.list ? count : undefined;
  const frame = push(reading, { kind: frameKinds[property.kind], name, index, property, type });
  readAttributes(reading, frame, tag);
}

function readAttributes(reading: Reading, frame: Frame, tag: SaxesTagNS): void {
  for (const { uri, local, prefix, value } of Object.values(tag.attributes)) {
    if (uri === xmlnsNamespace) continue;
    if (uri === instanceNamespace && local === 'schemaLocation') continue;
    const isOwn = prefix === '' || (prefix === 'xml' && local === 'id');
    if (!isOwn || !readAttribute(reading, frame, { local, value })) report(reading, 'attribute', frame);
  }
}

/** False when the element has no such attribute. */
function readAttribute(reading: Reading, frame: Frame, attribute: { local: string; value: string }): boolean {
  const { local, value } = attribute;
  if (local === 'value' && frame.kind === 'primitive') {
    frame.value = readValue(frame.property?.type ?? '', value);
    if (frame.value === undefined) report(reading, 'json-type', frame);
    return true;
  }
  if (frame.type?.properties.get(local)?.element.attribute !== true) return false;
  frame.target[local] = value;
  return true;
}

function open(reading: Reading, tag: SaxesTagNS): void {
  const { top, narrative } = reading;
  if (narrative) narrative.open(tag, () => report(reading, 'narrative', top));
  else if (top?.kind === 'skip') skip(reading, undefined, '');
  else if (!top || top.kind === 'slot') openResource(reading, tag);
  else openProperty(reading, tag);
}

function closePrimitive(reading: Reading, frame: Frame, parent: Frame): void {
  const { property, value, target } = frame;
  const extras = Object.keys(target).length > 0 ? target : undefined;
  if (value === undefined && !extras) report(reading, 'empty', frame);
  else if (property) addPrimitive(parent, property, { value, extras });
}

function closeFrame(reading: Reading, frame: Frame): void {
  const { kind, parent, property } = frame;
  finish(frame);
  reading.top = parent;
  if (!parent || !property) return;
  if (kind === 'primitive') closePrimitive(reading, frame, parent);
  else if (kind === 'object') addValue(parent, property, frame.target);
  else if (kind === 'slot' && frame.value !== undefined) addValue(parent, property, frame.value);
  else if (kind === 'slot') report(reading, 'empty', frame);
}

function close(reading: Reading): void {
  const { top, narrative } = reading;
  if (!top) return;
  if (narrative) {
    const div = narrative.close();
    if (div === undefined) return;
    reading.narrative = undefined;
    if (top.parent && top.property) addValue(top.parent, top.property, div);
  }
  closeFrame(reading, top);
}

function readText(reading: Reading, text: string): void {
  if (reading.narrative) reading.narrative.text(text);
  else if (reading.top?.kind !== 'skip' && text.trim() !== '') report(reading, 'text', reading.top);
}

function listen(reading: Reading): void {
  const { parser } = reading;
  parser.on('error', () => refuseXml('syntax', parser, placeOf(reading.top)));
  parser.on('doctype', () => refuseXml('doctype', parser));
  parser.on('processinginstruction', () => refuseXml('instruction', parser));
  parser.on('xmldecl', ({ version, encoding }) => {
    if (version !== '1.0' || (encoding ?? 'utf-8').toLowerCase() !== 'utf-8') refuseXml('declaration', parser);
  });
  parser.on('opentag', (tag) => open(reading, tag));
  parser.on('closetag', () => close(reading));
  parser.on('text', (text) => readText(reading, text));
  parser.on('cdata', (text) => readText(reading, text));
}

/**
 * The resource in an XML document, as the JSON form of the same content. Comments are dropped; narrative stays as its text.
 * @throws GatewayError `invalid` for what is not well-formed UTF-8 XML 1.0, has a DOCTYPE, entities, processing instructions,
 * or is nested too deeply; `unprocessable`, naming every place at once, for what FHIR does not know.
 */
export function parseXml(bytes: Uint8Array, version: FhirVersion): FhirResource {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isUtf8(buffer)) refuseXml('utf8');
  const text = buffer.toString('utf8').replace(/^\ufeff/, '');
  const parser = new SaxesParser({ xmlns: true });
  const issues: Issue[] = [];
  const reading: Reading = { version, text, parser, top: undefined, root: undefined, narrative: undefined, issues };
  listen(reading);
  parser.write(text).close();
  if (issues.length > 0) {
    throw new GatewayError('unprocessable', issues[0]?.text.en ?? '', { issues });
  }
  return reading.root ?? refuseXml('syntax');
}
