// What does an XML message say, element by element, once nothing in it can do harm? https://www.w3.org/TR/soap12-part1/#soapenv
// SOAP 1.2 forbids document types and processing instructions; sizes and depths are ours.
import { isUtf8 } from 'node:buffer';
import { SaxesParser } from 'saxes';
import { refuseDoctype } from '../fhir/xml.ts';

/** One element. Attributes by local name, those of a namespace as `{namespace}name`; text without surrounding blanks. */
export type XmlNode = {
  namespace: string;
  name: string;
  attributes: ReadonlyMap<string, string>;
  children: readonly XmlNode[];
  text: string;
};

const deepest = 64;
const mostAttributes = 64;
const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/';

type Open = XmlNode & { children: XmlNode[]; attributes: Map<string, string> };

/** Not XML as it is read here; the message says nothing of the content. */
export class UnreadableXml extends Error {
  constructor() {
    super('The XML cannot be read');
    this.name = 'UnreadableXml';
  }
}

const refuse = (): never => {
  throw new UnreadableXml();
};

function textOf(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) refuse();
  const text = new TextDecoder().decode(bytes);
  try {
    refuseDoctype(text);
  } catch {
    refuse();
  }
  return text;
}

type Parser = SaxesParser<{ xmlns: true }>;

/**
 * Depth and attributes are counted before the parser looks for namespaces, whose cost grows with both. Returns what is to
 * be called when an element ends: the parser tells each event to one handler alone.
 */
function limit(parser: Parser): () => void {
  let depth = 0;
  let attributes = 0;
  parser.on('opentagstart', () => {
    depth += 1;
    attributes = 0;
    if (depth > deepest) refuse();
  });
  parser.on('attribute', () => {
    attributes += 1;
    if (attributes > mostAttributes) refuse();
  });
  for (const event of ['error', 'doctype', 'processinginstruction'] as const) parser.on(event, refuse);
  parser.on('xmldecl', ({ version, encoding }) => {
    if (version !== '1.0' || (encoding ?? 'utf-8').toLowerCase() !== 'utf-8') refuse();
  });
  return () => {
    depth -= 1;
  };
}

function grow(parser: Parser, leave: () => void): () => XmlNode | undefined {
  const open: Open[] = [];
  let root: XmlNode | undefined;
  parser.on('opentag', (tag) => {
    const attributes = new Map<string, string>();
    for (const { uri, local, value } of Object.values(tag.attributes)) {
      if (uri !== xmlnsNamespace) attributes.set(uri === '' ? local : `{${uri}}${local}`, value);
    }
    const node: Open = { namespace: tag.uri, name: tag.local, attributes, children: [], text: '' };
    const parent = open.at(-1);
    if (parent) parent.children.push(node);
    else root = node;
    open.push(node);
  });
  const addText = (text: string): void => {
    const node = open.at(-1);
    if (node) node.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    leave();
    const node = open.pop();
    if (node) node.text = node.text.trim();
  });
  return () => root;
}

/**
 * The root element of an XML 1.0 document in UTF-8, at most 64 deep and with at most 64 attributes an element; the caller
 * limits its size. Throws `UnreadableXml` for everything else: not well-formed, DOCTYPE, processing instruction.
 */
export function readTree(bytes: Uint8Array): XmlNode {
  const text = textOf(bytes);
  const parser: Parser = new SaxesParser({ xmlns: true });
  const root = grow(parser, limit(parser));
  parser.write(text.replace(/^\ufeff/, '')).close();
  return root() ?? refuse();
}

/** The children with this name in this namespace. */
export const childrenOf = (node: XmlNode, namespace: string, name: string): XmlNode[] =>
  node.children.filter((child) => child.name === name && child.namespace === namespace);

/** The only child with this name; undefined when there is none, or more than one. */
export function onlyChild(node: XmlNode | undefined, namespace: string, name: string): XmlNode | undefined {
  const found = node === undefined ? [] : childrenOf(node, namespace, name);
  return found.length === 1 ? found[0] : undefined;
}

/** Text as it may stand in an element or a quoted attribute. Throws `TypeError` for what XML 1.0 cannot hold. */
export function escapeXml(text: string): string {
  if (/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(text))
    throw new TypeError('not a character of XML');
  return text.replace(/[&<>"'\t\n\r]/g, (one) => `&#${one.charCodeAt(0)};`);
}
