// How does one decision look on the page? Sign and word first, then the source's own words, who and when, and who says otherwise.
import type { Language } from '../../model.ts';
import { dateWords, escaped, foreign, timeElement } from '../pages/page.ts';
import type { Card, CardLine, HistoryEntry } from './cardShape.ts';
import {
  cardWords,
  conflictWords,
  type Decided,
  decisionWord,
  decisionWords,
  isUninterpreted,
  methodWords,
  noteWord,
  standingWords,
  stateWords,
} from './cardWords.ts';
import { cprWords, pageWords } from './pageWords.ts';
import { ageWords, lineName } from './printCard.ts';
import { isSilent, type Silent, silentIn } from './silent.ts';

const sign = (decision: CardLine['decision']): string =>
  `<span class="sign" aria-hidden="true">${decisionWords[decision].sign}</span>`;

export const quote = (text: string | null | undefined): string =>
  text ? `<blockquote>${foreign(text)}</blockquote>` : '';

export function dated(date: string | null, language: Language): string {
  return date === null ? escaped(cardWords.undated[language]) : timeElement(date, dateWords(date, language));
}

function age(days: number | null, language: Language): string {
  const words = ageWords(days, language);
  return words === '' ? '' : ` (${escaped(words)} ${escaped(pageWords.ago[language])})`;
}

const also = (holders: readonly string[] | undefined, language: Language): string =>
  holders === undefined || holders.length === 0
    ? ''
    : `, ${pageWords.alsoAt[language]} ${holders.map(foreign).join(', ')}`;

type Shown = { key: string; language: Language };

const decided = (one: Decided, { key, language }: Shown): string =>
  escaped((key === 'cpr' && !isUninterpreted(one) ? cprWords[one.decision] : decisionWord(one))[language]);

function entry(one: HistoryEntry, shown: Shown): string {
  const { language } = shown;
  const facts = [
    dated(one.date, language),
    `${foreign(one.holder)}${also(one.also, language)}`,
    ...(one.method === undefined ? [] : [escaped(methodWords[one.method][language])]),
    ...(one.standing === undefined ? [] : [escaped(standingWords[one.standing][language])]),
  ];
  const said = `<strong>${sign(one.decision)}${decided(one, shown)}</strong>`;
  return `<li class="entry ${one.decision}"><p>${said}</p>${quote(one.verbatim)}<p class="where">${facts.join(' · ')}</p></li>`;
}

const isOpen = ({ contradicts, uninterpreted }: HistoryEntry): boolean =>
  contradicts === true || uninterpreted === true;

/** What contradicts, or may, stands open beside the decision; the rest is folded. */
function history({ key, history: entries = [], omitted }: CardLine, language: Language): string {
  const shown = { key, language };
  const against = entries.filter(isOpen);
  const past = entries.filter((one) => !isOpen(one));
  const more = omitted ? `<p class="where">+ ${omitted} ${escaped(cardWords.omitted[language])}</p>` : '';
  const opposed = against.length
    ? `<p class="note">${escaped(pageWords.against[language])}:</p><ul class="against">${against.map((one) => entry(one, shown)).join('')}</ul>`
    : '';
  const folded = past.length
    ? `<details><summary>${escaped(pageWords.earlier[language])} (${past.length})</summary><ul>${past.map((one) => entry(one, shown)).join('')}</ul></details>`
    : '';
  return `${opposed}${folded}${more}`;
}

function conflict({ conflict: kind }: CardLine, language: Language): string {
  if (kind === 'none') return '';
  return `<p class="conflict ${kind}"><span aria-hidden="true">≠ </span>${escaped(conflictWords[kind][language])}</p>`;
}

function where(line: CardLine, language: Language): string {
  if (line.holder === null) return '';
  const method = line.method === null ? '' : ` · ${escaped(methodWords[line.method][language])}`;
  const by = line.by === undefined ? '' : `<br>${escaped(cardWords.by[language])} ${foreign(line.by)}`;
  return `<p class="where">${dated(line.date, language)}${age(line.age_days, language)} · ${foreign(line.holder)}${also(line.also, language)}${method}${by}</p>`;
}

/** One decision as a panel of its own; `extra` is what stands below it. */
export function printLine(line: CardLine, language: Language, extra = ''): string {
  const isCpr = line.key === 'cpr';
  const heading = isCpr ? 'h2' : 'h3';
  const name = foreign(lineName(line.key, language));
  const said = decided(line, { key: line.key, language });
  const classes = [
    'line',
    line.decision,
    ...(isCpr ? ['cpr'] : []),
    ...(line.conflict === 'strong' ? ['strong'] : []),
  ];
  return [
    `<section class="${classes.join(' ')}"><${heading}>${name}</${heading}>`,
    conflict(line, language),
    `<p class="said">${sign(line.decision)}<span>${said}</span></p>`,
    quote(line.verbatim),
    where(line, language),
    ...(line.notes ?? []).map((note) => `<p class="note">! ${escaped(noteWord(note, language))}</p>`),
    history(line, language),
    extra,
    '</section>',
  ].join('');
}

/** Does the line say nothing at all, now or before? */
export const isBare = ({ decision, history: past = [], omitted = 0 }: CardLine): boolean =>
  decision === 'no_record' && past.length + omitted === 0;

/** Lines of which nobody recorded anything: short, with who was asked, and never "no limits". */
export function printUnrecorded(lines: readonly CardLine[], who: string, language: Language): string {
  if (lines.length === 0) return '';
  const items = lines.map(
    (line) => `<li>${sign('no_record')}<span>${foreign(lineName(line.key, language))}</span></li>`,
  );
  return [
    `<h2>${escaped(pageWords.unrecorded[language])}</h2><ul class="none">${items.join('')}</ul>`,
    `<p class="where">${who}</p><p class="note">${escaped(pageWords.noLimits[language])}</p>`,
  ].join('');
}

/** More of them than these would stand before what they are told beside. */
const mostNamed = 6;

/** Who did not give its whole answer, by name; of many how many, with where their names stand. */
export function whoIsSilent(card: Card, language: Language): string {
  const silent = silentIn(card);
  const say = ({ state }: Pick<Silent, 'state'>): string => escaped(stateWords[state][language]);
  if (silent.length <= mostNamed) return silent.map((one) => `${foreign(one.name)} ${say(one)}`).join('; ');
  const counted = Map.groupBy(silent, ({ state }) => state);
  const parts = [...counted].map(([state, ones]) => `${ones.length}× ${say({ state })}`);
  return `${parts.join('; ')} (<a href="#holders">${escaped(pageWords.whoTheyAre[language])}</a>)`;
}

/** Of a line that nobody recorded: "No record of this at A, B; C did not answer in time." */
export function whoSaidNothing(card: Card, language: Language): string {
  const empty = card.holders.filter((one) => !isSilent(one) && one.left_out === undefined);
  const silent = whoIsSilent(card, language);
  const parts = [
    ...(empty.length
      ? [
          `${escaped(cardWords.nothingOnThisAt[language])} ${empty.map(({ name }) => foreign(name)).join(', ')}`,
        ]
      : []),
    ...(silent === '' ? [] : [silent]),
  ];
  return parts.length ? `${parts.join('; ')}.` : '';
}
