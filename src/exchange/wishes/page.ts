// How does a crew read its card on a phone, at night, at arm's length? Missing holders first, then resuscitation, then the rest.
import type { Language } from '../../model.ts';
import { dateWords, escaped, foreign, momentWords, printPage, timeElement } from '../pages/page.ts';
import type { Card, CardLine } from './cardShape.ts';
import { cardWords, conflictWords, findingWord, goalWord, roleWord, stateWords } from './cardWords.ts';
import {
  dated,
  isBare,
  printLine,
  printUnrecorded,
  quote,
  whoIsSilent,
  whoSaidNothing,
} from './pageLines.ts';
import { cardStyle } from './pageStyle.ts';
import { pageWords } from './pageWords.ts';
import { silentIn } from './silent.ts';

type Holder = Card['holders'][number];

/** A complete HTML document: no script, every text escaped, a sign and a word beside each colour. */
export function printCardPage(card: Card, language: Language): string {
  const who = whoSaidNothing(card, language);
  const [cpr, ...others] = card.lines;
  const recorded = others.filter((line) => !isBare(line));
  const unlimited = escaped(pageWords.noLimits[language]);
  const shown = (line: CardLine): string => {
    const told = isBare(line) && who ? `${who} ${unlimited}` : unlimited;
    return printLine(line, language, line.decision === 'no_record' ? `<p class="where">${told}</p>` : '');
  };
  return printPage({
    language,
    title: pageWords.title[language],
    style: cardStyle,
    body: [
      printHeader(card, language),
      '<main>',
      printMissing(card, language),
      cpr === undefined ? '' : shown(cpr),
      `<a class="jump" href="#people"><span aria-hidden="true">☎ </span>${escaped(cardWords.speakers[language])}</a>`,
      recorded.length > 0 ? `<h2>${escaped(pageWords.other[language])}</h2>` : '',
      ...recorded.map(shown),
      printUnrecorded(others.filter(isBare), who, language),
      printPeople(card, language),
      printGoal(card, language),
      printStatements(card, language),
      printHolders(card, language),
      printFindings(card, language),
      '</main>',
      `<footer><p>${escaped(pageWords.once[language])}</p></footer>`,
    ],
  });
}

const stateOf =
  (language: Language) =>
  ({ state }: Pick<Holder, 'state'>): string =>
    escaped(stateWords[state][language]);

/** Whole years at the moment of the card. */
function yearsAt(birthDate: string, at: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(birthDate)) return undefined;
  const [day, now] = [birthDate.slice(5), at.slice(0, 10)];
  return Number(now.slice(0, 4)) - Number(birthDate.slice(0, 4)) - (now.slice(5) < day ? 1 : 0);
}

function printHeader({ patient, at }: Card, language: Language): string {
  const name = patient?.name ? foreign(patient.name) : escaped(cardWords.unnamed[language]);
  const birth = patient?.birthDate;
  const years = birth ? yearsAt(birth, at) : undefined;
  const facts = [
    ...(birth
      ? [
          `${escaped(cardWords.born[language])} ${timeElement(birth, dateWords(birth, language))}${years === undefined ? '' : `, ${years} ${escaped(pageWords.yearsOld[language])}`}`,
        ]
      : []),
    ...(patient?.bsn
      ? [`<span class="whole">${pageWords.bsn[language]} ${escaped(patient.bsn)}</span>`]
      : []),
  ];
  const read = `${escaped(pageWords.readAt[language])} ${timeElement(at, momentWords(at, language))}`;
  return `<header><h1>${name}</h1><p>${facts.join(' · ')}</p><p>${read}</p></header>`;
}

/** Who did not give its whole answer, and whose records were of somebody else: before anything is decided on. */
function printMissing(card: Card, language: Language): string {
  const strange = card.holders.filter(({ left_out }) => left_out !== undefined);
  const missing = whoIsSilent(card, language);
  return [
    card.incomplete
      ? `<section class="alarm"><p><span aria-hidden="true">⚠ </span>${escaped(pageWords.incomplete[language])}${missing && `: ${missing}`}</p><p>${escaped(pageWords.mayDiffer[language])}</p></section>`
      : '',
    ...strange.map(
      ({ name, left_out }) =>
        `<section class="alarm"><p><span aria-hidden="true">⚠ </span>${foreign(name)}: ${left_out}× ${escaped(cardWords.otherPatient[language])}</p></section>`,
    ),
  ].join('');
}

/** A number that a phone can dial, or nothing: what else stands in it is shown and not linked. */
function dialled(phone: string): string | undefined {
  const plain = phone.replace(/\(0\)/, '').replace(/[\s().\-/]/g, '');
  return /^\+?\d{3,15}$/.test(plain) ? plain : undefined;
}

function printReach({ phone, email }: Card['representatives'][number], language: Language): string {
  const number = phone === null ? undefined : dialled(phone);
  if (phone !== null && number !== undefined)
    return `<a class="call" href="tel:${number}"><span aria-hidden="true">☎ </span>${escaped(pageWords.call[language])} ${escaped(phone)}</a>`;
  const text = phone ?? email;
  return `<p>${text === undefined ? escaped(cardWords.noPhone[language]) : foreign(text)}</p>`;
}

function printPeople({ capacity, representatives }: Card, language: Language): string {
  const able = capacity?.capable ? cardWords.capable : cardWords.incapable;
  const state = capacity
    ? [
        `<p class="note">${escaped(able[language])}${capacity.conflict ? ` <span class="bad">≠ ${escaped(cardWords.differ[language])}</span>` : ''}</p>`,
        capacity.comment ? `<blockquote>${foreign(capacity.comment)}</blockquote>` : '',
        `<p class="where">${dated(capacity.date, language)} · ${foreign(capacity.holder)}</p>`,
      ].join('')
    : '';
  const people = representatives.map((one) => {
    const relation = one.relation === undefined ? '' : ` (${foreign(one.relation)})`;
    const roles = one.roles.map((role) => escaped(roleWord(role, language))).join(', ');
    return `<li class="person"><p><strong>${foreign(one.name)}</strong>${relation}</p><p>${roles}</p>${printReach(one, language)}<p class="where">${foreign(one.holder)}</p></li>`;
  });
  const listed = people.length
    ? `<ul>${people.join('')}</ul>`
    : `<p>${escaped(cardWords.nobody[language])}</p>`;
  return `<h2 id="people">${escaped(cardWords.speakers[language])}</h2>${state}${listed}`;
}

/** What stands against the goal stands open beside it, as with decisions. */
function printGoalsAgainst({ history = [], omitted }: NonNullable<Card['goal']>, language: Language): string {
  const items = history.map(
    (one) =>
      `<li class="entry"><p><strong>${escaped(goalWord(one)[language])}</strong></p>${quote(one.verbatim)}<p class="where">${dated(one.date, language)} · ${foreign(one.holder)}</p></li>`,
  );
  const more = omitted ? `<p class="where">+ ${omitted} ${escaped(cardWords.omitted[language])}</p>` : '';
  if (items.length === 0) return more;
  return `<p class="note">${escaped(pageWords.against[language])}:</p><ul class="against">${items.join('')}</ul>${more}`;
}

function printGoal({ goal }: Card, language: Language): string {
  if (goal === null) return '';
  const differ =
    goal.conflict === 'none'
      ? ''
      : `<p class="conflict ${goal.conflict}"><span aria-hidden="true">≠ </span>${escaped(conflictWords[goal.conflict][language])}</p>`;
  const where = `<p class="where">${dated(goal.date, language)} · ${foreign(goal.holder)}</p>`;
  const said = `<p class="note">${escaped(goalWord(goal)[language])}</p>`;
  return `<h2>${escaped(cardWords.goal[language])}</h2><section class="line">${said}${differ}${quote(goal.verbatim)}${where}${printGoalsAgainst(goal, language)}</section>`;
}

function printStatements({ statements }: Card, language: Language): string {
  if (statements.length === 0) return '';
  const items = statements.map(
    (one) =>
      `<li class="entry"><p class="note">${foreign(one.type)}</p><blockquote>${foreign(one.verbatim)}</blockquote><p class="where">${dated(one.date, language)} · ${foreign(one.holder)}</p></li>`,
  );
  return `<h2>${escaped(cardWords.statements[language])}</h2><ul>${items.join('')}</ul>`;
}

function printHolders(card: Card, language: Language): string {
  const { holders } = card;
  const say = stateOf(language);
  const alone = silentIn({ ...card, holders: [] }).map(
    (one) => `<li>${foreign(one.name)}: <span class="bad">! ${say(one)}</span></li>`,
  );
  const items = holders.map((one) => {
    const { state, records } = one;
    const said = state === 'answered' ? '' : `<span class="bad">! ${say(one)}</span>`;
    const found = records > 0 ? `${records} ${pageWords.wishes[language]}` : pageWords.noWish[language];
    const told = state === 'answered' || records > 0 ? escaped(found) : '';
    return `<li>${foreign(one.name)}: ${[said, told].filter(Boolean).join(', ')}</li>`;
  });
  return `<h2 id="holders">${escaped(pageWords.holders[language])}</h2><ul class="holders">${[...items, ...alone].join('')}</ul>`;
}

function printFindings({ findings, omitted }: Card, language: Language): string {
  const items = findings.map(
    ({ code, holder, count, place }) =>
      `<li>${foreign(holder)}: ${escaped(findingWord(code, language))} (${count}×, ${foreign(place)})</li>`,
  );
  const more =
    omitted === undefined ? '' : `<p class="note">+ ${omitted} ${escaped(cardWords.omitted[language])}</p>`;
  if (items.length === 0) return more;
  return `${more}<details><summary>${escaped(cardWords.findings[language])} (${items.length})</summary><ul class="holders">${items.join('')}</ul></details>`;
}
