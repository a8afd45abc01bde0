// Which moment, or stretch of time, is a FHIR date? http://hl7.org/fhir/STU3/datatypes.html#dateTime
// Dates without a zone are days in the Netherlands.

export type DatePrecision = 'year' | 'month' | 'day' | 'second' | 'fraction';

/** The half-open stretch [start, end) that a value stands for, in milliseconds since 1970 UTC. */
export type FhirDate = { precision: DatePrecision; start: number; end: number };

const shape = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d))?)?)?$/;
const timeShape = /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?$/;
const minute = 60_000;
const day = 24 * 60 * minute;

type Parts = {
  year: number;
  month: number | undefined;
  day: number | undefined;
  hour: number;
  minute: number;
  second: number;
  fraction: string | undefined;
  zone: string | undefined;
};

function partsOf(text: string): Parts | undefined {
  const match = shape.exec(text);
  if (!match) return undefined;
  const at = (index: number): number | undefined =>
    match[index] === undefined ? undefined : Number(match[index]);
  return {
    year: Number(match[1]),
    month: at(2),
    day: at(3),
    hour: at(4) ?? 0,
    minute: at(5) ?? 0,
    second: at(6) ?? 0,
    fraction: match[7],
    zone: match[8],
  };
}

/** Like Date.UTC, also for the years 1 to 99. */
function utc(year: number, month: number, dayOfMonth: number): number {
  if (year > 99) return Date.UTC(year, month - 1, dayOfMonth);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, dayOfMonth);
  return date.getTime();
}

const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const daysIn = (year: number, month: number): number =>
  month === 2 && isLeap(year) ? 29 : (lengths[month - 1] ?? 0);

function isRealDate({ year, month, day: dayOfMonth }: Parts): boolean {
  if (year === 0) return false;
  if (month === undefined) return true;
  if (month < 1 || month > 12) return false;
  return dayOfMonth === undefined || (dayOfMonth >= 1 && dayOfMonth <= daysIn(year, month));
}

/** Minutes east of UTC; undefined beyond the fourteen hours that exist. */
function zoneMinutes(zone: string): number | undefined {
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  const total = hours * 60 + minutes;
  if (minutes > 59 || total > 14 * 60) return undefined;
  return zone.startsWith('-') ? -total : total;
}

const isRealTime = ({ hour, minute: m, second }: Parts): boolean => hour <= 23 && m <= 59 && second <= 60;

const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Amsterdam',
  calendar: 'gregory',
  era: 'short',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
  hourCycle: 'h23',
});

const days = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Amsterdam', dateStyle: 'short' });

/** The day of a moment on a Dutch clock, wherever this machine thinks it is: 2026-01-31. */
export const dutchDay = (moment: Date | number): string => days.format(moment);

/** Milliseconds that the Dutch clock is ahead of UTC at a moment. */
function offsetAt(moment: number): number {
  const parts = new Map(clock.formatToParts(moment).map((part) => [part.type, part.value]));
  const number = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  const year = parts.get('era') === 'BC' ? 1 - number('year') : number('year');
  const wall =
    utc(year, number('month'), number('day')) +
    number('hour') * 60 * minute +
    number('minute') * minute +
    number('second') * 1000;
  return wall - Math.floor(moment / 1000) * 1000;
}

/** The moment at which a day begins in the Netherlands; clocks there never change at midnight. */
function startOfDay(wall: number): number {
  const guess = wall - offsetAt(wall - 60 * minute);
  return wall - offsetAt(guess);
}

function dayRange(parts: Parts): FhirDate {
  const { year, month, day: dayOfMonth } = parts;
  if (month === undefined) {
    return { precision: 'year', start: startOfDay(utc(year, 1, 1)), end: startOfDay(utc(year + 1, 1, 1)) };
  }
  if (dayOfMonth === undefined) {
    return {
      precision: 'month',
      start: startOfDay(utc(year, month, 1)),
      end: startOfDay(utc(year, month + 1, 1)),
    };
  }
  const start = utc(year, month, dayOfMonth);
  return { precision: 'day', start: startOfDay(start), end: startOfDay(start + day) };
}

function timeRange(parts: Parts, offset: number): FhirDate {
  const whole =
    utc(parts.year, parts.month ?? 1, parts.day ?? 1) +
    (parts.hour * 60 + parts.minute - offset) * minute +
    parts.second * 1000;
  if (parts.fraction === undefined) return { precision: 'second', start: whole, end: whole + 1000 };
  const start = whole + Number(`0.${parts.fraction}`) * 1000;
  return { precision: 'fraction', start, end: start + 1000 / 10 ** parts.fraction.length };
}

/**
 * The stretch of time that a FHIR date, dateTime or instant stands for; undefined when the text is none of these or the
 * day does not exist (2024-02-30, year 0000, 24:00:00). The leap second :60 counts as the first of the next minute.
 */
export function parseDate(text: string): FhirDate | undefined {
  const parts = partsOf(text);
  if (!parts || !isRealDate(parts) || !isRealTime(parts)) return undefined;
  if (parts.zone === undefined) return dayRange(parts);
  const offset = zoneMinutes(parts.zone);
  return offset === undefined ? undefined : timeRange(parts, offset);
}

/** Is the text a date of this FHIR type that exists on the calendar? Never throws. */
export function isDate(type: 'date' | 'dateTime' | 'instant', text: string): boolean {
  const parts = partsOf(text);
  if (!parts || !isRealDate(parts)) return false;
  const hasTime = parts.zone !== undefined;
  if (type === 'date' && hasTime) return false;
  if (type === 'instant' && !hasTime) return false;
  return !hasTime || (isRealTime(parts) && zoneMinutes(parts.zone ?? '') !== undefined);
}

/** Is the text a FHIR time of day, hh:mm:ss with optional fraction and no zone? */
export const isTime = (text: string): boolean => timeShape.test(text);

/**
 * Negative when `a` is wholly before `b`, positive when wholly after, 0 when both stand for the same stretch;
 * undefined when they overlap otherwise, so that nobody takes 2024 for earlier or later than 2024-05.
 */
export function compareDates(a: FhirDate, b: FhirDate): number | undefined {
  if (a.start === b.start && a.end === b.end) return 0;
  if (a.end <= b.start) return -1;
  return b.end <= a.start ? 1 : undefined;
}

/** Does a FHIR period hold at this moment? An absent or unreadable bound does not limit. */
export function isWithin(period: { start?: unknown; end?: unknown } | undefined, moment: Date): boolean {
  const bound = (value: unknown): FhirDate | undefined =>
    typeof value === 'string' ? parseDate(value) : undefined;
  const start = bound(period?.start);
  const end = bound(period?.end);
  return !(start && moment.getTime() < start.start) && !(end && moment.getTime() >= end.end);
}
