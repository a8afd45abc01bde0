// What does the medication overview look like? Its form: docs/medication-overview.schema.json.
import type { Author, BlockKind, Code, StopType } from './block.ts';
import type { Why } from './draft.ts';
import type { Finding } from './findings.ts';
import type { RuleId } from './rules.ts';

export type Span = { start?: string; end?: string; criterion?: string };

/** One building block as shown. */
export type BlockView = {
  record: string;
  kind: BlockKind;
  registered?: string;
  medicine: string;
  dosage?: string;
  route?: string;
  period: Span;
  stop?: StopType;
  author?: Author;
  reason?: string;
  note?: string;
  copy?: boolean;
  used?: boolean;
  /** The use that was told of had ended by the moment of the overview. */
  usedBefore?: true;
  asAgreed?: boolean;
  done?: string;
  /** Who sent it. */
  holders: readonly string[];
};

/** One line: a treatment as it is now, from some moment on, or as it was last. */
export type Line = {
  treatment: string;
  medicine: string;
  codes: readonly Code[];
  dosage?: string;
  route?: string;
  period: Span;
  /** How and when it stops, stopped or was interrupted. */
  stop?: { type: StopType; at?: string };
  reason?: string;
  agreedBy?: Author;
  dispensedBy?: Author;
  used?: boolean;
  /** The use that was told of had ended by the moment of the overview. */
  usedBefore?: true;
  asAgreed?: boolean;
  remarks?: string;
  /** Building blocks shown on this line, `system|value`: agreement, administration agreement, schedule, use. */
  records: readonly string[];
  why: readonly Why[];
  blocks: readonly BlockView[];
};

/** A building block that is on no line, and by which rule. */
export type Past = BlockView & { treatment: string; rule: RuleId; by: readonly string[] };

/** `partial`: it answered, but not whole. `silent`: no answer in time. */
export type HolderOutcome = 'answered' | 'partial' | 'denied' | 'unavailable' | 'silent';
/** A data holder that was asked, and what came of it; `reason` is a stable code. */
export type HolderState = {
  holder: string;
  name?: string;
  outcome: HolderOutcome;
  reason?: string;
  /** ISO instant of its answer. */
  retrieved?: string;
  records: number;
};

export type Overview = {
  /** The moment it is made for, on a Dutch clock. */
  at: string;
  current: readonly Line[];
  future: readonly Line[];
  ended: readonly Line[];
  paused: readonly Line[];
  useOnly: readonly Line[];
  history: readonly Past[];
  findings: readonly Finding[];
  holders: readonly HolderState[];
};
