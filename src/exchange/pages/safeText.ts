// How is somebody else's text shown without letting it deceive? Control and direction characters become visible; long text says so.

/** Controls, marks that turn the direction or join invisibly, tags, and what ends a line elsewhere. */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const visible = (character: string): string =>
  character === '\n' || character === '\t'
    ? character
    : `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}}`;

/** What most texts are made of; nothing in it is unsafe. */
const plain = /^[ -~\u00c0-\u017f]*$/;

/** The text with every unsafe character written out, as `\u{202e}`; line breaks stay. */
export const safeText = (text: string): string =>
  plain.test(text)
    ? text.trim()
    : text.toWellFormed().replace(/\r\n?/g, '\n').replace(unsafe, visible).trim();

const characters = new Intl.Segmenter('nl', { granularity: 'grapheme' });
/** A letter can carry any number of marks: beyond this they are cut off with the letter. */
const mostMarks = 8;

/** Safe text of at most `most` letters; what was cut off is counted: `… [+120]`. */
export function cappedText(text: string, most: number): string {
  const safe = safeText(text);
  if (safe.length <= most) return safe;
  const kept: string[] = [];
  let length = 0;
  for (const { segment } of characters.segment(safe)) {
    if (length + 1 > most || segment.length > mostMarks * 2) break;
    kept.push(segment);
    length += segment.length;
    if (length >= most) break;
  }
  const start = kept.join('').trimEnd();
  let rest = 0;
  for (const _ of safe.slice(start.length)) rest += 1;
  return rest === 0 ? safe : `${start}… [+${rest}]`;
}

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** On one line of a terminal or page; text in a right-to-left script cannot turn what stands around it. */
export function inlineText(text: string): string {
  const line = text.replace(/\s*\n\s*/g, ' / ').replace(/\t/g, ' ');
  return rightToLeft.test(line) ? `\u2068${line}\u2069` : line;
}
