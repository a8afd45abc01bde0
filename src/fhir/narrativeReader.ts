// What text is a narrative inside an XML document? As it stands where that can stand alone, else written anew.
import type { SaxesParser, SaxesTagNS } from 'saxes';
import { xhtmlNamespace } from './narrative.ts';

export type NarrativeReader = {
  /** `refuse` is called for an element of another namespace. */
  open(tag: SaxesTagNS, refuse: () => void): void;
  text(text: string): void;
  /** The whole `div` once it is closed; undefined before. */
  close(): string | undefined;
};

const deepest = 200;
const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};
const attributeEscapes: Readonly<Record<string, string>> = { ...escapes, '\n': '&#10;', '\t': '&#9;' };
const escapeText = (text: string): string => text.replace(/[&<>\r]/g, (c) => escapes[c] ?? c);
const escapeAttribute = (text: string): string =>
  text.replace(/[&<>"\r\n\t]/g, (c) => attributeEscapes[c] ?? c);

function printOpen(tag: SaxesTagNS, isRoot: boolean): string {
  let text = `<${tag.local}${isRoot ? ` xmlns="${xhtmlNamespace}"` : ''}`;
  for (const { prefix, local, value, name } of Object.values(tag.attributes)) {
    if (prefix === 'xmlns' || name === 'xmlns') continue;
    text += ` ${prefix === 'xml' ? name : local}="${escapeAttribute(value)}"`;
  }
  return `${text}${tag.isSelfClosing ? '/>' : '>'}`;
}

/** Without prefixes, the text means the same anywhere. */
function standsAlone(tag: SaxesTagNS, isRoot: boolean): boolean {
  if (tag.prefix !== '' || (isRoot && tag.attributes.xmlns === undefined)) return false;
  return Object.values(tag.attributes).every(
    ({ prefix }) => prefix === '' || prefix === 'xml' || prefix === 'xmlns',
  );
}

/** Line ends as XML reads them; a carriage return that was written as a reference is one again. */
const readVerbatim = (text: string): string => text.replace(/\r\n?/g, '\n').replaceAll('&#13;', '\r');

/** Follows one `div` in the parser's events; `source` is what the parser reads. */
export function createNarrativeReader(source: string, parser: SaxesParser): NarrativeReader {
  const opened: SaxesTagNS[] = [];
  const written: string[] = [];
  let start = 0;
  let isAlone = true;
  const readTag = (tag: SaxesTagNS): void => {
    const isRoot = opened.length === 0;
    if (isRoot) start = source.lastIndexOf('<', parser.position - 1);
    isAlone &&= standsAlone(tag, isRoot);
    written.push(printOpen(tag, isRoot));
    opened.push(tag);
  };
  return {
    open(tag, refuse) {
      if (tag.uri !== xhtmlNamespace || opened.length >= deepest) refuse();
      readTag(tag);
    },
    text(text) {
      written.push(escapeText(text));
    },
    close() {
      const tag = opened.pop();
      if (tag && !tag.isSelfClosing) written.push(`</${tag.local}>`);
      if (opened.length > 0) return undefined;
      return isAlone ? readVerbatim(source.slice(start, parser.position)) : written.join('');
    },
  };
}
