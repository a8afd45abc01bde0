// How is a medication overview told on a terminal? One table per group, then findings with their places, then holders.
import type { Change } from '../exchange/medication/diff.ts';
import type { Finding } from '../exchange/medication/findings.ts';
import { changeCells, dayCell, dosingCell, useCell } from '../exchange/medication/lineWords.ts';
import type { Line, Overview } from '../exchange/medication/overview.ts';
import { ruleTexts } from '../exchange/medication/rules.ts';
import { inlineText, safeText } from '../exchange/pages/safeText.ts';
import type { Language } from '../model.ts';
import { aligned, type Terminal } from './terminal.ts';

const words = {
  nl: {
    title: 'Medicatieoverzicht op',
    groups: {
      current: 'Huidig',
      future: 'Toekomstig',
      ended: 'Recent beëindigd',
      paused: 'Onderbroken',
      useOnly: 'Alleen gebruik bekend',
    },
    columns: ['Geneesmiddel', 'Dosering', 'Gebruik', 'Weg', 'Start', 'Eind', 'Door', 'Waarom'],
    none: 'geen',
    history: 'In de historie',
    findings: 'Bevindingen',
    holders: 'Bronhouders',
    changes: 'Veranderd sinds',
    records: 'bouwstenen',
    outcomes: {
      answered: 'antwoordde',
      partial: 'antwoordde niet volledig',
      denied: 'geen toestemming',
      unavailable: 'niet gelukt',
      silent: 'geen antwoord',
    },
  },
  en: {
    title: 'Medication overview at',
    groups: {
      current: 'Current',
      future: 'Future',
      ended: 'Recently ended',
      paused: 'Paused',
      useOnly: 'Use only',
    },
    columns: ['Medicine', 'Dosage', 'Use', 'Route', 'Start', 'End', 'By', 'Why'],
    none: 'none',
    history: 'In the history',
    findings: 'Findings',
    holders: 'Data holders',
    changes: 'Changed since',
    records: 'building blocks',
    outcomes: {
      answered: 'answered',
      partial: 'answered in part',
      denied: 'no consent',
      unavailable: 'failed',
      silent: 'no answer',
    },
  },
} as const;

const groups = ['current', 'future', 'ended', 'paused', 'useOnly'] as const;
/** Holders' words on one line: they neither break the table nor steer the terminal. */
const plain = (text: string): string => inlineText(safeText(text));

function row(line: Line, language: Language): string[] {
  const author = line.agreedBy ?? line.dispensedBy;
  const [first] = line.why;
  return [
    `  ${plain(line.medicine)}`,
    plain(dosingCell(line)),
    useCell(line, language),
    plain(line.route ?? ''),
    dayCell(line.period.start),
    dayCell(line.period.end) || plain(line.period.criterion ?? ''),
    plain([author?.name, author?.organisation].filter(Boolean).join(', ')),
    first ? ruleTexts[first.rule][language] : '',
  ];
}

/** The lines to print, in Dutch or English. */
export function overviewLines(
  overview: Overview & { since?: string; changes?: readonly Change[] },
  language: Language,
  { paint }: Terminal,
): string[] {
  const said = words[language];
  const tables = groups.flatMap((group) => {
    const title = paint('bold', `${said.groups[group]} (${overview[group].length})`);
    if (overview[group].length === 0) return [title, `  ${said.none}`, ''];
    const [head = '', ...columns] = said.columns;
    const rows = overview[group].map((line) => row(line, language));
    return [title, ...aligned([[`  ${head}`, ...columns], ...rows]), ''];
  });
  const changes = overview.changes ?? [];
  const changed =
    overview.since === undefined
      ? []
      : [
          paint('bold', `${said.changes} ${overview.since} (${changes.length})`),
          ...changes.map(changeLine),
          '',
        ];
  const { history, findings, holders } = overview;
  const holderRows = holders.map(({ holder, name, outcome, records }) => [
    `  ${plain(name ?? holder)}`,
    said.outcomes[outcome],
    `${records} ${said.records}`,
  ]);
  return [
    paint('bold', `${said.title} ${overview.at}`),
    '',
    ...changed,
    ...tables,
    `${said.history}: ${history.length} ${said.records}`,
    '',
    paint('bold', `${said.findings} (${findings.length})`),
    ...findings.map((one) => findingLine(one, language)),
    '',
    paint('bold', said.holders),
    ...aligned(holderRows),
  ];
}

function changeLine({ kind, medicine, ...change }: Change): string {
  const values = changeCells(change).join(' -> ');
  return `  ${kind}  ${plain(medicine)}${values === '' ? '' : `: ${plain(values)}`}`;
}

function findingLine({ severity, rule, text, detail, places }: Finding, language: Language): string {
  const what = detail === undefined ? '' : ` (${plain(detail)})`;
  const where = places.map(({ holder, path }) => `${holder}: ${path}`).join(', ');
  return `  ${severity}  ${text[language]}${what}  [${rule}]  ${plain(where)}`;
}
