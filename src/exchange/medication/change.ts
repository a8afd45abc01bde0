// Which kinds of change are there between two overviews, and how grave is it to miss each?
import type { Line } from './overview.ts';

export type ChangeKind = keyof typeof gravity;

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

/** Ranked by kind only, before all are put in order. */
export type FoundChange = Change & { scheduled: boolean };

/**
 * How grave it is to miss a change: going on with what was stopped or cancelled, or on the old dose, harms at once; what is
 * new or to come will be told by others too. `gone`: no holder reports the treatment any more, and none stopped it.
 * `entered-in-error`: it was shown, and is said to be a mistake.
 */
const gravity = {
  stopped: 1,
  interrupted: 2,
  gone: 3,
  'entered-in-error': 4,
  cancelled: 5,
  'changed-dose': 6,
  'changed-route': 7,
  'changed-medicine': 8,
  'not-used': 9,
  'used-differently': 10,
  'stop-planned': 11,
  'pause-planned': 12,
  new: 13,
  resumed: 14,
  'changed-end': 15,
  planned: 16,
} as const;

/** A variable schedule is there because the dose is narrow (anticoagulants): its changes come before others of their kind. */
const isScheduled = (line: Line): boolean => line.blocks.some(({ kind }) => kind === 'WDS');

export type Made = {
  line: Line;
  before?: string | undefined;
  after?: string | undefined;
  records?: readonly string[];
};

export function change(kind: ChangeKind, { line, before, after, records }: Made): FoundChange {
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
