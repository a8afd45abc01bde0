// Which moment is meant on a Dutch clock? Days, durations and printing in Europe/Amsterdam, whatever the machine's own zone.
import { parseDate } from '../../fhir/dates.ts';

/** A half-open stretch [start, end) in milliseconds since 1970 UTC. */
export type Stretch = { start: number; end: number };
export type Duration = { value: number; unit: DurationUnit };
export type DurationUnit = 's' | 'min' | 'h' | 'd' | 'wk' | 'mo' | 'a';

const hour = 3_600_000;
const day = 24 * hour;
const days = new Map<string, Stretch | undefined>();
const mostDays = 50_000;

/** A day as written, kept: asking the calendar takes far longer than all else here. */
function dayStretch(text: string): Stretch | undefined {
  if (days.has(text)) return days.get(text);
  if (days.size >= mostDays) days.clear();
  const found = parseDate(text);
  days.set(text, found);
  return found;
}

const isoDay = (wall: number): string => new Date(wall).toISOString().slice(0, 10);
const starts = new Map<number, number>();

/** Kept as well: printing each midnight to look it up took longer than the look-up. */
function startOfDay(wallMidnight: number): number {
  const known = starts.get(wallMidnight);
  if (known !== undefined) return known;
  if (starts.size >= mostDays) starts.clear();
  const start = dayStretch(isoDay(wallMidnight))?.start ?? wallMidnight - hour;
  starts.set(wallMidnight, start);
  return start;
}

/** Milliseconds that the Dutch clock is ahead of UTC. Clocks change at 01:00 UTC. */
function offsetAt(moment: number): number {
  const midnight = Math.floor(moment / day) * day;
  const before = midnight - startOfDay(midnight);
  const after = midnight + day - startOfDay(midnight + day);
  return before === after || moment < midnight + hour ? before : after;
}

const wallOf = (moment: number): number => moment + offsetAt(moment);
const momentOf = (wall: number): number => wall - offsetAt(wall - offsetAt(wall - hour));

const withoutZone = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d(?:\.\d+)?)?$/;

/**
 * The stretch that a date or time stands for; undefined when it is none. ADA also writes times without a zone, which are
 * times on a Dutch clock.
 */
export function readStretch(text: string): Stretch | undefined {
  if (text.length <= 10) return dayStretch(text);
  const found = parseDate(text);
  if (found) return found;
  const local = withoutZone.exec(text);
  const wall = local && parseDate(`${local[1]}${local[2] ?? ':00'}Z`);
  return wall
    ? { start: momentOf(wall.start), end: momentOf(wall.start) + wall.end - wall.start }
    : undefined;
}

/** The Dutch calendar day of a moment, `2024-01-31`. */
export const dutchDay = (moment: number): string => isoDay(wallOf(moment));

/** The Dutch day on which a written time falls; what is a day or less precise stays as it is. */
export function dutchDayOf(text: string): string {
  const found = text.length > 10 ? readStretch(text) : undefined;
  return found ? dutchDay(found.start) : text;
}

/** `2024-01-31T23:59:59+01:00`. */
export function printMoment(moment: number): string {
  const offset = offsetAt(moment);
  const hours = String(Math.floor(offset / hour)).padStart(2, '0');
  const minutes = String((offset % hour) / 60_000).padStart(2, '0');
  return `${new Date(moment + offset).toISOString().slice(0, 19)}+${hours}:${minutes}`;
}

/** Same day of another month; `beyond` says what happens to a day which that month lacks. */
function shiftMonths(moment: number, months: number, beyond: 'last day' | 'next day'): number {
  const wall = new Date(wallOf(moment));
  const first = Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth() + months, 1);
  const next = Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth() + months + 1, 1);
  const lastDay = (next - first) / day;
  const dayOfMonth = wall.getUTCDate();
  if (dayOfMonth > lastDay && beyond === 'next day') return momentOf(next);
  const time = wall.getTime() - Math.floor(wall.getTime() / day) * day;
  return momentOf(first + (Math.min(dayOfMonth, lastDay) - 1) * day + time);
}

const exact: Partial<Record<DurationUnit, number>> = { s: 1000, min: 60_000, h: hour };
const dayCount: Partial<Record<DurationUnit, number>> = { d: 1, wk: 7 };

/**
 * The moment a duration later, or earlier when its value is negative. Days and longer go by the calendar: three days from
 * eight in the morning is eight in the morning, also when the clock changes in between.
 */
export function addDuration(moment: number, { value, unit }: Duration): number {
  const milliseconds = exact[unit];
  if (milliseconds !== undefined) return moment + value * milliseconds;
  const perUnit = dayCount[unit];
  if (perUnit !== undefined) return momentOf(wallOf(moment) + value * perUnit * day);
  const months = (unit === 'a' ? 12 : 1) * value;
  const whole = Math.trunc(months);
  return shiftMonths(moment, whole, 'next day') + Math.round((months - whole) * 30) * day;
}

/** So many calendar months earlier, on the last day of the month when the day does not exist there. */
export const monthsBefore = (moment: number, months: number): number =>
  shiftMonths(moment, -months, 'last day');

/**
 * The moment that an overview is made for; undefined for what is no date. A bare day stands for its noon: midnights that
 * were written in the wrong zone, which published data have, then still fall on the right side.
 */
export function momentMeant(text: string): number | undefined {
  const found = readStretch(text);
  if (!found) return undefined;
  return text.includes('T') ? found.start : momentOf(wallOf(found.start) + 12 * hour);
}
