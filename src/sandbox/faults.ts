// How does a sandbox server misbehave, and until when? Switches that a test or an engineer sets while it runs.

export const faultKinds = [
  'none',
  'refuse',
  'reject',
  'fail',
  'busy',
  'hang',
  'drop',
  'slow',
  'redirect',
  'garbage',
  'wrongType',
  'outcome',
  'leak',
  'elsewhere',
] as const;

/** What only a data holder can do wrong: its content is other than it should be. */
export const contentFaults: ReadonlySet<FaultKind> = new Set(['wrongType', 'outcome', 'leak', 'elsewhere']);

/**
 * none: answers as it should. refuse: nobody listens. reject: 4xx. fail: 5xx. busy: 503 with Retry-After. hang: takes the
 * request and never answers. drop: acts on the request, then closes the connection without an answer. slow: answers after
 * `delayMs`. redirect: 307 to `/elsewhere`. garbage: 200 with bytes that are no answer. Of data holders alone: wrongType:
 * the answer as text/html. outcome: 200 with an OperationOutcome. leak: a record of somebody else among the patient's own.
 * elsewhere: the next page is said to be at another host.
 */
export type FaultKind = (typeof faultKinds)[number];

export type Fault = {
  kind: FaultKind;
  /** Only requests whose path begins so; all when absent. `refuse` holds for the whole server. */
  path?: string;
  /** For how many requests; for ever when absent. */
  times?: number;
  /** Of every request, the part that fails, between 0 and 1; 1 when absent. */
  chance?: number;
  status?: number;
  retryAfterSeconds?: number;
  delayMs?: number;
};

export type FaultSwitch = {
  set(fault: Fault): void;
  current(): Fault;
  /** The fault that this request meets; counts it down. */
  meet(path: string): Fault;
};

const none: Fault = { kind: 'none' };

/** One switch; `changed` is told of each new setting. */
export function createFaultSwitch(changed: (fault: Fault) => void = () => undefined): FaultSwitch {
  let fault = none;
  let left = Number.POSITIVE_INFINITY;
  const set = (next: Fault): void => {
    fault = next;
    left = next.times ?? Number.POSITIVE_INFINITY;
    changed(next);
  };
  return {
    set,
    current: () => fault,
    meet: (path) => {
      if (fault.kind === 'none' || fault.kind === 'refuse') return none;
      if (fault.path !== undefined && !path.startsWith(fault.path)) return none;
      if (fault.chance !== undefined && Math.random() >= fault.chance) return none;
      const met = fault;
      left -= 1;
      if (left <= 0) set(none);
      return met;
    },
  };
}

/** Reads a fault from a control request; throws an Error that says what is wrong. */
export function readFault(value: unknown): Fault {
  if (typeof value !== 'object' || value === null || !('kind' in value))
    throw new Error('A fault is an object with a "kind".');
  const kind = faultKinds.find((known) => known === value.kind);
  if (kind === undefined)
    throw new Error(`Unknown fault "${String(value.kind)}"; one of ${faultKinds.join(', ')}.`);
  const fault: Fault = { kind };
  for (const [name, given] of Object.entries(value)) readFaultField(fault, name, given);
  return fault;
}

function readFaultField(fault: Fault, name: string, given: unknown): void {
  if (name === 'kind') return;
  if (name === 'path' && typeof given === 'string') fault.path = given;
  else if (isNumberField(name) && typeof given === 'number' && given >= 0) fault[name] = given;
  else throw new Error(`"${name}" is not a field of a fault, or its value is of the wrong kind.`);
}

const numberFields = ['times', 'chance', 'status', 'retryAfterSeconds', 'delayMs'] as const;
const isNumberField = (name: string): name is (typeof numberFields)[number] =>
  numberFields.some((known) => known === name);
