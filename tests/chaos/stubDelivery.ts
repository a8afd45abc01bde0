// How does the stub notify? One row after the other per case, as an honest gateway would, but for the misdeed it was told.
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { wireRequest } from '../../src/delivery/shapes.ts';
import type { Endpoint } from '../../src/model.ts';
import type { ToldAttempt, ToldNotification } from './history.ts';
import type { StubCase, StubPlace } from './stubGateway.ts';

export type StubRow = ToldNotification & { event?: number; message: string };

const iso = () => new Date().toISOString();

/** Adds a row and works on the case until nothing of it is left to say. */
export function say(
  place: StubPlace,
  one: StubCase,
  kind: 'announce' | 'echo' | 'cancel' | 'callback',
): void {
  if (place.misdeed === 'loses' && kind === 'announce' && one.number % 5 === 0) return;
  const to = kind === 'callback' ? 'sender' : 'receiver';
  one.rows.push({ kind, version: one.version, state: 'waiting', to, attempts: [], message: randomUUID() });
  work(place, one);
}

export function work(place: StubPlace, one: StubCase): void {
  one.turn = one.turn.then(async () => {
    for (const row of one.rows) while (row.state === 'waiting') await attempt(place, one, row);
  });
}

async function attempt(place: StubPlace, one: StubCase, row: StubRow): Promise<void> {
  if (place.misdeed === 'sticks' && one.number % 5 === 0) {
    row.state = 'sending';
    return;
  }
  const told: ToldAttempt = { number: row.attempts.length + 1, startedAt: iso(), result: 'unknown' };
  row.attempts.push(told);
  const { waitMs, ...ended } = await send(place, one, row);
  Object.assign(told, ended, { endedAt: iso() });
  if (told.result === 'delivered') row.state = 'delivered';
  else if (told.result === 'unknown' && one.endpoint.repeatable === false) row.state = 'unknown';
  else if (place.misdeed !== 'hammers') await wait(waitMs);
}

type Ended = Pick<ToldAttempt, 'result' | 'httpStatus' | 'reason'> & { waitMs: number };

async function send(place: StubPlace, one: StubCase, row: StubRow): Promise<Ended> {
  const { url, ...request } = wireRequest(noticeOf(place, one, row));
  try {
    const init = { method: request.method, headers: request.headers ?? {}, signal: AbortSignal.timeout(600) };
    const body = typeof request.body === 'string' ? { body: request.body } : {};
    const { status, headers } = await fetch(url, { ...init, ...body });
    const delivered = status < 300 || place.misdeed === 'lies';
    const waitMs = Math.max(30, Number(headers.get('retry-after') ?? 0) * 1_050);
    return {
      result: delivered ? 'delivered' : 'retry',
      httpStatus: status,
      reason: `status-${status}`,
      waitMs,
    };
  } catch (error) {
    const cause = error instanceof Error ? String((error.cause as { code?: string } | undefined)?.code) : '';
    const refused = cause === 'ECONNREFUSED';
    return {
      result: refused ? 'retry' : 'unknown',
      reason: refused ? 'connection-refused' : 'reset',
      waitMs: 30,
    };
  }
}

function noticeOf(place: StubPlace, one: StubCase, row: StubRow) {
  const endpoint: Endpoint =
    row.kind === 'callback' ? { ...one.endpoint, address: place.callbackAddress } : one.endpoint;
  row.event ??= one.endpoint.shape === 'E' ? place.nextEvent() : 1;
  return {
    kind: row.kind as 'announce',
    exchange: 'handover',
    version: row.version,
    endpoint,
    now: new Date(),
    message: {
      taskId: one.taskId,
      taskUrl: `${place.url}/stu3/Task/${one.taskId}`,
      compositionUrl: '',
      groupIdentifier: one.id,
      notificationIdentifier: row.message,
      status: row.kind === 'cancel' ? ('cancelled' as const) : ('requested' as const),
      authoredOn: iso(),
      eventNumber: row.event,
      callback: { handoverUrl: `${place.url}/handover/${one.id}`, state: one.state },
    },
  };
}
