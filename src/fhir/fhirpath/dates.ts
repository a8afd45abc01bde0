// How do dates of any precision compare and add? http://hl7.org/fhirpath/N1/#datetime-comparison
const form =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T(?:(\d{2})(?::(\d{2})(?::(\d{2})(\.\d+)?)?)?)?(Z|[+-]\d{2}:\d{2})?)?$/;

export const looksLikeDate = (text: string): boolean =>
  text.length >= 4 && text.charCodeAt(0) <= 57 && form.test(text);

type Parts = { numbers: number[]; zone: string | undefined };

const partsOf = (text: string): Parts | undefined => {
  const found = form.exec(text);
  if (!found) return undefined;
  const numbers: number[] = [];
  for (const part of found.slice(1, 7)) {
    if (part === undefined) break;
    numbers.push(Number(part));
  }
  if (found[7]) numbers[5] = Number(`${found[6]}${found[7]}`);
  return { numbers, zone: found[8] };
};

const offsetMinutes = (zone: string): number => {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return zone.startsWith('-') ? -minutes : minutes;
};

/** As `Date.UTC`, which takes the years before 100 for those of 1900. */
const utc = (year: number, month: number, day: number): number =>
  new Date(Date.UTC(2000, 0, 1)).setUTCFullYear(year, month - 1, day);

const instantOf = ({ numbers, zone }: Parts): number => {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = numbers;
  const minutes = hour * 60 + minute - offsetMinutes(zone ?? 'Z');
  return utc(year, month, day) + minutes * 60_000 + second * 1000;
};

const compareInstants = (a: Parts, b: Parts): number | undefined => {
  if (a.numbers.length === b.numbers.length) return Math.sign(instantOf(a) - instantOf(b));
  const minutes = ({ numbers, zone }: Parts): number => instantOf({ numbers: numbers.slice(0, 5), zone });
  return Math.sign(minutes(a) - minutes(b)) || undefined;
};

/** Compares two dates; undefined when they agree up to the coarser one's precision but differ in precision. */
export const compareDates = (left: string, right: string): number | undefined => {
  const a = partsOf(left);
  const b = partsOf(right);
  if (!a || !b) return undefined;
  if (a.zone && b.zone && a.numbers.length >= 5 && b.numbers.length >= 5) return compareInstants(a, b);
  const shared = Math.min(a.numbers.length, b.numbers.length);
  for (let at = 0; at < shared; at += 1) {
    const difference = (a.numbers[at] ?? 0) - (b.numbers[at] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return a.numbers.length === b.numbers.length ? 0 : undefined;
};

/** Whether a text is a date, or a date with a time, that the calendar and the clock have. */
export const isMoment = (text: string): boolean => {
  const parts = partsOf(text);
  if (!parts) return false;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.numbers;
  const at = new Date(utc(year, month, day));
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
};

const milliseconds: Readonly<Record<string, number>> = {
  week: 604_800_000,
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
  wk: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  min: 60_000,
  s: 1000,
  ms: 1,
};

const addMonths = (at: Date, months: number): Date => {
  const moved = new Date(at);
  const day = moved.getUTCDate();
  moved.setUTCDate(1);
  moved.setUTCMonth(moved.getUTCMonth() + months);
  const last = new Date(utc(moved.getUTCFullYear(), moved.getUTCMonth() + 2, 0)).getUTCDate();
  moved.setUTCDate(Math.min(day, last));
  return moved;
};

/** One unit of time has several words: `day`, `days`. */
export const singular = (unit: string): string => (/^[a-z]{3,}s$/.test(unit) ? unit.slice(0, -1) : unit);

/** Only seconds are counted in parts: http://hl7.org/fhirpath/N1/#datetime-arithmetic */
const counted = (count: number, unit: string): number =>
  unit === 'second' || unit === 's' ? count : Math.trunc(count);

const moved = (at: Date, given: number, unit: string): Date | undefined => {
  const count = counted(given, unit);
  if (unit === 'year' || unit === 'a') return addMonths(at, count * 12);
  if (unit === 'month' || unit === 'mo') return addMonths(at, count);
  const size = milliseconds[unit];
  return size === undefined ? undefined : new Date(at.getTime() + count * size);
};

/** Four digits are all that a year may have. */
const isInCalendar = (at: Date): boolean => at.getUTCFullYear() >= 1 && at.getUTCFullYear() <= 9999;

const lengths = [4, 7, 10, 13, 16, 19];

/**
 * A date moved by an amount, in the precision, form and zone it was written in.
 * @param unit a calendar word (`days`) or UCUM code (`d`); undefined for a unit without duration
 */
export const addToDate = (text: string, count: number, unit: string): string | undefined => {
  const parts = partsOf(text);
  if (!parts) return undefined;
  const local = new Date(instantOf({ numbers: parts.numbers, zone: 'Z' }));
  const next = moved(local, count, singular(unit));
  if (!next || !isInCalendar(next)) return undefined;
  const fraction = /\.\d+/.exec(text)?.[0] ?? '';
  const printed = next.toISOString().slice(0, lengths[parts.numbers.length - 1] ?? 19);
  return printed + (fraction && `.${next.toISOString().slice(20, 23)}`) + (parts.zone ?? '');
};
