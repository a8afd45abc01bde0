// Which line of the card is a treatment? By code, by a code that stands in its text, or by its exact words; else `other:TEXT`.
import { ambiguousIcd, mayBeSnomed, treatmentKeys, treatmentWords } from './codes.ts';
import { deniesResuscitation, notForResuscitation } from './resuscitationTexts.ts';
import { codingsOf, wordsOf } from './tree.ts';

export type Treatment = {
  key: string;
  /** The source's words for it. */
  label: string;
  /** The code is used for one thing and says another. */
  ambiguous: boolean;
  /** Its words deny by themselves, beside a code that does not: only a no is surely a no. */
  denies?: true;
  /** The SNOMED code of a treatment that has no line of its own. */
  code?: string;
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

const textOfKey = (key: string): string => key.slice(otherPrefix.length);

const quoted = / ?\(? ?(?:snomed(?:[ -]?ct)? ?[-:]? ?)?\d{6,18} ?\)?/g;

/** The words of a treatment without the code that they quote. */
const nameOf = (key: string): string => plainText(plainText(textOfKey(key)).replace(quoted, ' '));

type Named = Pick<Treatment, 'key' | 'code'>;

const codeOf = ({ key, code }: Named): string | undefined => code ?? textOfKey(key).match(quotedCode)?.[0];

/** One group for the same treatment: by its code, quoted or not; by words that go with a code elsewhere; else by its words. */
export function groupsAmong(all: readonly Named[]): (one: Named) => string {
  const codes = new Map<string, string>();
  const isOther = ({ key }: Named): boolean => key.startsWith(otherPrefix);
  for (const one of all.filter(isOther)) {
    const [name, code] = [nameOf(one.key), codeOf(one)];
    const known = codes.get(name);
    if (name !== '' && code !== undefined && (known === undefined || code < known)) codes.set(name, code);
  }
  return (one) => {
    if (!isOther(one)) return one.key;
    const name = nameOf(one.key);
    return `${otherPrefix}${codeOf(one) ?? codes.get(name) ?? name}`;
  };
}

const notResuscitating = (label: string): Treatment => ({ key: 'cpr', label, ambiguous: true, denies: true });

const fromCode = (code: string, label: string): Treatment | undefined => {
  if (notForResuscitation.has(code)) return notResuscitating(label);
  const key = treatmentKeys.get(code);
  if (key === undefined) return undefined;
  const denies = treatmentOfWords(label)?.denies;
  return { key, label, ambiguous: code === ambiguousIcd, ...(denies && { denies }) };
};

const negation = /^(?:niet|geen|do not|not|no)[ -](?:meer )?/;

/** A line of the card in its exact words. A yes to "niet reanimeren" is a no, or is it? Nobody guesses. */
function treatmentOfWords(label: string): Treatment | undefined {
  const words = plainText(label).replace(/ \((?:verrichting|procedure)\)$/, '');
  const key = treatmentWords.get(words);
  if (key !== undefined) return { key, label, ambiguous: false };
  const denied = negation.test(words) ? treatmentWords.get(words.replace(negation, '')) : undefined;
  return denied === undefined ? undefined : { key: denied, label, ambiguous: true, denies: true };
}

/** A treatment in words alone, as zib2020 sends what its list cannot say: `… (SNOMED CT - 400231000146108)`. */
export function treatmentOfText(text: string): Treatment {
  const quoted = (text.match(quotedCode) ?? [])
    .map((code) => fromCode(code, text))
    .find((found) => found !== undefined);
  if (quoted) return quoted;
  const named = treatmentOfWords(text);
  if (named === undefined && deniesResuscitation(text)) return notResuscitating(text);
  return named ?? { key: `${otherPrefix}${text}`, label: text, ambiguous: false };
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
  const said = label ?? codings.find(({ code }) => code !== 'OTH')?.code;
  if (said === undefined) return [];
  const named =
    label === undefined
      ? { key: `${otherPrefix}${said}`, label: said, ambiguous: false }
      : treatmentOfText(said);
  const code = codings.find((one) => mayBeSnomed(one.system) && /^\d{6,18}$/.test(one.code))?.code;
  return [code === undefined ? named : { ...named, code }];
}
