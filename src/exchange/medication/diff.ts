// What changed between two overviews, and which change is most dangerous to miss?
import { type Change, type ChangeKind, change, type FoundChange, type Made } from './change.ts';
import type { Line, Overview, Past } from './overview.ts';

export type { Change, ChangeKind } from './change.ts';

type Places = ReadonlyMap<string, Line>;

const byTreatment = (lines: readonly Line[]): Places =>
  new Map([...lines].reverse().map((line) => [line.treatment, line]));

const words = (text: string | undefined): string => (text ?? '').replace(/\s+/g, ' ').trim().toLowerCase();

type Pair = readonly [from: string | undefined, to: string | undefined];

/** What the pharmacy had agreed and has now; nothing when it had or has no agreement. */
function supplied(before: Line, after: Line, what: 'dosage' | 'medicine'): Pair {
  const [from, to] = [before, after].map(({ blocks }) => blocks.find(({ kind }) => kind === 'TA')?.[what]);
  return from === undefined || to === undefined ? [undefined, undefined] : [from, to];
}

/** The dosing of the line, and when that stayed, that of the pharmacy. */
const dosings = (before: Line, after: Line): Pair =>
  words(before.dosage) === words(after.dosage)
    ? supplied(before, after, 'dosage')
    : [before.dosage, after.dosage];

/** By its codes; a medicine without any is known by its name alone. */
const productOf = ({ codes, medicine }: Line): string =>
  codes
    .map(({ system, code }) => `${system}|${code}`)
    .sort()
    .join() || words(medicine);

/** The medicine of the line, and when that stayed, that of the pharmacy: another strength may stand behind one dosing. */
function medicines(before: Line, after: Line): Pair | undefined {
  if (productOf(before) !== productOf(after)) return [before.medicine, after.medicine];
  const [from, to] = supplied(before, after, 'medicine');
  return words(from) === words(to) ? undefined : [from, to];
}

const stopPlanned = ({ stop }: Line): ChangeKind =>
  stop?.type === 'interrupted' ? 'pause-planned' : 'stop-planned';

function endKind(before: Line, after: Line): ChangeKind | undefined {
  const isOther = before.stop?.type !== after.stop?.type || before.period.end !== after.period.end;
  if (!isOther) return undefined;
  return after.stop ? stopPlanned(after) : before.period.end === after.period.end ? undefined : 'changed-end';
}

function useKind(before: Line, after: Line): ChangeKind | undefined {
  if (after.used === false) return before.used === false ? undefined : 'not-used';
  return after.asAgreed === false && before.asAgreed !== false ? 'used-differently' : undefined;
}

function changesWithin(before: Line, after: Line): FoundChange[] {
  const records = [...new Set([...before.records, ...after.records])];
  const made = (from?: string, to?: string): Made => ({ line: after, before: from, after: to, records });
  const found: FoundChange[] = [];
  const [from, to] = dosings(before, after);
  if (words(from) !== words(to)) found.push(change('changed-dose', made(from, to)));
  if (words(before.route) !== words(after.route))
    found.push(change('changed-route', made(before.route, after.route)));
  const other = medicines(before, after);
  if (other) found.push(change('changed-medicine', made(...other)));
  const ends = endKind(before, after);
  if (ends) found.push(change(ends, made(before.period.end, after.period.end)));
  return found;
}

/** Compares the overview of then with that of now; the gravest changes first. */
export function diff(before: Overview, after: Overview): Change[] {
  const [was, is] = [byTreatment(before.current), byTreatment(after.current)];
  const left = leftOut(before, after);
  const told = new Set(left.map(({ treatment }) => treatment));
  const found = [
    ...left,
    ...withdrawn(before, after).filter(({ kind, treatment }) => kind === 'cancelled' || !told.has(treatment)),
    ...usedOtherwise(before, after),
    ...arrived(was, is, { before, after }),
    ...planned(before, after),
  ];
  for (const [treatment, line] of was) {
    const now = is.get(treatment);
    if (now) found.push(...changesWithin(line, now));
  }
  const sorted = found.sort(
    (a, b) =>
      a.rank - b.rank ||
      Number(b.scheduled) - Number(a.scheduled) ||
      (a.treatment < b.treatment ? -1 : a.treatment > b.treatment ? 1 : 0),
  );
  return sorted.map(({ scheduled, ...one }, index) => ({ ...one, rank: index + 1 }));
}

/** Is what led a line marked as entered in error? */
function mistakesIn({ history }: Overview): (line: Line) => boolean {
  const mistakes = new Set(history.filter(({ rule }) => rule === 'entered-in-error').map(pastKey));
  return ({ blocks: [lead], treatment }) =>
    lead !== undefined && mistakes.has(pastKey({ ...lead, treatment }));
}

/** What was used or paused and is neither now. */
function leftOut(before: Overview, after: Overview): FoundChange[] {
  const [was, is] = [byTreatment([...before.current, ...before.paused]), byTreatment(after.current)];
  const [wasPaused, paused, ended] = [before.paused, after.paused, after.ended].map(byTreatment);
  const known = new Set([...after.history, ...after.useOnly, ...after.future].map((one) => one.treatment));
  const outOfSight = new Set(
    after.history.filter(({ rule }) => rule === 'interrupted-long-ago').map((one) => one.treatment),
  );
  const mistaken = mistakesIn(after);
  const left = [...was].filter(([treatment]) => !is.has(treatment));
  return left.flatMap(([treatment, line]) => {
    if (mistaken(line)) return [change('entered-in-error', { line, before: line.dosage })];
    const end = paused?.get(treatment) ?? ended?.get(treatment);
    const made = { line: end ?? line, before: line.dosage, after: end?.stop?.at ?? end?.period.end };
    const stayed = paused?.has(treatment) || outOfSight.has(treatment);
    if (stayed && before.current.includes(line)) return [change('interrupted', made)];
    if (stayed && wasPaused?.has(treatment)) return [];
    return [change(end || known.has(treatment) ? 'stopped' : 'gone', made)];
  });
}

const undoing: ReadonlySet<Past['rule']> = new Set([
  'cancelled-by',
  'entered-in-error',
  'stopped-by',
  'stopped-by-start',
]);

const pastKey = ({ kind, record, treatment }: Pick<Past, 'kind' | 'record' | 'treatment'>): string =>
  `${kind} ${treatment} ${record}`;

/** What was to come, and will not: cancelled, or stopped before or after it began. */
function withdrawn(before: Overview, after: Overview): FoundChange[] {
  const on = (lines: readonly Line[]) =>
    new Map(lines.flatMap((line) => line.records.map((record) => [record, line] as const)));
  const [current, future, ended, paused] = [after.current, after.future, after.ended, after.paused].map(on);
  const history = new Map(after.history.map((past) => [pastKey(past), past]));
  const kindOf = (by: string): ChangeKind | undefined => {
    const to = future?.get(by);
    return to ? stopPlanned(to) : ended?.has(by) ? 'stopped' : paused?.has(by) ? 'interrupted' : undefined;
  };
  return before.future.flatMap((line) => {
    const [lead] = line.blocks;
    if (!lead || [current, future, ended, paused].some((one) => one?.has(lead.record))) return [];
    const past = history.get(pastKey({ ...lead, treatment: line.treatment }));
    if (!past) return [change('gone', { line, before: line.dosage })];
    if (!undoing.has(past.rule) || past.by.some((by) => current?.has(by))) return [];
    const kind = past.by.map(kindOf).find((one) => one !== undefined) ?? 'cancelled';
    return [change(kind, { line, before: line.dosage })];
  });
}

/** Use that was told since, other than agreed. */
function usedOtherwise(before: Overview, after: Overview): FoundChange[] {
  const was = byTreatment([...before.current, ...before.useOnly]);
  return [...byTreatment([...after.current, ...after.useOnly])].flatMap(([treatment, line]) => {
    const earlier = was.get(treatment);
    const kind = earlier && useKind(earlier, line);
    const use = line.blocks.find((one) => one.kind === 'MGB');
    return kind ? [change(kind, { line, after: kind === 'used-differently' ? use?.dosage : undefined })] : [];
  });
}

/** What is used now and was not; also what is known by its use alone. */
function arrived(
  was: Places,
  is: Places,
  { before, after }: { before: Overview; after: Overview },
): FoundChange[] {
  const paused = byTreatment(before.paused);
  const known = byTreatment([...before.current, ...before.paused, ...before.useOnly]);
  const told = after.useOnly.filter((line) => line.used !== false && !known.has(line.treatment));
  return [...is, ...byTreatment(told)].flatMap(([treatment, line]) => {
    if (was.has(treatment)) return [];
    return [change(paused.has(treatment) ? 'resumed' : 'new', { line, after: line.dosage })];
  });
}

/** A stop of what was to come is no plan of its own: `withdrawn` tells of it. */
function planned(before: Overview, after: Overview): FoundChange[] {
  const known = new Set([...before.future, ...before.current].flatMap(({ records }) => records));
  const isStopOfKnown = ({ stop, why }: Line): boolean =>
    stop !== undefined &&
    why.some(({ rule, records }) => rule === 'replaces' && records.some((one) => known.has(one)));
  return after.future
    .filter((line) => line.records[0] !== undefined && !known.has(line.records[0]) && !isStopOfKnown(line))
    .map((line) => change('planned', { line, after: line.dosage }));
}
