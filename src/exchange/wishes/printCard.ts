// How is a card read in a terminal? What is missing and what conflicts first, then line by line, with signs beside the words.
import type { Language } from '../../model.ts';
import { inlineText } from '../pages/safeText.ts';
import type { Card, CardLine, HistoryEntry } from './cardShape.ts';
import {
  cardWords,
  conflictWords,
  decisionWord,
  findingWord,
  keyWords,
  methodWords,
  noteWord,
  roleWord,
  standingWords,
  stateWords,
} from './cardWords.ts';
import { mainKeys } from './codes.ts';
import { printGoal } from './printGoal.ts';
import { silentIn } from './silent.ts';
import { otherPrefix } from './treatment.ts';

export type PrintedLine = { text: string; tone: 'alarm' | 'warning' | 'plain' | 'quiet' };

type Say = (word: Readonly<Record<Language, string>>) => string;

const plain = (text: string): PrintedLine => ({ text, tone: 'plain' });
const quiet = (text: string): PrintedLine => ({ text, tone: 'quiet' });

/** The name of a line: its treatment, in the language or in the source's words. */
export function lineName(key: string, language: Language): string {
  const main = mainKeys.find((one) => one === key);
  return main === undefined ? inlineText(key.slice(otherPrefix.length)) : keyWords[main][language];
}

/** `11 months`; empty when the age is not known. */
export function ageWords(days: number | null, language: Language): string {
  if (days === null) return '';
  if (days < 60) return `${days} ${cardWords.days[language]}`;
  if (days < 730) return `${Math.floor(days / 30.44)} ${cardWords.months[language]}`;
  return `${Math.floor(days / 365.25)} ${cardWords.years[language]}`;
}

const ageOf = (days: number | null, language: Language): string =>
  days === null ? '' : ` (${ageWords(days, language)})`;

function entryText(entry: HistoryEntry, say: Say): string {
  const word = decisionWord(entry);
  const parts = [
    `${entry.contradicts ? '≠ ' : '  '}${word.sign} ${say(word)}`,
    entry.date ?? say(cardWords.undated),
    [entry.holder, ...(entry.also ?? [])].map(inlineText).join(', '),
    ...(entry.method === undefined ? [] : [say(methodWords[entry.method])]),
    ...(entry.standing === undefined ? [] : [say(standingWords[entry.standing])]),
    ...(entry.verbatim === undefined ? [] : [`“${inlineText(entry.verbatim)}”`]),
  ];
  return `      ${parts.join('  ')}`;
}

export function printLine(line: CardLine, language: Language): PrintedLine[] {
  const say: Say = (word) => word[language];
  const decided = decisionWord(line);
  const conflict = line.conflict === 'none' ? '' : `  !! ${say(conflictWords[line.conflict])}`;
  const where =
    line.holder === null
      ? ''
      : `  ${line.date ?? say(cardWords.undated)}${ageOf(line.age_days, language)}  ${[line.holder, ...(line.also ?? [])].map(inlineText).join(', ')}`;
  const method = line.method === null ? '' : `, ${say(methodWords[line.method])}`;
  const tone = line.conflict === 'strong' ? 'alarm' : line.conflict === 'weak' ? 'warning' : 'plain';
  return [
    {
      text: `${decided.sign} ${say(decided).padEnd(15)}  ${lineName(line.key, language)}${where}${method}${conflict}`,
      tone: line.decision === 'no_record' ? 'quiet' : tone,
    },
    ...(line.verbatim ? [plain(`      “${inlineText(line.verbatim)}”`)] : []),
    ...(line.by === undefined ? [] : [quiet(`      ${say(cardWords.by)} ${inlineText(line.by)}`)]),
    ...(line.notes ?? []).map(
      (note): PrintedLine => ({ text: `      ! ${noteWord(note, language)}`, tone: 'warning' }),
    ),
    ...(line.history ?? []).map((entry) => quiet(entryText(entry, say))),
    ...(line.omitted === undefined ? [] : [quiet(`      + ${line.omitted} ${say(cardWords.omitted)}`)]),
  ];
}

export function printHolders(card: Card, language: Language): PrintedLine[] {
  const say: Say = (word) => word[language];
  const names = (wanted: boolean): string[] =>
    card.holders
      .filter(
        ({ state, records, left_out }) =>
          state === 'answered' && left_out === undefined && records > 0 === wanted,
      )
      .map(({ name }) => inlineText(name));
  const missing = silentIn(card).map(
    ({ name, state }): PrintedLine => ({
      text: `!! ${say(cardWords.incomplete)}: ${inlineText(name)} ${say(stateWords[state])}`,
      tone: 'alarm',
    }),
  );
  const others = card.holders
    .filter(({ left_out }) => left_out !== undefined)
    .map(
      ({ name, left_out }): PrintedLine => ({
        text: `!! ${inlineText(name)}: ${left_out}× ${say(cardWords.otherPatient)}`,
        tone: 'alarm',
      }),
    );
  const list = (word: string, found: readonly string[]): PrintedLine[] =>
    found.length === 0 ? [] : [plain(`${word}: ${found.join(', ')}`)];
  return [
    ...missing,
    ...others,
    ...list(say(cardWords.answeredBy), names(true)),
    ...list(say(cardWords.noRecordAt), names(false)),
  ];
}

export function printPeople(card: Card, language: Language): PrintedLine[] {
  const say: Say = (word) => word[language];
  const { capacity } = card;
  const able = capacity?.capable === true ? say(cardWords.capable) : say(cardWords.incapable);
  const state =
    capacity === null
      ? []
      : [
          plain(
            [
              `${able}, ${capacity.date ?? say(cardWords.undated)}, ${inlineText(capacity.holder)}`,
              capacity.conflict ? `  !! ${say(cardWords.differ)}` : '',
              capacity.comment === undefined ? '' : `  “${inlineText(capacity.comment)}”`,
            ].join(''),
          ),
        ];
  const people = card.representatives.map((one) => {
    const roles = one.roles.map((role) => roleWord(role, language)).join(', ');
    const reach = one.phone ?? one.email ?? say(cardWords.noPhone);
    const relation = one.relation === undefined ? '' : `, ${inlineText(one.relation)}`;
    return plain(
      `  ☎ ${inlineText(reach)}  ${inlineText(one.name)}${relation}  ${roles}  (${inlineText(one.holder)})`,
    );
  });
  const listed = people.length > 0 ? people : [plain(`  ${say(cardWords.nobody)}`)];
  return [...state, plain(`${say(cardWords.speakers)}:`), ...listed];
}

export function printRest(card: Card, language: Language): PrintedLine[] {
  const say: Say = (word) => word[language];
  const statements = card.statements.map((one) =>
    plain(
      `  ${inlineText(one.type)}  ${one.date ?? say(cardWords.undated)}  ${inlineText(one.holder)}  “${inlineText(one.verbatim)}”`,
    ),
  );
  const findings = card.findings.map(
    ({ severity, code, holder, count, place }): PrintedLine => ({
      text: `  ${inlineText(holder)}: ${findingWord(code, language)} (${count}×, ${inlineText(place)})`,
      tone: severity === 'error' ? 'alarm' : 'quiet',
    }),
  );
  return [
    ...(statements.length === 0 ? [] : [plain(`${say(cardWords.statements)}:`), ...statements]),
    ...(findings.length === 0 ? [] : [plain(`${say(cardWords.findings)}:`), ...findings]),
    ...(card.omitted === undefined ? [] : [plain(`+ ${card.omitted} ${say(cardWords.omitted)}`)]),
  ];
}

const urgency = { strong: 0, weak: 1, none: 2 };

/** The card as lines of text, with a tone for those who can show colour. */
export function printCard(card: Card, language: Language): PrintedLine[] {
  const say: Say = (word) => word[language];
  const { patient } = card;
  const born = patient?.birthDate ? `, ${say(cardWords.born)} ${inlineText(patient.birthDate)}` : '';
  const name = patient?.name ? inlineText(patient.name) : say(cardWords.unnamed);
  const lines = [...card.lines].sort(
    (a, b) =>
      urgency[a.conflict] - urgency[b.conflict] ||
      Number(a.decision === 'no_record') - Number(b.decision === 'no_record'),
  );
  return [
    plain(`${say(cardWords.title)}  ${name}${born}  ${card.at}`),
    ...printHolders(card, language),
    plain(''),
    ...lines.flatMap((line) => printLine(line, language)),
    plain(''),
    ...printGoal(card, language),
    ...printPeople(card, language),
    ...printRest(card, language),
  ];
}
