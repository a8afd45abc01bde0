// How does one treatment look in its table? Its blocks as rows, agreement first, and below them why it stands here and what went before.
import type { Language } from '../../model.ts';
import { dateWords, escaped, foreign, timeElement } from '../pages/page.ts';
import { useCell } from './lineWords.ts';
import { dutchDayOf } from './moments.ts';
import type { BlockView, Line, Past, Span } from './overview.ts';
import { columns, type Group, kindWords, pageWords, stopWords } from './pageWords.ts';
import { ruleTexts } from './rules.ts';

export const dated = (date: string | undefined, language: Language): string =>
  date === undefined ? '' : timeElement(date, dateWords(dutchDayOf(date), language));

/** In which language, and how a data holder is called. */
export type Told = { language: Language; nameOf(holder: string): string };

type Column = keyof typeof columns;

function cell(column: Column, content: string, language: Language): string {
  const label = escaped(columns[column][language]);
  return `<td role="cell" class="${column === 'start' || column === 'end' ? 'date' : column}" data-column="${label}">${content}</td>`;
}

/** The row's first cell names it for those who hear the table. */
function kindCell({ kind }: BlockView, language: Language): string {
  const words = escaped(kindWords[kind][language]);
  return `<th role="rowheader" scope="row" class="kind"><abbr title="${words}">${kind}</abbr></th>`;
}

function endOf({ end, criterion }: Span, language: Language): string {
  const until = criterion === undefined ? '' : foreign(criterion);
  if (end === undefined)
    return until || `<span class="soft">${escaped(pageWords.unlimited[language])}</span>`;
  return [dated(end, language), until].filter(Boolean).join('<br>');
}

const deviates = ({ used, asAgreed }: BlockView): boolean => used === false || asAgreed === false;

/** What the patient does, where somebody told; what deviates is strong. */
function useOf(block: BlockView, language: Language): string {
  const said = escaped(useCell(block, language));
  return deviates(block) ? `<strong>${said}</strong>` : said;
}

function sourceOf(block: BlockView, { language, nameOf }: Told): string {
  const { author, holders, copy, registered } = block;
  const who = [author?.name, author?.organisation].filter((one) => one !== undefined).map(foreign);
  const via = `${pageWords.via[language]} ${holders.map(nameOf).map(foreign).join(', ')}${copy ? ` (${escaped(pageWords.copy[language])})` : ''}`;
  const when =
    registered === undefined
      ? ''
      : `${escaped(pageWords.registered[language])} ${dated(registered, language)}`;
  return [...who, `<small class="soft">${[via, when].filter(Boolean).join(', ')}</small>`].join('<br>');
}

function remarksOf(block: BlockView, language: Language): string {
  const stop = block.stop === undefined ? '' : `<strong>${escaped(stopWords[block.stop][language])}</strong>`;
  const note = block.note === undefined ? '' : foreign(block.note);
  return [stop, useOf(block, language), note].filter(Boolean).join('<br>');
}

/** Where the line stands in time, in words: `stops 3 Jan 2024`. */
function chipOf(line: Line, group: Group, language: Language): string {
  const say = (word: keyof typeof pageWords): string => escaped(pageWords[word][language]);
  const { start, end } = line.period;
  const at = line.stop?.at ?? end;
  const chips: Readonly<Record<Group, string | undefined>> = {
    current: line.stop && at && `${say('stopsOn')} ${dated(at, language)}`,
    future: start && `${say('startsOn')} ${dated(start, language)}`,
    ended:
      at && `${line.stop ? escaped(stopWords.stopped[language]) : say('endedOn')} ${dated(at, language)}`,
    paused: at && `${say('pausedSince')} ${dated(at, language)}`,
    useOnly: undefined,
  };
  const chip = chips[group];
  return chip ? `<br><span class="chip">${chip}</span>` : '';
}

const given = (text: string | undefined): string => (text ? foreign(text) : '');

type Row = Told & { lead?: boolean; chip?: string };

function rowOf(block: BlockView, { lead = false, chip = '', ...told }: Row): string {
  const { language } = told;
  const classes = [lead ? 'lead' : '', block.stop ? 'stop' : '', deviates(block) ? 'deviates' : ''].filter(
    Boolean,
  );
  return [
    `<tr role="row"${classes.length ? ` class="${classes.join(' ')}"` : ''}>`,
    kindCell(block, language),
    cell('medicine', `${foreign(block.medicine)}${chip}`, language),
    cell('start', dated(block.period.start ?? block.done, language), language),
    cell('end', endOf(block.period, language), language),
    cell('dosage', given(block.dosage), language),
    cell('route', given(block.route), language),
    cell('reason', given(block.reason), language),
    cell('remarks', remarksOf(block, language), language),
    cell('source', sourceOf(block, told), language),
    '</tr>',
  ].join('');
}

const short = (record: string): string => `<code>${foreign(record.slice(record.indexOf('|') + 1))}</code>`;

function whyOf(line: Line, language: Language): string {
  const items = line.why.map(
    ({ rule, records }) => `<li>${escaped(ruleTexts[rule][language])} ${records.map(short).join(', ')}</li>`,
  );
  return `<details><summary>${escaped(pageWords.why[language])}: ${escaped(firstRule(line, language))}</summary><ul>${items.join('')}</ul></details>`;
}

const firstRule = ({ why: [first] }: Line, language: Language): string =>
  first === undefined ? '' : ruleTexts[first.rule][language];

/** A block of the history with the rule that put it there. */
export function printPast(past: Past, told: Told): string {
  const { language } = told;
  const { kind, period, by, rule } = past;
  const span = [dated(period.start ?? past.done, language), dated(period.end, language)]
    .filter(Boolean)
    .join(' – ');
  const facts = [
    `<strong>${kind}</strong> ${foreign(past.medicine)}`,
    span,
    ...[past.dosage, past.reason, past.note].map(given),
    `${escaped(ruleTexts[rule][language])}${by.length ? ` (${escaped(pageWords.by[language])} ${by.map(short).join(', ')})` : ''}`,
    sourceOf(past, told).replaceAll('<br>', ', '),
  ];
  return `<li>${facts.filter(Boolean).join(' · ')}</li>`;
}

function historyOf(history: readonly Past[], told: Told): string {
  if (history.length === 0) return '';
  const items = history.map((one) => printPast(one, told)).join('');
  return `<details><summary>${escaped(pageWords.history[told.language])} (${history.length})</summary><ul>${items}</ul></details>`;
}

/** A table of lines; each treatment's history is told with the first of its lines. */
export function printTable(
  lines: readonly Line[],
  shown: Told & { group: Group; takeHistory(treatment: string): readonly Past[] },
): string {
  const { group, language, nameOf, takeHistory } = shown;
  const told = { language, nameOf };
  const head = Object.values(columns).map(
    (words) => `<th role="columnheader" scope="col">${escaped(words[language])}</th>`,
  );
  const bodies = lines.map((line) => {
    const rows = line.blocks.map((block, index) =>
      rowOf(block, index === 0 ? { ...told, lead: true, chip: chipOf(line, group, language) } : told),
    );
    const fold = `${whyOf(line, language)}${historyOf(takeHistory(line.treatment), told)}`;
    return `<tbody role="rowgroup">${rows.join('')}<tr role="row" class="fold"><td role="cell" colspan="${head.length}"><div class="folds">${fold}</div></td></tr></tbody>`;
  });
  return `<table role="table"><thead role="rowgroup"><tr role="row">${head.join('')}</tr></thead>${bodies.join('')}</table>`;
}
