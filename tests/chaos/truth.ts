// Does the truth table tell the truth? Each attempt it tells of beside what the receiver saw, and how often it was tried.
import type { CaseHistory } from './cases.ts';
import type { Arrival, Evidence, Limits, ToldAttempt, ToldNotification } from './history.ts';
import type { Verdict } from './invariants.ts';

/** How far the clocks of an attempt and of an arrival may lie apart. */
const slackMs = 60;
/** Between the moment a request leaves and the moment a busy receiver looks at it. */
const lateMs = 4_000;

type Tried = ToldAttempt & { of: ToldNotification; from: number; to: number };

/** I7: what is told as delivered was delivered; what reached the receiver is told, and never as something that did not. */
export function nothingUntrue(evidence: Evidence, cases: readonly CaseHistory[]): Verdict {
  const seen = { delivered: 0, unknown: 0, other: 0 };
  const violations = cases.flatMap((one) => {
    const told = one.toldLater ?? one.told;
    const tried = triedOf(told?.notifications ?? []);
    for (const { result } of tried)
      seen[result === 'delivered' || result === 'unknown' ? result : 'other'] += 1;
    return [...compare(tried, one), ...stepsOf(one), ...callbacksOf(evidence, one)];
  });
  return {
    name: 'I7 truth table true',
    seen: `attempts: ${seen.delivered} delivered, ${seen.unknown} unknown, ${seen.other} others`,
    violations,
  };
}

function triedOf(notifications: readonly ToldNotification[], to = 'receiver'): Tried[] {
  const own = notifications.filter((one) => one.to === to);
  return own.flatMap((of) =>
    of.attempts.map((attempt) => ({
      ...attempt,
      of,
      from: Date.parse(attempt.startedAt) - slackMs,
      to: attempt.endedAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(attempt.endedAt) + slackMs,
    })),
  );
}

/** What no attempt can account for, and what no arrival can, is a lie: however the others are paired. */
function compare(tried: readonly Tried[], one: CaseHistory): string[] {
  const pairs = pairUp(tried, one.arrivals);
  const told = new Set(pairs.values());
  return [
    ...one.arrivals
      .filter((arrival) => !pairs.has(arrival))
      .map(({ behaviour, at }) => `${one.name}: arrived (${behaviour}) ${iso(at)} and no attempt tells so`),
    ...tried
      .filter((attempt) => !told.has(attempt) && mustArrive(attempt))
      .map(({ result, startedAt }) => `${one.name}: told as ${result} ${startedAt}, and nothing arrived`),
  ];
}

const mustArrive = (attempt: Tried): boolean => attempt.result === 'delivered' || answeredByReceiver(attempt);

/**
 * As many pairs as there can be, attempts that must have arrived first: an attempt of a gateway that was paused lasts long,
 * and another one begins and ends meanwhile. https://en.wikipedia.org/wiki/Maximum_cardinality_matching
 */
function pairUp(tried: readonly Tried[], arrivals: readonly Arrival[]): Map<Arrival, Tried> {
  const pairs = new Map<Arrival, Tried>();
  const place = (attempt: Tried, seen: Set<Arrival>): boolean =>
    arrivals.some((arrival) => {
      if (seen.has(arrival) || !fits(attempt, arrival)) return false;
      seen.add(arrival);
      const other = pairs.get(arrival);
      if (other && !place(other, seen)) return false;
      pairs.set(arrival, attempt);
      return true;
    });
  for (const attempt of tried.filter(mustArrive)) place(attempt, new Set());
  for (const attempt of tried.filter((one) => !mustArrive(one))) place(attempt, new Set());
  return pairs;
}

function fits(attempt: Tried, arrival: Arrival): boolean {
  const late = attempt.result === 'unknown' ? lateMs : 0;
  if (arrival.at < attempt.from || arrival.at > attempt.to + late) return false;
  if (attempt.result === 'unknown') return true;
  if (!answeredByReceiver(attempt) || attempt.httpStatus !== arrival.answered) return false;
  return (attempt.result === 'delivered') === (attempt.httpStatus ?? 0) < 300;
}

/** Not by the token endpoint before it. */
const answeredByReceiver = ({ httpStatus, reason }: ToldAttempt): boolean =>
  httpStatus !== undefined && !reason?.startsWith('token-');

const iso = (at: number) => new Date(at).toISOString();

/** The step "notified" claims a time only with a delivered attempt, and says unknown where it is. */
function stepsOf(one: CaseHistory): string[] {
  const { told } = one;
  if (!told) return [];
  const attempts = told.notifications
    .filter(({ kind, version }) => kind === 'announce' && version === told.version)
    .flatMap((row) => row.attempts);
  const has = (result: string) => attempts.some((attempt) => attempt.result === result);
  const at = told.steps.find(({ step }) => step === 'notified')?.at ?? '';
  const claimed = /^\d/.test(at);
  if (claimed !== has('delivered')) return [`${one.name}: notified ${at}`];
  return !claimed && has('unknown') !== (at === 'unknown') ? [`${one.name}: notified ${at}`] : [];
}

function callbacksOf({ callbacks }: Evidence, one: CaseHistory): string[] {
  const told = one.toldLater ?? one.told;
  const delivered = (told?.notifications ?? []).filter(
    ({ to, state }) => to === 'sender' && state === 'delivered',
  );
  const [location] = one.locations;
  const heard = callbacks.filter((callback) => callback.location === location && callback.answered === 204);
  return delivered.length > heard.length ? [`${one.name}: a callback is told that never came`] : [];
}

/** I15: between two attempts lies at least the least wait, or what the receiver asked for; and nothing is repeated that may not be. */
export function retriesAreBounded(evidence: Evidence, cases: readonly CaseHistory[]): Verdict {
  let [most, attempts] = [0, 0];
  const violations = cases.flatMap((one) => {
    const notifications = one.told?.notifications ?? [];
    for (const row of notifications) {
      most = Math.max(most, row.attempts.length);
      attempts += row.attempts.length;
    }
    return notifications.flatMap((row) => [
      ...tooSoon(row, one, evidence.limits),
      ...repeated(row, one, evidence.once),
    ]);
  });
  return {
    name: 'I15 bounded retry',
    seen: `${attempts} attempts, at most ${most} of one notification`,
    violations,
  };
}

function tooSoon(row: ToldNotification, one: CaseHistory, { firstRetryMs, leaseMs }: Limits): string[] {
  return row.attempts.slice(1).flatMap((attempt, index) => {
    const before = row.attempts[index];
    if (before?.endedAt === undefined || before.reason === 'not-sent') return [];
    const taken = Date.parse(attempt.startedAt) - Date.parse(before.startedAt) >= leaseMs;
    const waited = Date.parse(attempt.startedAt) - Date.parse(before.endedAt);
    const asked = before.result === 'retry' ? askedToWait(before, one) : 0;
    const least = Math.max(firstRetryMs / 10, asked - slackMs);
    // a gateway that slept through its lease may write down late what became of an attempt that others have repeated
    if (waited < 0 && taken) return [];
    return waited < least ? [`${one.name}: again after ${waited} ms, least ${least}`] : [];
  });
}

function askedToWait(attempt: ToldAttempt, one: CaseHistory): number {
  if (attempt.httpStatus !== 503) return 0;
  const [from, to] = [Date.parse(attempt.startedAt) - slackMs, Date.parse(attempt.endedAt ?? '') + slackMs];
  const asked = one.arrivals.find(
    ({ at, retryAfterMs }) => retryAfterMs !== undefined && at >= from && at <= to,
  );
  return asked?.retryAfterMs ?? 0;
}

function repeated(row: ToldNotification, one: CaseHistory, once: ReadonlySet<string>): string[] {
  if (!once.has(one.receiver) || row.to !== 'receiver') return [];
  const unknownAt = row.attempts.findIndex(({ result }) => result === 'unknown');
  const again = unknownAt >= 0 && unknownAt < row.attempts.length - 1;
  return again ? [`${one.name}: said again to a receiver that may not be told twice`] : [];
}
