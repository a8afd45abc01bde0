// What tree does XML give a map? One rule for any XML: attributes and elements alike are properties (docs/mapping.md).
import { isUtf8 } from 'node:buffer';
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { GatewayError } from '../errors.ts';
import { forbidden } from './fhirpath/member.ts';
import type { Tree } from './fhirpath/values.ts';

const deepest = 128;
const xsi = 'http://www.w3.org/2001/XMLSchema-instance';
const unread: ReadonlySet<string> = new Set(['schemaLocation', 'noNamespaceSchemaLocation']);

type Open = { tree: Tree; text: string };
type Parser = SaxesParser<{ xmlns: true }>;

const refuse = (parser: Parser, nl: string, en: string): never => {
  const at = {
    nl: `regel ${parser.line}, kolom ${parser.column}`,
    en: `line ${parser.line}, column ${parser.column}`,
  };
  const text = { nl: `${nl} (${at.nl})`, en: `${en} (${at.en})` };
  throw new GatewayError('invalid', text.en, {
    issues: [{ severity: 'fatal', code: 'invalid', text, rule: 'xml-source' }],
  });
};

const add = (tree: Tree, name: string, value: unknown): void => {
  const known = tree[name];
  if (known === undefined) tree[name] = value;
  else if (Array.isArray(known)) known.push(value);
  else tree[name] = [known, value];
};

const safeName = (parser: Parser, name: string): string =>
  forbidden.has(name)
    ? refuse(parser, `De naam ${name} is niet toegestaan`, `The name ${name} is not allowed`)
    : name;

const attributesOf = (parser: Parser, tag: SaxesTagNS): Tree => {
  const tree: Tree = {};
  for (const { prefix, local, uri, value } of Object.values(tag.attributes)) {
    if (prefix === 'xmlns' || (prefix === '' && local === 'xmlns')) continue;
    if (uri === xsi && unread.has(local)) continue;
    add(tree, safeName(parser, uri === xsi ? `xsi:${local}` : local), value);
  }
  return tree;
};

const close = (open: Open): void => {
  const text = open.text.trim();
  if (text !== '') add(open.tree, '#text', text);
};

type Reading = { parser: Parser; stack: Open[]; root: Tree | undefined };

const listen = (reading: Reading): void => {
  const { parser, stack } = reading;
  parser.on('error', () => refuse(parser, 'De XML is niet welgevormd', 'The XML is not well-formed'));
  parser.on('doctype', () => refuse(parser, 'Een DOCTYPE is niet toegestaan', 'A DOCTYPE is not allowed'));
  parser.on('opentagstart', () => {
    if (stack.length >= deepest) refuse(parser, 'De XML is te diep genest', 'The XML is nested too deeply');
  });
  parser.on('opentag', (tag) => {
    const tree = attributesOf(parser, tag);
    const parent = stack[stack.length - 1];
    if (parent) add(parent.tree, safeName(parser, tag.local), tree);
    else reading.root = tree;
    stack.push({ tree, text: '' });
  });
  parser.on('closetag', () => {
    const open = stack.pop();
    if (open) close(open);
  });
  const onText = (text: string): void => {
    const open = stack[stack.length - 1];
    if (open) open.text += text;
  };
  parser.on('text', onText);
  parser.on('cdata', onText);
};

/**
 * The tree of an XML document, starting at its root element. Every element is an object; its attributes and child
 * elements are properties by local name, repeated ones a list; text is `#text`. Namespaces, comments and processing
 * instructions are left out.
 * @throws GatewayError invalid for XML that is not well-formed UTF-8, has a DOCTYPE, or nests deeper than 128
 */
export const parseXmlSource = (bytes: Uint8Array): Tree => {
  const parser: Parser = new SaxesParser({ xmlns: true });
  const reading: Reading = { parser, stack: [], root: undefined };
  if (!isUtf8(bytes)) refuse(parser, 'De XML is geen UTF-8', 'The XML is not UTF-8');
  const text = new TextDecoder().decode(bytes);
  // The parser would read a whole document type before it tells of it.
  const [head = ''] = text.split(/<[A-Za-z_]/, 1);
  if (head.includes('<!DOCTYPE'))
    refuse(parser, 'Een DOCTYPE is niet toegestaan', 'A DOCTYPE is not allowed');
  listen(reading);
  parser.write(text).close();
  return reading.root ?? refuse(parser, 'De XML heeft geen inhoud', 'The XML has no content');
};
