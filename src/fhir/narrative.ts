// Is a narrative one XHTML div that can stand in XML as it is? http://hl7.org/fhir/STU3/narrative.html
import { SaxesParser } from 'saxes';

export const xhtmlNamespace = 'http://www.w3.org/1999/xhtml';

class NotNarrative extends Error {}

function refuse(): never {
  throw new NotNarrative();
}

function readStrictly(text: string): void {
  const parser = new SaxesParser({ xmlns: true, position: false });
  let depth = 0;
  parser.on('error', refuse);
  parser.on('doctype', refuse);
  parser.on('xmldecl', refuse);
  parser.on('processinginstruction', refuse);
  parser.on('opentag', (tag) => {
    const isRoot = depth === 0;
    depth++;
    if (tag.uri !== xhtmlNamespace || depth > 200 || (isRoot && tag.local !== 'div')) refuse();
  });
  parser.on('closetag', () => {
    depth--;
  });
  parser.write(text).close();
}

/**
 * True for one well-formed `div` in the XHTML namespace, without document type, processing instructions and foreign
 * namespaces. Whether it is safe to show is not asked here.
 */
export function isNarrative(text: string): boolean {
  try {
    readStrictly(text);
    return true;
  } catch (error) {
    if (error instanceof NotNarrative) return false;
    throw error;
  }
}
