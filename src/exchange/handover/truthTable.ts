// What may the truth table claim? A time where something is proven, "unknown" where it may have happened, else "not yet".
import { readMessage } from '../../delivery/message.ts';
import type { OutboxRow } from '../../delivery/outbox.ts';
import type { AttemptRecord } from '../../delivery/outboxViews.ts';
import type { HandoverRow } from './task.ts';

/** A time (ISO 8601, UTC), or why there is none. */
export type When = string | 'not yet' | 'unknown' | 'failed';

export type StatusStep = {
  step: 'accepted' | 'stored' | 'notified' | 'taskRead' | 'documentFetched' | 'completed';
  at: When;
  /** The content version that it is about. */
  version: number;
  detail?: string;
};

export type StatusAttempt = {
  number: number;
  startedAt: string;
  endedAt?: string;
  result: string;
  httpStatus?: number;
  reason?: string;
};

export type StatusNotification = {
  kind: OutboxRow['kind'];
  version: number;
  state: OutboxRow['state'];
  to: 'receiver' | 'sender';
  /** What a callback says. */
  told?: { state: string; reason?: string };
  attempts: StatusAttempt[];
};

export type Happened = { at: string; step: string; version: number; detail?: string };

/** Outbox rows with their attempts, in order. */
export function tellNotifications(
  row: HandoverRow,
  outbox: readonly OutboxRow[],
  attempts: readonly AttemptRecord[],
): StatusNotification[] {
  return outbox.map((one) => ({
    kind: one.kind,
    version: one.version,
    state: one.state,
    to: one.participant_id === row.sender_id ? 'sender' : 'receiver',
    ...toldBy(one),
    attempts: attempts.filter((attempt) => attempt.outbox_id === one.id).map(tellAttempt),
  }));
}

function toldBy({ kind, message }: OutboxRow): Pick<StatusNotification, 'told'> {
  if (kind !== 'callback') return {};
  const { state = '', reason } = readMessage(message).callback ?? {};
  return { told: { state, ...(reason === undefined ? {} : { reason }) } };
}

function tellAttempt(attempt: AttemptRecord): StatusAttempt {
  return {
    number: attempt.number,
    startedAt: attempt.started_at,
    ...(attempt.ended_at === null ? {} : { endedAt: attempt.ended_at }),
    // an attempt without a result may have reached the other side
    result: attempt.result ?? 'unknown',
    ...(attempt.http_status === null ? {} : { httpStatus: attempt.http_status }),
    ...(attempt.reason === null ? {} : { reason: attempt.reason }),
  };
}

/** How many resources the present version serves, and how many of them are Binaries that the document leads to. */
export type Served = { resources: number; attachments: number };

type Facts = {
  row: HandoverRow;
  happened: readonly Happened[];
  notifications: readonly StatusNotification[];
  served: Served;
};

type Reads = Omit<Facts, 'notifications'>;

/** The six steps of the present version. */
export function tellSteps(facts: Facts): StatusStep[] {
  const { version } = facts.row;
  const accepted = first(facts, 'accepted') ?? facts.row.updated_at;
  return [
    { step: 'accepted', at: accepted, version },
    // 202 is only said once everything is stored, in the same write
    { step: 'stored', at: accepted, version },
    notified(facts),
    { step: 'taskRead', at: first(facts, 'taskRead') ?? 'not yet', version },
    fetched(facts),
    { step: 'completed', at: first(facts, 'completed') ?? 'not yet', version },
  ];
}

function first(facts: Reads, step: string): string | undefined {
  return facts.happened.find((one) => one.step === step && one.version === facts.row.version)?.at;
}

function notified(facts: Facts): StatusStep {
  const { version } = facts.row;
  const own = facts.notifications.filter((one) => one.kind === 'announce' && one.version === version);
  const attempts = own.flatMap((one) => one.attempts);
  const detail = `${attempts.length} attempt${attempts.length === 1 ? '' : 's'}`;
  const delivered = attempts.find((one) => one.result === 'delivered');
  if (delivered) return { step: 'notified', at: delivered.endedAt ?? delivered.startedAt, version, detail };
  if (attempts.some((one) => one.result === 'unknown'))
    return { step: 'notified', at: 'unknown', version, detail };
  const given = own.length > 0 && own.every((one) => one.state === 'failed' || one.state === 'dead');
  return { step: 'notified', at: given ? 'failed' : 'not yet', version, detail };
}

/** Does the table say when it was fetched? */
export const isWhole = (facts: Reads): boolean => fetched(facts).at !== 'not yet';

/** By `$document` with its attachments, or by reading every resource one by one; less than all is told as such. */
function fetched(facts: Reads): StatusStep {
  const document = first(facts, 'documentFetched');
  return document === undefined ? fetchedSingly(facts) : fetchedWhole(facts, document);
}

function fetchedWhole(facts: Reads, document: string): StatusStep {
  const told = { step: 'documentFetched', version: facts.row.version } as const;
  const { attachments } = facts.served;
  if (attachments === 0) return { ...told, at: document, detail: 'document' };
  const { read, last = document } = readSingly(facts, 'Binary/');
  const at = last > document ? last : document;
  const detail = `document, ${read} of ${attachments} attachments`;
  return { ...told, at: read < attachments ? 'not yet' : at, detail };
}

function fetchedSingly(facts: Reads): StatusStep {
  const told = { step: 'documentFetched', version: facts.row.version } as const;
  const { resources } = facts.served;
  const { read, last } = readSingly(facts, '');
  if (last === undefined) return { ...told, at: 'not yet' };
  const isWhole = resources > 0 && read >= resources;
  return { ...told, at: isWhole ? last : 'not yet', detail: `${read} of ${resources} resources` };
}

/** How many resources of this kind were read one by one, and when the last one was. */
function readSingly({ row, happened }: Reads, kind: string): { read: number; last: string | undefined } {
  const reads = happened.filter(
    ({ step, version, detail }) =>
      step === 'resourceRead' && version === row.version && detail?.startsWith(kind),
  );
  // two gateways may write down the same read at once
  return { read: new Set(reads.map((one) => one.detail)).size, last: reads.at(-1)?.at };
}
