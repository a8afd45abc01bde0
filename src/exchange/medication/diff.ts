// What changed between two overviews, and which change is most dangerous to miss?
import type { Line, Overview } from './overview.ts';

export type ChangeKind =
  | 'stopped'
  | 'interrupted'
  | 'gone'
  | 'changed-dose'
  | 'changed-route'
  | 'changed-medicine'
  | 'new'
  | 'resumed'
  | 'planned';

/** One change. `rank` 1 is read first. */
export type Change = {
  kind: ChangeKind;
  rank: number;
  treatment: string;
  medicine: string;
  before?: string;
  after?: string;
  records: readonly string[];
};

/**
 * How grave it is to miss a change: going on with what was stopped, or on the old dose, harms at once; what is new or to
 * come will be told by others too. `gone`: no holder reports the treatment any more, and none stopped it.
 */
const gravity: Readonly<Record<ChangeKind, number>> = {
  stopped: 1,
  interrupted: 2,
  gone: 3,
  'changed-dose': 4,
  'changed-route': 5,
  'changed-medicine': 6,
  new: 7,
  resumed: 8,
  planned: 9,
};

type Places = ReadonlyMap<string, Line>;

const byTreatment = (lines: readonly Line[]): Places =>
  new Map([...lines].reverse().map((line) => [line.treatment, line]));

const words = (text: string | undefined): string => (text ?? '').replace(/\s+/g, ' ').trim().toLowerCase();

/** A variable schedule is there because the dose is narrow (anticoagulants): its changes come before others of their kind. */
const isScheduled = (line: Line): boolean => line.blocks.some(({ kind }) => kind === 'WDS');

type Made = {
  line: Line;
  before?: string | undefined;
  after?: string | undefined;
  records?: readonly string[];
};

function change(kind: ChangeKind, { line, before, after, records }: Made): Change & { scheduled: boolean } {
  return {
    kind,
    rank: gravity[kind],
    treatment: line.treatment,
    medicine: line.medicine,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    records: records ?? line.records,
    scheduled: isScheduled(line),
  };
}

const codeKeys = (line: Line): string =>
  line.codes
    .map(({ system, code }) => `${system}|${code}`)
    .sort()
    .join();

function changesWithin(before: Line, after: Line): (Change & { scheduled: boolean })[] {
  const records = [...new Set([...before.records, ...after.records])];
  const made = (from: string | undefined, to: string | undefined): Made => ({
    line: after,
    before: from,
    after: to,
    records,
  });
  const found: (Change & { scheduled: boolean })[] = [];
  if (words(before.dosage) !== words(after.dosage))
    found.push(change('changed-dose', made(before.dosage, after.dosage)));
  if (words(before.route) !== words(after.route))
    found.push(change('changed-route', made(before.route, after.route)));
  if (codeKeys(before) !== codeKeys(after))
    found.push(change('changed-medicine', made(before.medicine, after.medicine)));
  return found;
}

/** Compares the overview of then with that of now; the gravest changes first. */
export function diff(before: Overview, after: Overview): Change[] {
  const [was, is] = [byTreatment(before.current), byTreatment(after.current)];
  const found = [...leftOut(was, is, after), ...arrived(was, is, before), ...planned(before, after)];
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

type Found = (Change & { scheduled: boolean })[];

function leftOut(was: Places, is: Places, after: Overview): Found {
  const paused = byTreatment(after.paused);
  const ended = byTreatment(after.ended);
  const known = new Set([...after.history, ...after.useOnly, ...after.future].map((one) => one.treatment));
  return [...was].flatMap(([treatment, line]) => {
    if (is.has(treatment)) return [];
    const end = paused.get(treatment) ?? ended.get(treatment);
    const made = { line: end ?? line, before: line.dosage, after: end?.stop?.at ?? end?.period.end };
    if (paused.has(treatment)) return [change('interrupted', made)];
    return [change(end || known.has(treatment) ? 'stopped' : 'gone', made)];
  });
}

function arrived(was: Places, is: Places, before: Overview): Found {
  const paused = byTreatment(before.paused);
  return [...is].flatMap(([treatment, line]) => {
    if (was.has(treatment)) return [];
    return [change(paused.has(treatment) ? 'resumed' : 'new', { line, after: line.dosage })];
  });
}

function planned(before: Overview, after: Overview): Found {
  const known = new Set([...before.future, ...before.current].flatMap(({ records }) => records));
  return after.future
    .filter(({ records }) => records[0] !== undefined && !known.has(records[0]))
    .map((line) => change('planned', { line, after: line.dosage }));
}
