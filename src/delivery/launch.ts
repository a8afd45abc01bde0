// What becomes of one claimed row? Attempt, then settlement, however long the store takes to write it down.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../errors.ts';
import type { Clock, Endpoint } from '../model.ts';
import type { Outgoing } from '../outgoing/outgoing.ts';
import type { Tokens } from '../outgoing/tokens.ts';
import type { Store } from '../store/store.ts';
import { attempt, type Ended, type Job } from './attempt.ts';
import { createGates } from './gates.ts';
import type { Lane, OutboxRow } from './outbox.ts';
import { readdress } from './readdress.ts';
import { createReceiverTokens } from './receiverTokens.ts';
import type { DeliverySettings } from './settings.ts';
import { type AtEnd, release, settle } from './settle.ts';

type Addressee = { participantId: string; endpointId: string; kind: Endpoint['kind'] };

export type DeliveryLog = Record<'info' | 'warn' | 'error', (facts: object, text: string) => void>;

export type DeliveryDeps = {
  store: Store;
  outgoing: Outgoing;
  clock: Clock;
  endpointOf(participantId: string, endpointId: string): Endpoint | undefined;
  /** Where what was written for an endpoint goes now; undefined while it is kept back. */
  wayTo(written: Addressee, at: Date): Endpoint | undefined;
  tokens: Tokens;
  settings: DeliverySettings;
  log: DeliveryLog;
  /** Name of this gateway; a random part is added, so that a restarted one is another owner. */
  owner: string;
  /** Called after each settled attempt, for metrics. */
  observe?: (attempt: { result: Ended['result']; kind: OutboxRow['kind'] }) => void;
  random?: () => number;
  /** Called in the write that ends a notification: delivered, given up, refused, overtaken, or parked as unknown. */
  atEnd?: AtEnd;
};

type Taken = Omit<Job, 'endpoint'>;
type Running = { row: OutboxRow; controller: AbortController; done: Promise<void> };
export type Parts = ReturnType<typeof partsOf>;

/** How long a row waits whose endpoint is not in use, or whose sending went wrong in ourselves. */
const heldMs = 10_000;

/** What the worker and its rows share. */
export function partsOf(deps: DeliveryDeps) {
  const { settings } = deps;
  const owner = `${deps.owner}:${randomUUID()}`;
  const tokens = createReceiverTokens(deps.tokens, { ...settings, clock: deps.clock });
  return {
    deps: { ...deps, random: deps.random ?? Math.random },
    owner,
    gates: createGates(settings),
    attemptDeps: { ...deps, tokens, owner },
    running: new Map<string, Running>(),
    /** Set when the drain is over: nothing is tried any longer. */
    given: { up: false },
  };
}

const laneOf = (row: OutboxRow): Lane => ({
  participantId: row.participant_id,
  endpointId: row.endpoint_id,
  callback: row.kind === 'callback',
});

const writtenFor = (row: OutboxRow): Addressee => ({
  participantId: row.participant_id,
  endpointId: row.endpoint_id,
  kind: row.kind === 'callback' ? 'callback' : 'notification',
});

export const after = (clock: Clock, ms: number): Date => new Date(clock().getTime() + ms);

/** What is known is kept until the store takes it: forgetting a result would make it unknown. */
async function persist(parts: Parts, write: () => Promise<unknown>): Promise<void> {
  for (let wait = 100; ; wait = Math.min(wait * 2, 2_000)) {
    try {
      await write();
      return;
    } catch (error) {
      const passing = error instanceof GatewayError && error.kind === 'unavailable';
      if (!passing || parts.given.up) throw error;
      parts.deps.log.warn({ err: error }, 'result of an attempt could not be stored yet');
      await sleep(wait);
    }
  }
}

function putBack(parts: Parts, { row, attemptId }: Taken, dueAt: Date): Promise<void> {
  const { store, clock } = parts.deps;
  const at = { attemptId, now: clock(), dueAt };
  return persist(parts, () => store.write((unit) => release(unit, row, at)));
}

async function conclude(parts: Parts, row: OutboxRow, at: { ended: Ended; repeatable: boolean }) {
  const { store, clock, settings, random, observe, log, atEnd } = parts.deps;
  const settlement = { ...at, row, now: clock(), settings, random, atEnd };
  await persist(parts, () => store.write((unit) => settle(unit, settlement)));
  const { result, reason, number } = at.ended;
  observe?.({ result, kind: row.kind });
  const facts = { notification: row.id, receiver: row.participant_id, endpoint: row.endpoint_id };
  log.info({ ...facts, kind: row.kind, attempt: number, result, reason }, 'notification attempt');
}

async function deliver(parts: Parts, taken: Taken): Promise<void> {
  const { row } = taken;
  const { deps, gates, attemptDeps } = parts;
  const endpoint = deps.wayTo(writtenFor(row), deps.clock());
  if (!endpoint) return putBack(parts, taken, after(deps.clock, heldMs));
  if (endpoint.id !== row.endpoint_id)
    return persist(parts, () =>
      deps.store.write((unit) => readdress(unit, row, { endpointId: endpoint.id, now: deps.clock() })),
    );
  let ended: Ended | undefined;
  try {
    ended = await gates.run(laneOf(row), () => attempt({ ...taken, endpoint }, attemptDeps));
  } catch (error) {
    deps.log.error({ err: error, notification: row.id }, 'notification could not be prepared');
    return putBack(parts, taken, after(deps.clock, heldMs));
  }
  if (ended === undefined) return putBack(parts, taken, new Date(row.due_at));
  return conclude(parts, row, { ended, repeatable: endpoint.repeatable });
}

/** Works on a claimed row in the background; calls `wake` when its slot is free again. */
export function launch(parts: Parts, row: OutboxRow, wake: () => void): void {
  const leave = parts.gates.enter(laneOf(row));
  const controller = new AbortController();
  const done = deliver(parts, { row, signal: controller.signal, attemptId: randomUUID() })
    .catch((error: unknown) =>
      parts.deps.log.error({ err: error, notification: row.id }, 'notification left'),
    )
    .finally(() => {
      leave();
      // the same row may have been taken again before the store told us that it was put back
      if (parts.running.get(row.id)?.controller === controller) parts.running.delete(row.id);
      wake();
    });
  parts.running.set(row.id, { row, controller, done });
}
