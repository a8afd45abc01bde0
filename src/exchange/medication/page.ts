// How does a professional read a medication overview? Patient, moment and who did not answer on top, then the tables of the official viewer.
import type { Language } from '../../model.ts';
import { dateWords, escaped, foreign, momentWords, printPage, timeElement } from '../pages/page.ts';
import type { Change } from './diff.ts';
import type { Finding } from './findings.ts';
import { changeCells } from './lineWords.ts';
import type { HolderState, Overview, Past } from './overview.ts';
import { overviewStyle } from './pageStyle.ts';
import { printPast, printTable, type Told } from './pageTable.ts';
import { changeWords, type Group, groupWords, kindWords, outcomeWords, pageWords } from './pageWords.ts';

export type OverviewPatient = { name: string | null; birthDate: string | null; bsn: string | null };
export type ShownOverview = Overview & { since?: string; changes?: readonly Change[] };

const groups = Object.keys(groupWords) as Group[];

/** A complete HTML document: no script, every text escaped, a word beside each colour. */
export function printOverviewPage(
  overview: ShownOverview,
  language: Language,
  patient: OverviewPatient | null = null,
): string {
  const history = new Map<string, Past[]>();
  for (const past of overview.history)
    history.set(past.treatment, [...(history.get(past.treatment) ?? []), past]);
  const takeHistory = (treatment: string): readonly Past[] => {
    const found = history.get(treatment) ?? [];
    history.delete(treatment);
    return found;
  };
  const names = new Map(overview.holders.map((one) => [one.holder, one.name ?? one.holder]));
  const told: Told = { language, nameOf: (holder) => names.get(holder) ?? holder };
  const tables = groups
    .filter((group) => overview[group].length > 0 || group === 'current')
    .map((group) => printGroup(overview, { ...told, group, takeHistory }));
  return printPage({
    language,
    title: pageWords.title[language],
    style: overviewStyle,
    body: [
      printHeader(overview, language, patient),
      '<main>',
      printChanges(overview, language),
      ...tables,
      printOtherHistory([...history.values()].flat(), told),
      printFindings(overview.findings, told),
      '</main>',
      `<footer><p>${legend(language)}</p><p>${escaped(pageWords.made[language])}</p><p>${escaped(pageWords.once[language])}</p></footer>`,
    ],
  });
}

const legend = (language: Language): string =>
  Object.entries(kindWords)
    .map(([kind, words]) => `${kind}: ${escaped(words[language])}`)
    .join(' · ');

function printHeader({ at, holders }: Overview, language: Language, patient: OverviewPatient | null): string {
  const name = patient?.name ? foreign(patient.name) : escaped(pageWords.unnamed[language]);
  const birth = patient?.birthDate;
  const facts = [
    `${escaped(pageWords.patient[language])}: <strong>${name}</strong>`,
    ...(birth
      ? [`${escaped(pageWords.born[language])} ${timeElement(birth, dateWords(birth, language))}`]
      : []),
    ...(patient?.bsn ? [`BSN ${escaped(patient.bsn)}`] : []),
    `${escaped(pageWords.moment[language])} <strong>${timeElement(at, momentWords(at, language))}</strong>`,
  ];
  return [
    `<header><h1>${escaped(pageWords.title[language])}</h1>`,
    `<ul class="facts">${facts.map((fact) => `<li>${fact}</li>`).join('')}</ul>`,
    printMissing(holders, language),
    `<h2>${escaped(pageWords.holders[language])}</h2>${printHolders(holders, language)}</header>`,
  ].join('');
}

const nameOf = ({ name, holder }: HolderState): string => foreign(name ?? holder);

function printHolders(holders: readonly HolderState[], language: Language): string {
  if (holders.length === 0) return `<p>${escaped(pageWords.nobody[language])}</p>`;
  const items = holders.map((one) => {
    const { sign, [language]: words } = outcomeWords[one.outcome];
    const isGood = one.outcome === 'answered';
    const found = isGood || one.records > 0 ? `, ${one.records} ${escaped(pageWords.blocks[language])}` : '';
    return `<li${isGood ? '' : ' class="bad"'}><span class="sign" aria-hidden="true">${sign}</span>${nameOf(one)}: ${escaped(words)}${found}</li>`;
  });
  return `<ul class="holders">${items.join('')}</ul>`;
}

/** A gap that nobody sees is the danger of every overview. */
function printMissing(holders: readonly HolderState[], language: Language): string {
  const missing = holders.filter(({ outcome }) => outcome !== 'answered');
  if (missing.length === 0) return '';
  const named = missing.map((one) => `${nameOf(one)} ${escaped(outcomeWords[one.outcome][language])}`);
  return `<section class="alarm"><p><strong><span aria-hidden="true">⚠ </span>${escaped(pageWords.incomplete[language])}:</strong> ${named.join('; ')}. ${escaped(pageWords.more[language])}</p></section>`;
}

function printChanges({ since, changes = [] }: ShownOverview, language: Language): string {
  if (since === undefined) return '';
  const items = changes.map(({ kind, medicine, ...change }) => {
    const values = changeCells(change).map((one) => foreign(dateWords(one, language)));
    return `<li><strong>${escaped(changeWords[kind][language])}</strong> ${foreign(medicine)}${values.length ? `: ${values.join(' → ')}` : ''}</li>`;
  });
  const listed = items.length
    ? `<ul>${items.join('')}</ul>`
    : `<p>${escaped(pageWords.unchanged[language])}</p>`;
  return `<h2>${escaped(pageWords.changes[language])} ${timeElement(since, momentWords(since, language))} (${items.length})</h2>${listed}`;
}

function printGroup(overview: Overview, shown: Parameters<typeof printTable>[1]): string {
  const { group, language } = shown;
  const lines = overview[group];
  const title = `<h2>${escaped(groupWords[group][language])} (${lines.length})</h2>`;
  return lines.length > 0
    ? `${title}${printTable(lines, shown)}`
    : `${title}<p>${escaped(pageWords.none[language])}.</p>`;
}

function printOtherHistory(history: readonly Past[], told: Told): string {
  if (history.length === 0) return '';
  const { language } = told;
  const items = history.map((one) => printPast(one, told)).join('');
  return `<h2>${escaped(pageWords.otherHistory[language])}</h2><details><summary>${history.length} ${escaped(pageWords.blocks[language])}</summary><ul>${items}</ul></details>`;
}

function printFinding({ text, detail, places, rule }: Finding, { language, nameOf }: Told): string {
  const what = detail === undefined ? '' : ` (${foreign(detail)})`;
  const where = places
    .map(({ holder, path }) => `${foreign(nameOf(holder))} <code>${foreign(path)}</code>`)
    .join(', ');
  return `<li>${escaped(text[language])}${what} <span class="soft">[${rule}] ${where}</span></li>`;
}

function printFindings(findings: readonly Finding[], told: Told): string {
  if (findings.length === 0) return '';
  const { language } = told;
  const parts = (['warning', 'information'] as const).map((severity) => {
    const own = findings.filter((one) => one.severity === severity);
    const word = pageWords[severity === 'warning' ? 'warnings' : 'notes'][language];
    const items = own.map((one) => printFinding(one, told)).join('');
    return own.length
      ? `<details${severity === 'warning' ? ' open' : ''}><summary>${own.length} ${escaped(word)}</summary><ul>${items}</ul></details>`
      : '';
  });
  return `<h2>${escaped(pageWords.findings[language])}</h2>${parts.join('')}`;
}
