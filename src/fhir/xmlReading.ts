// How does the tree of a resource grow, element by element? http://hl7.org/fhir/STU3/xml.html
import type { SaxesParser, SaxesTagNS } from 'saxes';
import type { FhirResource, FhirVersion, Issue } from '../model.ts';
import { type Property, resourceTypeOf, typeOf } from './definitions.ts';
import { xhtmlNamespace } from './narrative.ts';
import { createNarrativeReader, type NarrativeReader } from './narrativeReader.ts';
import { refuseXml, type XmlRule, xmlIssue } from './xmlFaults.ts';
import { addPrimitive, addValue, countIn, type Frame, finish, placeOf, readValue } from './xmlFrames.ts';

const fhirNamespace = 'http://hl7.org/fhir';
const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/';
const instanceNamespace = 'http://www.w3.org/2001/XMLSchema-instance';
const deepest = 64;
const mostIssues = 1000;

/** One reading of one document. */
export type Reading = {
  version: FhirVersion;
  text: string;
  parser: SaxesParser<{ xmlns: true }>;
  top: Frame | undefined;
  root: FhirResource | undefined;
  narrative: NarrativeReader | undefined;
  issues: Issue[];
};

export function report(reading: Reading, rule: XmlRule, frame: Frame | undefined): void {
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
  if (!type || slot?.value !== undefined) {
    skip(reading, type ? 'maximum' : tag.uri === fhirNamespace ? 'resource-type' : 'namespace', '');
    return;
  }
  const target: FhirResource = { resourceType: type.name };
  if (slot) slot.value = target;
  else reading.root = target;
  const listLevel = slot?.property?.list ? 2 : 1;
  const jsonDepth = (slot?.jsonDepth ?? 0) + listLevel;
  readAttributes(
    reading,
    push(reading, { kind: 'object', name: slot ? '' : type.name, type, target, jsonDepth }),
    tag,
  );
}

function openNarrative(reading: Reading, property: Property, tag: SaxesTagNS): void {
  const frame = push(reading, { kind: 'skip', name: property.name, property });
  reading.narrative = createNarrativeReader(reading.text, reading.parser);
  reading.narrative.open(tag, () => report(reading, 'narrative', frame));
}

const frameKinds = { primitive: 'primitive', complex: 'object', resource: 'slot', xhtml: 'skip' } as const;

/** Why the element cannot be the property that its name says; undefined when it can. */
function propertyFault(parent: Frame, property: Property | undefined, tag: SaxesTagNS): XmlRule | undefined {
  const namespace = property?.kind === 'xhtml' ? xhtmlNamespace : fhirNamespace;
  if (tag.uri !== namespace) return 'namespace';
  if (!property || property.element.attribute) return 'unknown-element';
  return !property.list && countIn(parent, property) > 0 ? 'maximum' : undefined;
}

function openProperty(reading: Reading, parent: Frame, tag: SaxesTagNS): void {
  const property = parent.type?.properties.get(tag.local);
  const fault = propertyFault(parent, property, tag);
  if (fault || !property) skip(reading, fault, tag.local);
  else if (property.kind === 'xhtml') openNarrative(reading, property, tag);
  else {
    const type = typeOf(reading.version, property.kind === 'primitive' ? 'Element' : property.type);
    const index = property.list ? countIn(parent, property) : undefined;
    const frame = push(reading, {
      kind: frameKinds[property.kind],
      name: property.path,
      index,
      property,
      type,
    });
    readAttributes(reading, frame, tag);
  }
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
    if (frame.value !== undefined) return true;
    report(reading, 'json-type', frame);
    frame.kind = 'skip';
    return true;
  }
  if (frame.type?.properties.get(local)?.element.attribute !== true) return false;
  frame.target[local] = value;
  return true;
}

/** An element begins. */
export function open(reading: Reading, tag: SaxesTagNS): void {
  const { top, narrative } = reading;
  if (narrative) narrative.open(tag, () => report(reading, 'narrative', top));
  else if (top?.kind === 'skip') skip(reading, undefined, '');
  else if (!top || top.kind === 'slot') openResource(reading, tag);
  else openProperty(reading, top, tag);
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

/** An element ends. */
export function close(reading: Reading): void {
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
