// Which line of the card is a treatment? By code, by a code that stands in its text, or by its exact words; else `other:TEXT`.
import { ambiguousIcd, mayBeSnomed, treatmentKeys, treatmentWords } from './codes.ts';
import { codingsOf, textsAt, wordsOf } from './tree.ts';

export type Treatment = {
  key: string;
  /** The source's words for it. */
  label: string;
  /** The code is used for one thing and says another. */
  ambiguous: boolean;
};

export const otherPrefix = 'other:';

const quotedCode = /(?<!\d)\d{6,18}(?!\d)/g;

/** Words without their case, spacing and closing stops. */
export const plainText = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[.:;,]+$/, '');

/** One group for the same treatment in other spacing or case; a quoted code says more than the words around it. */
export const groupOfKey = (key: string): string => {
  if (!key.startsWith(otherPrefix)) return key;
  const text = plainText(key.slice(otherPrefix.length));
  return `${otherPrefix}${text.match(quotedCode)?.[0] ?? text}`;
};

const fromCode = (code: string, label: string): Treatment | undefined => {
  const key = treatmentKeys.get(code);
  return key === undefined ? undefined : { key, label, ambiguous: code === ambiguousIcd };
};

/** A treatment in words alone, as zib2020 sends what its list cannot say: `… (SNOMED CT - 400231000146108)`. */
export function treatmentOfText(text: string): Treatment {
  const quoted = (text.match(quotedCode) ?? [])
    .map((code) => fromCode(code, text))
    .find((found) => found !== undefined);
  if (quoted) return quoted;
  const key = treatmentWords.get(plainText(text)) ?? `${otherPrefix}${text}`;
  return { key, label: text, ambiguous: false };
}

/** The treatments of one concept: more than one where its codings mean different lines, none where it says nothing. */
export function treatmentsOf(concept: unknown): Treatment[] {
  const label = wordsOf(concept);
  const codings = codingsOf(concept);
  const byCode = codings
    .filter(({ system }) => mayBeSnomed(system))
    .map(({ code, display }) => fromCode(code, label ?? display ?? code))
    .filter((found) => found !== undefined);
  const distinct = byCode.filter((one, index) => byCode.findIndex(({ key }) => key === one.key) === index);
  if (distinct.length > 0) return distinct;
  const text = textsAt(concept, 'text')[0] ?? codings.find(({ code }) => code !== 'OTH')?.display ?? label;
  if (text !== undefined) return [treatmentOfText(text)];
  const code = codings.find((one) => one.code !== 'OTH')?.code;
  return code === undefined ? [] : [{ key: `${otherPrefix}${code}`, label: code, ambiguous: false }];
}
