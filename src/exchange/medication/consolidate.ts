// What does this patient use now? Building blocks of every holder become one overview, in which nothing is hidden.
import { type Block, compareIdentity } from './block.ts';
import { completeStops } from './completeStops.ts';
import { deduplicate, type Kept } from './deduplicate.ts';
import type { Draft, Status } from './draft.ts';
import { type Finding, finding } from './findings.ts';
import { lineOf, pastOf } from './line.ts';
import { suggestLinks } from './links.ts';
import { monthsBefore, printMoment } from './moments.ts';
import type { HolderState, Line, Overview, Past } from './overview.ts';
import { treatmentsByRecord } from './relate.ts';
import type { Dropped } from './supersede.ts';
import { suppliesAlone, suppliesEnded } from './supply.ts';
import { type Limits, workOut } from './treatment.ts';

/** What one holder sent, or why it sent nothing. */
export type HolderAnswer = {
  holder: string;
  name?: string;
  outcome: HolderState['outcome'];
  reason?: string;
  retrieved?: string;
  blocks: readonly Block[];
  findings?: readonly Finding[];
};

export type ConsolidateOptions = {
  /** The moment, in milliseconds since 1970 UTC (`momentMeant` reads it from a FHIR date). */
  at: number;
  /** Leaves out what was registered after this moment: the overview as it could be made then. */
  knownAt?: number;
  /** Ended treatments stay on the overview so many months. */
  endedMonths?: number;
  /** Use without an agreement stays so many months. */
  useMonths?: number;
};

export const defaultMonths = { ended: 2, use: 13 };

/**
 * Consolidates building blocks of one patient. Pure: the same blocks give the same lines, in whatever order and from
 * however many holders they come. Time grows with the number of blocks, and no faster but for sorting.
 */
export function consolidate(answers: readonly HolderAnswer[], options: ConsolidateOptions): Overview {
  const { at, knownAt = Number.POSITIVE_INFINITY } = options;
  const found = deduplicate(answers.flatMap(({ blocks }) => knownBy(knownAt, blocks)));
  const everywhere = treatmentsByRecord(found.blocks);
  const kept = completeStops(found, everywhere, at);
  const limits: Limits = {
    at,
    endedFrom: monthsBefore(at, options.endedMonths ?? defaultMonths.ended),
    useFrom: monthsBefore(at, options.useMonths ?? defaultMonths.use),
    everywhere,
  };
  const treatments = groupByTreatment(kept.blocks);
  const desks = [...treatments.values()].map((blocks) => workOut(blocks, limits));
  const drafts = desks.flatMap((desk) => desk.drafts);
  const dropped = desks.flatMap((desk) => [...desk.dropped]);
  const read = answers.flatMap(({ findings = [] }) => findings);
  const held = desks.flatMap((desk) => desk.findings);
  const later = kept.blocks.filter(({ registered }) => registered && registered.start > at);
  const findings = [
    ...read,
    ...kept.findings,
    ...held,
    ...later.map((block) => finding('registered-later', [block])),
    ...suggestLinks(treatments, drafts),
    ...suppliesEnded(treatments, drafts, limits),
    ...suppliesAlone(treatments, limits),
  ];
  return printed({ at, drafts, dropped, findings, kept, answers });
}

/** What was registered by a moment; what was marked as an error after it was none yet. */
function knownBy(moment: number, blocks: readonly Block[]): Block[] {
  const known = blocks.filter(({ registered }) => (registered?.start ?? Number.NEGATIVE_INFINITY) <= moment);
  return known.map((block) =>
    block.enteredInError && (block.updated ?? moment) > moment ? { ...block, enteredInError: false } : block,
  );
}

function groupByTreatment(blocks: readonly Block[]): Map<string, Block[]> {
  const treatments = new Map<string, Block[]>();
  for (const block of blocks) {
    const group = treatments.get(block.treatment);
    if (group) group.push(block);
    else treatments.set(block.treatment, [block]);
  }
  return treatments;
}

type Outcome = {
  at: number;
  drafts: readonly Draft[];
  dropped: readonly (readonly [Block, Dropped])[];
  findings: readonly Finding[];
  kept: Kept;
  answers: readonly HolderAnswer[];
};

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Newest start first, as the official viewer has it; then by treatment and record. */
const newestFirst = (a: Draft, b: Draft): number =>
  (a.lead.period.start === b.lead.period.start ? 0 : a.lead.period.start > b.lead.period.start ? -1 : 1) ||
  compareTexts(a.lead.treatment, b.lead.treatment) ||
  compareIdentity(a.lead, b.lead);

const comparePast = (a: Past, b: Past): number =>
  compareTexts(a.treatment, b.treatment) ||
  compareTexts(b.registered ?? '', a.registered ?? '') ||
  compareTexts(a.record, b.record) ||
  compareTexts(a.kind, b.kind);

const findingKey = ({ severity, rule, treatment, records, detail }: Finding): string =>
  `${severity === 'warning' ? 0 : 1} ${rule} ${treatment} ${records.join()} ${detail}`;

type Place = Finding['places'][number];
const comparePlaces = (a: Place, b: Place): number =>
  compareTexts(a.holder, b.holder) || compareTexts(a.path, b.path);

/** Sorted, and told once however many holders sent the same. */
function orderFindings(findings: readonly Finding[]): Finding[] {
  const byKey = new Map<string, Finding>();
  for (const one of findings) {
    const key = `${findingKey(one)}${one.records.length === 0 ? JSON.stringify(one.places) : ''}`;
    const known = byKey.get(key);
    const places = known ? [...known.places, ...one.places].sort(comparePlaces) : one.places;
    byKey.set(key, { ...one, places });
  }
  return [...byKey].sort(([a], [b]) => compareTexts(a, b)).map(([, one]) => one);
}

function printed({ at, drafts, dropped, findings, kept, answers }: Outcome): Overview {
  const around = { at, holdersOf: (block: Block) => kept.holdersOf.get(block) ?? [block.holder] };
  const sorted = [...drafts].sort(newestFirst);
  const lines = (status: Status): Line[] =>
    sorted.filter((one) => one.status === status).map((one) => lineOf(one, around));
  const nullified = kept.nullified.map((block) => [block, { rule: 'entered-in-error', by: [] }] as const);
  const history = [...dropped, ...nullified].map(([block, why]) => pastOf(block, why, around));
  const holders = answers.map(({ holder, name, outcome, reason, retrieved, blocks }) => ({
    holder,
    ...(name === undefined ? {} : { name }),
    outcome,
    ...(reason === undefined ? {} : { reason }),
    ...(retrieved === undefined ? {} : { retrieved }),
    records: blocks.length,
  }));
  return {
    at: printMoment(at),
    current: lines('current'),
    future: lines('future'),
    ended: lines('ended'),
    paused: lines('paused'),
    useOnly: lines('useOnly'),
    history: history.sort(comparePast),
    findings: orderFindings(findings),
    holders,
  };
}
