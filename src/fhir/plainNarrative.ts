// Is this narrative surely one XHTML div? A quick look at the usual ones; what it does not know, the XML parser decides.
import { xhtmlNamespace } from './narrative.ts';

const deepest = 200;
// Outside the usual characters, and the one sequence that text may not hold.
const unusual = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd]|\]\]>/;
const root = `<div xmlns="${xhtmlNamespace}">`;
const tag =
  /[^<&]*(?:<([a-z][a-z0-9]*)((?:[ \t\n\r]+[a-z]+="[^"<&]*")*)[ \t\n\r]*(\/?)>|<\/([a-z][a-z0-9]*)>|&(?:amp|lt|gt|quot|apos);)/y;
const attribute = /[ \t\n\r]([a-z]+)="[^"]*"/g;

/** No attribute twice, and no other namespace. */
function attributesArePlain(written: string): boolean {
  if (written === '') return true;
  const names = Array.from(written.matchAll(attribute), (match) => match[1]);
  return !names.includes('xmlns') && new Set(names).size === names.length;
}

/** Follows one tag or entity; false when it cannot be judged here. */
function follow(open: string[], [, name, written = '', empty, closed]: RegExpExecArray): boolean {
  if (closed !== undefined) return open.pop() === closed;
  if (name === undefined) return true;
  if (empty === '') open.push(name);
  return open.length < deepest && attributesArePlain(written);
}

/** True is certain; false says nothing. */
export function isPlainNarrative(text: string): boolean {
  if (!text.startsWith(root) || unusual.test(text)) return false;
  const open = ['div'];
  tag.lastIndex = root.length;
  while (open.length > 0) {
    const match = tag.exec(text);
    if (match === null || !follow(open, match)) return false;
  }
  return /^[ \t\n\r]*$/.test(text.slice(tag.lastIndex));
}
