// What FHIR resource does an XML document hold? http://hl7.org/fhir/STU3/xml.html
import { isUtf8 } from 'node:buffer';
import { SaxesParser } from 'saxes';
import { GatewayError } from '../errors.ts';
import type { FhirResource, FhirVersion, Issue } from '../model.ts';
import { placeIn } from './jsonFault.ts';
import { refuseXml } from './xmlFaults.ts';
import { placeOf } from './xmlFrames.ts';
import { close, open, type Reading, report } from './xmlReading.ts';

function readText(reading: Reading, text: string): void {
  if (reading.narrative) reading.narrative.text(text);
  else if (reading.top?.kind !== 'skip' && text.trim() !== '') report(reading, 'text', reading.top);
}

// Narrative may nest further than FHIR elements, yet every level costs the parser time for each tag inside it.
const deepestTag = 256;

/** Counts before the parser looks for namespaces, which takes as long as the nesting is deep. */
function limitDepth(reading: Reading): void {
  let depth = 0;
  reading.parser.on('opentagstart', () => {
    depth++;
    if (depth > deepestTag) refuseXml('depth', reading.parser);
  });
  reading.parser.on('closetag', () => {
    depth--;
    close(reading);
  });
}

const prologPart = /\s+|<\?[^>]*\?>|<!--/y;

/** Refuses a document type before the parser would read all of it. */
export function refuseDoctype(text: string): void {
  prologPart.lastIndex = 0;
  let at = 0;
  for (let match = prologPart.exec(text); match; match = prologPart.exec(text)) {
    at = match[0] === '<!--' ? text.indexOf('-->', at + 4) + 3 : prologPart.lastIndex;
    if (at < 3 && match[0] === '<!--') return;
    prologPart.lastIndex = at;
  }
  if (text.startsWith('<!DOCTYPE', at)) refuseXml('doctype', placeIn(text, at));
}

function listen(reading: Reading): void {
  const { parser } = reading;
  parser.on('error', () => refuseXml('syntax', parser, placeOf(reading.top)));
  parser.on('doctype', () => refuseXml('doctype', parser));
  parser.on('processinginstruction', () => refuseXml('instruction', parser));
  parser.on('xmldecl', ({ version, encoding }) => {
    if (version !== '1.0' || (encoding ?? 'utf-8').toLowerCase() !== 'utf-8')
      refuseXml('declaration', parser);
  });
  parser.on('opentag', (tag) => open(reading, tag));
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
  const reading: Reading = {
    version,
    text,
    parser,
    top: undefined,
    root: undefined,
    narrative: undefined,
    issues,
  };
  refuseDoctype(text);
  limitDepth(reading);
  listen(reading);
  parser.write(text).close();
  if (issues.length > 0) {
    throw new GatewayError('unprocessable', issues[0]?.text.en ?? '', { issues });
  }
  return reading.root ?? refuseXml('syntax');
}
