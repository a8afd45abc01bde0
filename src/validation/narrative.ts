// Is a narrative plain, safe XHTML? http://hl7.org/fhir/R4/narrative.html#rules (txt-1, txt-2)
import { hash } from 'node:crypto';

const elements = new Set(
  `h1 h2 h3 h4 h5 h6 div p ul ol li dl dt dd b i tt small big strong em code kbd samp var cite q sub sup span a br hr pre
   blockquote address table caption colgroup col thead tbody tfoot tr th td img map area abbr acronym dfn ins del bdo
   strike s u center font figure figcaption label`.split(/\s+/),
);
const attributes = new Set(
  `abbr accesskey align alt axis bgcolor border cellhalign cellpadding cellspacing cellvalign char charoff charset class cite
   colspan compact coords dir frame headers height href hreflang hspace id lang longdesc name nowrap rel rev rowspan rules
   scope shape size span src start style summary tabindex target title type valign value vspace width xmlns xml:lang xml:space
   color face idref datetime`.split(/\s+/),
);
const tag =
  /<!--[\s\S]*?-->|<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|<|&(?!(?:#\d+|#x[\dA-Fa-f]+|\w+);)/g;
const attribute = /([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const unsafe = /^\s*(?:javascript|vbscript|data:text)/i;

function attributesAllowed(written: string, element: string): boolean {
  if (written === '') return true;
  attribute.lastIndex = 0;
  for (let match = attribute.exec(written); match !== null; match = attribute.exec(written)) {
    const name = match[1] ?? '';
    if (!attributes.has(name) && !name.startsWith('xmlns:')) return false;
    if ((name === 'href' || name === 'src') && unsafe.test(match[2] ?? match[3] ?? '')) return false;
    if (name === 'href' && element !== 'a' && element !== 'area') return false;
  }
  return true;
}

type Reading = { open: string[]; filled: boolean; ok: boolean };

function readTag(reading: Reading, match: RegExpExecArray): void {
  const name = match[2];
  const written = match[3] ?? '';
  if (name === undefined) {
    if (!match[0].startsWith('<!--')) reading.ok = false;
  } else if (match[1] === '/') {
    reading.ok = reading.open.pop() === name;
  } else {
    if (!elements.has(name) || !attributesAllowed(written, name)) reading.ok = false;
    if (name === 'img') reading.filled = true;
    if (match[4] !== '/') reading.open.push(name);
  }
}

/** By its digest: nothing of a patient's text stays behind. */
let last = { digest: '', answer: false };

/** Only the elements and attributes that FHIR allows, well formed, inside one `div`, with some content. */
export function isNarrative(xhtml: string): boolean {
  // Several rules ask the same of one narrative, one after another.
  const digest = hash('sha256', xhtml);
  if (last.digest !== digest) last = { digest, answer: read(xhtml) };
  return last.answer;
}

function read(xhtml: string): boolean {
  const reading: Reading = { open: [], filled: false, ok: true };
  tag.lastIndex = 0;
  let match = tag.exec(xhtml);
  if (match?.[2] !== 'div' || xhtml.slice(0, match.index).trim() !== '') return false;
  let end = 0;
  while (match !== null && reading.ok) {
    if (reading.open.length === 0 && end > 0) return false;
    if (!reading.filled) reading.filled = xhtml.slice(end, match.index).trim() !== '';
    end = tag.lastIndex;
    readTag(reading, match);
    match = tag.exec(xhtml);
  }
  return reading.ok && reading.open.length === 0 && reading.filled && xhtml.slice(end).trim() === '';
}
