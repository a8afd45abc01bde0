// What does one decision question of a form say, and of which treatment? Whatever was answered is told; a limit is never read past.
import { mayBeSnomed, treatmentKeys, unnamedWords } from './codes.ts';
import { decisionOf, isDecision, isUndecidedText } from './decision.ts';
import { allBelow, answersOf, type FormItem, textAnswers } from './formItems.ts';
import { aboutOthers, limitItem, nameItems, textItems } from './formLayouts.ts';
import type { Decision, WishRecord } from './records.ts';
import { besideTreatment } from './resuscitationBeside.ts';
import { otherPrefix, plainText, type Treatment, treatmentOfText, treatmentsOf } from './treatment.ts';
import { type Coding, codingsOf, type Tree, textOf, wordsOf } from './tree.ts';

const unnamed = 'Overige behandelgrenzen';

export type FormBase = Omit<WishRecord, 'key' | 'decision' | 'interpreted' | 'verbatim'>;

/** The records of one question, and codes of findings on it. */
export type QuestionReading = { records: WishRecord[]; remarks: string[] };

const codingsIn = (item: Tree): Coding[] => answersOf(item).flatMap((answer) => codingsOf(answer));

/** The treatment that an item names by code. */
const treatmentIn = (item: Tree): string | undefined =>
  codingsIn(item)
    .filter(({ system }) => mayBeSnomed(system))
    .map(({ code }) => treatmentKeys.get(code))
    .find(Boolean);

const hasDecision = (item: Tree): boolean => answersOf(item).some(isDecision);

/**
 * The decision questions of a form that no table knows: those beside a question that names a treatment by code. Where
 * several stand in one row each goes with its neighbour, before or after it as the row begins.
 */
export function guessed({ linkId, item, beside }: FormItem): string | undefined {
  if (!hasDecision(item) || aboutOthers.has(linkId)) return undefined;
  const row = beside.filter((one) => hasDecision(one) || treatmentIn(one) !== undefined);
  const place = row.indexOf(item);
  const [first = item] = row;
  const nearest = treatmentIn(first) === undefined ? row.slice(place + 1) : row.slice(0, place).reverse();
  return nearest.map(treatmentIn).find(Boolean);
}

type Named = Pick<Treatment, 'key' | 'code' | 'denies'> & { ambiguous?: boolean };

const isNamed = (words: string): boolean => !unnamedWords.has(plainText(words));

/** The treatments that one answer names; "other" names one only in words of its own. */
function namedIn(answer: unknown): Treatment[] {
  const text = textOf(answer);
  if (text !== undefined) return [treatmentOfText(text)];
  if (!codingsOf(answer).some(({ code }) => code === 'OTH')) return treatmentsOf(answer);
  const words = wordsOf(answer);
  return words !== undefined && isNamed(words) ? [treatmentOfText(words)] : [];
}

/** The treatments of an "other" question: named in its own item, else beside it, else in its text. */
function othersIn({ linkId, item, beside }: FormItem, texts: readonly string[]): Named[] {
  const others = beside.filter((one) => one !== item);
  const own = others.filter((one) => one.linkId === nameItems[linkId]);
  const named = (own.length > 0 ? own : others).map((one) => answersOf(one).flatMap(namedIn));
  const [first = []] = named.filter((keys) => keys.length > 0);
  const all = first.length > 0 || texts[0] === undefined ? first : [treatmentOfText(texts[0])];
  const distinct = all.filter((one, index) => all.findIndex(({ key }) => key === one.key) === index);
  return distinct;
}

const ownItems = ({ linkId, beside }: FormItem): Tree[] =>
  beside.filter((one) => textItems[linkId]?.includes(textOf(one.linkId) ?? ''));

/** The texts in a question, and those of its own that stand beside it. */
const textsWith = (question: FormItem): string[] => [
  ...new Set([...allBelow(question.item), ...ownItems(question)].flatMap(textAnswers)),
];

function hasLimit(question: FormItem): boolean {
  const limit = limitItem(question.linkId);
  return [...allBelow(question.item), ...ownItems(question)].some(
    (one) => limit !== undefined && textOf(one.linkId) === limit && textAnswers(one).length > 0,
  );
}

/** An answer as it stands, also one without a code. */
export function wordsIn(answer: unknown): string {
  const words = textOf(answer) ?? wordsOf(answer);
  return words ?? codingsOf(answer)[0]?.code ?? JSON.stringify(answer) ?? '';
}

/** A code of either list, else words that say that nothing was decided; other words are not guessed at. */
function decisionsIn(answer: unknown): (Decision | undefined)[] {
  const codings = codingsOf(answer);
  if (codings.length > 0) return codings.map(decisionOf);
  return [isUndecidedText(wordsIn(answer)) ? 'unknown' : undefined];
}

function decisionIn({ item, modifiers }: FormItem): Decision | undefined {
  const decisions = new Set(answersOf(item).flatMap(decisionsIn));
  return decisions.size === 1 && modifiers.length === 0 ? [...decisions][0] : undefined;
}

function remarkOn({ modifiers }: FormItem, decision: Decision | undefined, isLimited: boolean): string[] {
  if (decision !== undefined) return isLimited ? ['limit-beside-yes'] : [];
  return [modifiers.length > 0 ? 'modifier-unknown' : 'decision-unreadable'];
}

/** What a question about a treatment records: nothing where it has no answer at all. */
export function readQuestion(question: FormItem, wanted: string, base: FormBase): QuestionReading {
  const answers = answersOf(question.item);
  const texts = textsWith(question);
  if (answers.length === 0 && texts.length === 0) return { records: [], remarks: [] };
  const decision = decisionIn(question);
  const named = wanted === 'other' ? othersIn(question, texts) : [{ key: wanted }];
  if (named.length === 0 && decision === 'do_not') return { records: [], remarks: ['other-not-named'] };
  const isLimited = decision === 'do' && hasLimit(question);
  const answer = answers.map(wordsIn).join(', ');
  const raw = [...question.modifiers.map((one) => JSON.stringify(one)), answer, ...texts];
  const record: Omit<WishRecord, 'key'> = {
    ...base,
    decision: isLimited ? 'conditional' : (decision ?? 'unknown'),
    interpreted: decision !== undefined,
    verbatim: decision === undefined ? raw.filter(Boolean).join(' | ') : texts.join(' | ') || answer,
  };
  const keys = named.length > 0 ? named : [{ key: `${otherPrefix}${unnamed}` }];
  const records = keys.map((one) => recordOf(one, record, raw));
  const beside = besideTreatment(records, texts, base);
  return { records: [...records, ...beside], remarks: remarkOn(question, decision, isLimited) };
}

/** What a treatment's own words may turn round is not interpreted, as in a directive. */
function recordOf(
  { key, code, ambiguous, denies }: Named,
  record: Omit<WishRecord, 'key'>,
  raw: readonly string[],
): WishRecord {
  const named = { ...record, key, ...(code === undefined ? {} : { code }) };
  const isDoubtful = ambiguous || (denies === true && record.decision !== 'do_not');
  if (!isDoubtful || !record.interpreted) return named;
  const isNo = denies === true && record.decision !== 'do_not';
  const unread = {
    decision: 'unknown',
    interpreted: false,
    verbatim: raw.filter(Boolean).join(' | '),
  } as const;
  return { ...named, ...unread, ...(isNo ? { denies: true } : {}) };
}
