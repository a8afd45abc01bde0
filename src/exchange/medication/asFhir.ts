// How is an overview said in FHIR R4? A Composition to read, a List of the lines, and the same as JSON in a Binary.
// The present MP9 has no overview message: these are of this gateway, and claim no profile.
import { bsnSystem } from '../../fhir/identifiers.ts';
import { ownCanonical } from '../../fhir/ownCanonicals.ts';
import type { FhirResource, Language } from '../../model.ts';
import { type BlockKind, snomed, typeOfKind } from './block.ts';
import type { Change } from './diff.ts';
import type { FindingRule } from './findingTexts.ts';
import type { Line, Overview } from './overview.ts';
import {
  changesNarrative,
  findingsNarrative,
  groupsNarrative,
  holdersNarrative,
  linesNarrative,
  type Narrative,
  textNarrative,
} from './overviewNarrative.ts';
import { groups, overviewWords } from './overviewWords.ts';
import type { FindPlace } from './placedBlocks.ts';

/** An overview, with what changed when that was asked: docs/medication-overview.schema.json. */
export type ToldOverview = Overview & { since?: string; changes?: readonly Change[] };

export type Telling = {
  language: Language;
  patientBsn: string;
  /** When it was made. */
  now: Date;
  placeOf: FindPlace;
};

export const overviewCode = {
  coding: [{ system: snomed, code: '11181000146103', display: 'Medication overview' }],
};

export const patientReference = (bsn: string) => ({
  type: 'Patient',
  identifier: { system: bsnSystem, value: bsn },
});

/** The overview is the gateway's own work: nobody has checked it. */
const author = { type: 'Device', display: 'Sluis' };

/** To the block's resource where the answer holds it, else by its identifier. */
export function blockReference(
  { kind, record, medicine }: { kind: BlockKind; record: string; medicine: string },
  placeOf: FindPlace,
): FhirReference {
  const bar = record.lastIndexOf('|');
  const [system, value] = [record.slice(0, bar), record.slice(bar + 1)];
  const place = placeOf(kind, record);
  return {
    ...(place === undefined ? {} : { reference: place }),
    type: typeOfKind[kind],
    identifier: { ...(system === '' ? {} : { system }), value },
    display: `${kind} ${medicine}`.trim(),
  };
}

type FhirReference = {
  reference?: string;
  type: string;
  identifier: { system?: string; value: string };
  display: string;
};

const entriesOf = (line: Line, { placeOf }: Telling): FhirReference[] =>
  line.blocks.map((block) => blockReference(block, placeOf));

type Section = { title: string; text: Narrative; entry?: FhirReference[] };

function sectionsOf(overview: ToldOverview, telling: Telling): Section[] {
  const { language } = telling;
  const words = overviewWords[language];
  const changes: Section[] =
    overview.changes === undefined
      ? []
      : [
          {
            title: `${words.changes} ${overview.since ?? ''}`.trim(),
            text: changesNarrative(overview.changes, language),
          },
        ];
  const lines = groups.map((group): Section => {
    const entry = overview[group].flatMap((line) => entriesOf(line, telling));
    return {
      title: words.groups[group],
      text: linesNarrative(overview[group], language),
      ...(entry.length === 0 ? {} : { entry }),
    };
  });
  return [
    { title: words.holders, text: holdersNarrative(overview.holders, language) },
    ...changes,
    ...lines,
    { title: words.findings, text: findingsNarrative(overview.findings, language) },
  ];
}

/** The overview for a reader: who answered, what changed, the lines by group, findings. */
export function compositionOf(overview: ToldOverview, telling: Telling): FhirResource {
  const words = overviewWords[telling.language];
  return {
    resourceType: 'Composition',
    language: telling.language,
    text: textNarrative(`${words.title}. ${words.made}: ${overview.at}.`),
    status: 'preliminary',
    type: overviewCode,
    subject: patientReference(telling.patientBsn),
    date: telling.now.toISOString(),
    author: [author],
    title: words.title,
    section: sectionsOf(overview, telling),
  };
}

/** The lines as a working list: one entry for the leading block of each line, flagged with its group. */
export function listOf(overview: Overview, telling: Telling): FhirResource {
  const words = overviewWords[telling.language];
  const entry = groups.flatMap((group) =>
    overview[group].flatMap((line) => {
      const [lead] = entriesOf(line, telling);
      const flag = { coding: [{ system: groupSystem, code: group }], text: words.groups[group] };
      return lead === undefined ? [] : [{ flag, item: lead }];
    }),
  );
  const parts = groups.map((group) => ({ title: words.groups[group], lines: overview[group] }));
  return {
    resourceType: 'List',
    language: telling.language,
    text: groupsNarrative(parts, telling.language),
    status: 'current',
    mode: 'snapshot',
    title: words.title,
    code: overviewCode,
    subject: patientReference(telling.patientBsn),
    date: telling.now.toISOString(),
    source: author,
    ...(entry.length > 0 ? { entry } : { emptyReason: emptyReason(overview) }),
  };
}

const groupSystem = ownCanonical('CodeSystem', 'medication-overview-group');

/** What these are about is medication that is on no line. */
const unread: ReadonlySet<FindingRule> = new Set(['unknown-category', 'list-incomplete', 'supply-alone']);

/** "Nothing known" is only said when everybody answered, and nothing is shown or was passed over. */
export function emptyReason(overview: Overview): object {
  const { holders, findings } = overview;
  const whole = holders.length > 0 && holders.every(({ outcome }) => outcome === 'answered');
  const nothing =
    groups.every((group) => overview[group].length === 0) && !findings.some(({ rule }) => unread.has(rule));
  const code = whole && nothing ? 'nilknown' : 'unavailable';
  return { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/list-empty-reason', code }] };
}

/** The overview itself, for programs. */
export const jsonOf = (overview: ToldOverview): FhirResource => ({
  resourceType: 'Binary',
  contentType: 'application/json',
  data: Buffer.from(JSON.stringify(overview)).toString('base64'),
});
