// What was seen from outside? Everything that the checker may look at, and nothing of the gateway's own store.

/** Milliseconds since 1970 that never run backwards. */
export const now = (): number => performance.timeOrigin + performance.now();

/** ok: acknowledged. refused: 4xx. unknown: no answer, or 5xx: it may have happened, may yet happen, or not. */
export type Outcome = 'ok' | 'refused' | 'unknown';

export type Operation = {
  kind: 'push' | 'cancel';
  case: string;
  receiver: string;
  /** What the pushed content calls itself; the receiver finds it in what it fetches. */
  marker: string;
  gateway: string;
  invoked: number;
  ended: number;
  outcome: Outcome;
  status?: number;
  location?: string;
};

/** One notification as a receiver took it. */
export type Arrival = {
  receiver: string;
  at: number;
  taskId: string;
  /** What the receiver did: accept, busy, error, reset, hang … */
  behaviour: string;
  /** The status that was sent back; absent when there was none. */
  answered?: number;
  retryAfterMs?: number;
  /** Where the shape says so. */
  says?: string;
  messageId?: string;
  eventNumber?: number;
};

/** One question of a receiver to a gateway. */
export type Read = {
  receiver: string;
  gateway: string;
  what: 'task' | 'document' | 'complete';
  taskId: string;
  compositionId?: string;
  began: number;
  ended: number;
  /** Absent when no answer came. */
  status?: number;
  version?: number;
  taskStatus?: string;
  case?: string;
  marker?: string;
};

export type Callback = { at: number; location: string; state: string; answered?: number };

export type ToldAttempt = {
  number: number;
  startedAt: string;
  endedAt?: string;
  result: string;
  httpStatus?: number;
  reason?: string;
};

export type ToldNotification = {
  kind: string;
  version: number;
  state: string;
  to: 'receiver' | 'sender';
  attempts: ToldAttempt[];
};

/** The truth table, as the sender gets it. */
export type Told = {
  version: number;
  state: string;
  task: string;
  steps: { step: string; at: string; version: number }[];
  history: { at: string; step: string; version: number; detail?: string }[];
  notifications: ToldNotification[];
};

export type Limits = { firstRetryMs: number; maxRetryMs: number; leaseMs: number };

export type Evidence = {
  operations: Operation[];
  arrivals: Arrival[];
  reads: Read[];
  callbacks: Callback[];
  /** By location, after the quiet period and before anything is replayed. */
  told: Map<string, Told>;
  /** The same after the parked ones were replayed. */
  toldLater: Map<string, Told>;
  /** Receivers that may not be told twice when it is unknown whether it arrived. */
  once: ReadonlySet<string>;
  /** Rows of the outbox by state, as the metrics show them at the end. */
  rows: Record<string, number>;
  /** Receivers that still could not fetch what they had accepted. */
  unfinished: string[];
  audit: { verified: boolean; text: string; contentReads: Map<string, number> };
  limits: Limits;
  kills: number;
  /** Faults by name: pauses, lost connections, receivers' misbehaviour … */
  faults: Record<string, number>;
};

export const emptyHistory = (): Pick<
  Evidence,
  'operations' | 'arrivals' | 'reads' | 'callbacks' | 'faults'
> => ({
  operations: [],
  arrivals: [],
  reads: [],
  callbacks: [],
  faults: {},
});
export type History = ReturnType<typeof emptyHistory>;

export const count = (history: Pick<Evidence, 'faults'>, name: string): void => {
  history.faults[name] = (history.faults[name] ?? 0) + 1;
};

export const taskIdOf = (told: Told): string => told.task.split('/').at(-1) ?? '';
