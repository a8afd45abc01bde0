// From when until when does an agreement hold? Start, end and duration, of which any may be missing (nl-core-TimeInterval).
import { numberText } from '../../fhir/decimals.ts';
import {
  addDuration,
  type Duration,
  type DurationUnit,
  printMoment,
  readStretch,
  type Stretch,
} from './moments.ts';

/** A period of use as it was written. */
export type WrittenPeriod = {
  start?: string;
  end?: string;
  duration?: Duration;
  /** A duration that is there and cannot be read. */
  unread?: string;
  criterion?: string;
};

/** A period worked out: [start, end) in milliseconds, infinite where open. */
export type Period = {
  start: number;
  end: number;
  /** Start and last moment, as written or worked out; absent where open. */
  startText?: string;
  endText?: string;
  criterion?: string;
  /** Starts and ends at the same written moment: what is cancelled before it began. */
  empty: boolean;
  /** Parts that could not be read. */
  unreadable?: readonly string[];
};

const units: Readonly<Record<string, DurationUnit>> = {
  s: 's',
  sec: 's',
  seconde: 's',
  seconden: 's',
  min: 'min',
  minuut: 'min',
  minuten: 'min',
  h: 'h',
  uur: 'h',
  uren: 'h',
  d: 'd',
  dag: 'd',
  dagen: 'd',
  wk: 'wk',
  week: 'wk',
  weken: 'wk',
  mo: 'mo',
  maand: 'mo',
  maanden: 'mo',
  a: 'a',
  jaar: 'a',
  jaren: 'a',
};

function unitNamed(written: unknown): DurationUnit | undefined {
  const name = typeof written === 'string' ? written.trim().toLowerCase() : '';
  return Object.hasOwn(units, name) ? units[name] : undefined;
}

/** A duration by UCUM code or Dutch unit; undefined when value or unit is not understood. */
export function readDuration(value: unknown, unit: unknown): Duration | undefined {
  const number = numberText(value) ?? (typeof value === 'string' ? value : undefined);
  const amount = Number(number);
  const known = unitNamed(unit);
  return number === undefined || number === '' || !Number.isFinite(amount) || amount <= 0 || !known
    ? undefined
    : { value: amount, unit: known };
}

/** A duration by the first unit that is understood; when none is, what stands there. */
export function durationIn(
  value: unknown,
  ...units: readonly unknown[]
): Pick<WrittenPeriod, 'duration' | 'unread'> {
  const [duration] = units.flatMap((unit) => readDuration(value, unit) ?? []);
  if (duration) return { duration };
  const parts = [numberText(value) ?? value, ...new Set(units)].filter((one) => typeof one === 'string');
  return parts.length === 0 ? {} : { unread: parts.join(' ') };
}

export const openPeriod: Period = { start: -Infinity, end: Infinity, empty: false };

const [earliest, latest] = [Date.UTC(1000, 0, 2), Date.UTC(9999, 11, 30)];
const perYear: Readonly<Record<DurationUnit, number>> = {
  s: 31_536_000,
  min: 525_600,
  h: 8_760,
  d: 365,
  wk: 52,
  mo: 12,
  a: 1,
};

/** Dates have four digits for the year: what leads beyond them is no moment. */
function momentBy(from: number, by: Duration): number | undefined {
  if (Math.abs(by.value) > 9_999 * perYear[by.unit]) return undefined;
  const moment = addDuration(from, by);
  return moment >= earliest && moment <= latest ? moment : undefined;
}

type Bounds = { first?: Stretch | undefined; last?: Stretch | undefined; unreadable: string[] };

function boundsOf({ start, end, unread }: WrittenPeriod): Bounds {
  const unreadable: string[] = [];
  const read = (text: string | undefined) => {
    const found = text === undefined ? undefined : readStretch(text);
    if (text !== undefined && !found) unreadable.push(text);
    return found;
  };
  const [first, last] = [read(start), read(end)];
  if (unread !== undefined && !(first && last)) unreadable.push(unread);
  return { first, last, unreadable };
}

/**
 * Works out a period. A missing end is start + duration, a missing start end - duration; the first day counts, so the last
 * moment is one second before the sum. A bare day as end lasts until the end of that day.
 */
export function periodOf(written: WrittenPeriod): Period {
  const { start, end, duration, criterion } = written;
  const period: Period = { start: -Infinity, end: Infinity, empty: start !== undefined && start === end };
  const { first, last, unreadable } = boundsOf(written);
  if (first && start !== undefined) Object.assign(period, { start: first.start, startText: start });
  if (last && end !== undefined) Object.assign(period, { end: last.end, endText: end });
  const reach = (from: number, by: Duration) => {
    const moment = momentBy(from, by);
    if (moment === undefined) unreadable.push(`${Math.abs(by.value)} ${by.unit}`);
    return moment;
  };
  if (duration && first && !last) {
    const until = reach(first.start, duration);
    if (until !== undefined) Object.assign(period, { end: until, endText: printMoment(until - 1000) });
  }
  if (duration && last && !first) {
    const from = reach(last.end, { ...duration, value: -duration.value });
    if (from !== undefined) Object.assign(period, { start: from, startText: printMoment(from) });
  }
  if (criterion !== undefined) period.criterion = criterion;
  if (unreadable.length > 0) period.unreadable = unreadable;
  return period;
}

export const holdsAt = ({ start, end }: Period, moment: number): boolean => start <= moment && moment < end;
