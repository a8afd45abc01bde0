// What does a crew card look like as JSON? docs/crew-card.schema.json says the same for others.
import type { GoalKey } from './codes.ts';
import type { Person } from './patients.ts';
import type { Conflict } from './rank.ts';
import type { Decision, Finding, HolderState, Method, Standing } from './records.ts';

export type HistoryEntry = {
  decision: Decision;
  date: string | null;
  holder: string;
  /** Absent when it stands. */
  standing?: Exclude<Standing, 'current'>;
  /** It stands and says something else than the line. */
  contradicts?: true;
  /** It stands and cannot be read: it may say anything. */
  uninterpreted?: true;
  method?: Method;
  verbatim?: string;
  /** Further holders that recorded the same. */
  also?: string[];
};

export type CardLine = {
  key: string;
  decision: Decision | 'no_record';
  conflict: Conflict;
  date: string | null;
  age_days: number | null;
  verbatim: string | null;
  holder: string | null;
  method: Method | null;
  by?: string;
  /** Other holders that say the same. */
  also?: string[];
  notes?: string[];
  history?: HistoryEntry[];
  /** Entries of the history that did not fit. */
  omitted?: number;
};

export type CardGoal = {
  key: GoalKey;
  /** It cannot be read; then its key is `unknown`. */
  uninterpreted?: true;
  conflict: Conflict;
  date: string | null;
  verbatim: string;
  holder: string;
  /** Those that stand and say something else, or cannot be read: these with their words. */
  history?: { key: GoalKey; uninterpreted?: true; date: string | null; holder: string; verbatim?: string }[];
  omitted?: number;
};

export type CardContact = {
  name: string;
  roles: string[];
  relation?: string;
  phone: string | null;
  email?: string;
  holder: string;
};

export type CardCapacity = {
  capable: boolean;
  conflict: boolean;
  date: string | null;
  comment?: string;
  holder: string;
};

export type CardStatement = { type: string; date: string | null; verbatim: string; holder: string };
export type CardHolder = {
  name: string;
  ura?: string;
  state: HolderState;
  records: number;
  /** Records left out because they are of another patient. */
  left_out?: number;
  retrieved?: string;
};
export type CardFinding = Finding & { count: number };

export type Card = {
  patient: Person | null;
  at: string;
  lines: CardLine[];
  goal: CardGoal | null;
  representatives: CardContact[];
  capacity: CardCapacity | null;
  statements: CardStatement[];
  holders: CardHolder[];
  /** Further holders that did not give their whole answer, by name alone: there is no more room. */
  unanswered?: Partial<Record<Exclude<HolderState, 'answered'>, string[]>>;
  /** True when any holder did not give its whole answer: what is missing may be the opposite of what is here. */
  incomplete: boolean;
  findings: CardFinding[];
  /** How many lines, contacts, statements and findings did not fit. */
  omitted?: number;
};
