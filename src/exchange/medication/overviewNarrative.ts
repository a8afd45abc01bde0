// How does an overview read in a FHIR narrative? Tables without scripts or links; every text of a holder is escaped.
import type { Language } from '../../model.ts';
import { escaped } from '../pages/page.ts';
import type { Author } from './block.ts';
import type { Change } from './diff.ts';
import type { Finding } from './findings.ts';
import { changeCells, dayCell, dosingCell, useCell } from './lineWords.ts';
import { printMoment } from './moments.ts';
import type { HolderState, Line } from './overview.ts';
import { overviewWords } from './overviewWords.ts';

export type Narrative = { status: 'generated'; div: string };

const narrative = (inside: string): Narrative => ({
  status: 'generated',
  div: `<div xmlns="http://www.w3.org/1999/xhtml">${inside}</div>`,
});

const paragraph = (text: string): string => `<p>${escaped(text)}</p>`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[], tag: 'td' | 'th'): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  const body = rows.map((cells) => row(cells, 'td')).join('');
  return `<table><thead>${row(head, 'th')}</thead><tbody>${body}</tbody></table>`;
}

const authorOf = (author: Author | undefined): string =>
  [author?.name, author?.organisation].filter((part) => part !== undefined).join(', ');

const rowOf = (line: Line, language: Language): string[] => [
  line.medicine,
  dosingCell(line),
  useCell(line, language),
  line.route ?? '',
  dayCell(line.period.start),
  dayCell(line.stop?.at) || dayCell(line.period.end) || (line.period.criterion ?? ''),
  line.reason ?? '',
  authorOf(line.agreedBy ?? line.dispensedBy),
  line.remarks ?? '',
];

export function linesNarrative(lines: readonly Line[], language: Language): Narrative {
  const { columns, none } = overviewWords[language];
  const rows = lines.map((line) => rowOf(line, language));
  return narrative(rows.length === 0 ? paragraph(none) : table(columns, rows));
}

/** Every line of a list of several groups, with a title for each group that has any. */
export function groupsNarrative(
  parts: readonly { title: string; lines: readonly Line[] }[],
  language: Language,
) {
  const { columns, none } = overviewWords[language];
  const filled = parts.filter(({ lines }) => lines.length > 0);
  const told = filled.map(
    ({ title, lines }) =>
      paragraph(title) +
      table(
        columns,
        lines.map((line) => rowOf(line, language)),
      ),
  );
  return narrative(told.length === 0 ? paragraph(none) : told.join(''));
}

/** The gravest first, as `diff` orders them. */
export function changesNarrative(changes: readonly Change[], language: Language): Narrative {
  const { kinds, none } = overviewWords[language];
  const items = changes.map(({ kind, medicine, ...change }) => {
    const values = changeCells(change).join(' → ');
    return `<li>${escaped(`${kinds[kind]}: ${medicine}${values === '' ? '' : `: ${values}`}`)}</li>`;
  });
  return narrative(items.length === 0 ? paragraph(none) : `<ol>${items.join('')}</ol>`);
}

export function findingsNarrative(findings: readonly Finding[], language: Language): Narrative {
  const items = findings.map(({ text, detail, records }) => {
    const what = [detail, ...records].filter((one) => one !== undefined).join(', ');
    return `<li>${escaped(`${text[language]}${what === '' ? '' : ` (${what})`}`)}</li>`;
  });
  const { none } = overviewWords[language];
  return narrative(items.length === 0 ? paragraph(none) : `<ul>${items.join('')}</ul>`);
}

const momentOf = ({ retrieved }: HolderState): string =>
  retrieved === undefined ? '' : ` (${printMoment(Date.parse(retrieved))})`;

/** Who answered and who did not; a gap is said first. */
export function holdersNarrative(holders: readonly HolderState[], language: Language): Narrative {
  const { outcomes, records, notWhole, none } = overviewWords[language];
  const items = holders.map(
    (one) =>
      `<li>${escaped(`${one.name ?? one.holder}: ${outcomes[one.outcome]}, ${one.records} ${records}${momentOf(one)}`)}</li>`,
  );
  const gap = holders.some(({ outcome }) => outcome !== 'answered') ? paragraph(notWhole) : '';
  return narrative(gap + (items.length === 0 ? paragraph(none) : `<ul>${items.join('')}</ul>`));
}

export const textNarrative = (...texts: readonly string[]): Narrative =>
  narrative(texts.map(paragraph).join(''));
