// Which dates do HL7v3 times mean? Points in time, and the period of use behind the schedules of a 6.12 dispense.
import { printMoment } from './moments.ts';
import { durationIn, periodOf, type WrittenPeriod } from './period.ts';
import { present, type Tree, textOf, tree, trees } from './tree.ts';

const pattern =
  /^(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.\d+)?)?)?)?)?)?(?:([+-]\d\d)(\d\d))?$/;

/** `20190628`, `201906282100+0100` as FHIR writes them; anything else comes back as it is, to be told as unreadable. */
export function hl7Time(value: unknown): string | undefined {
  const text = textOf(value)?.trim();
  const found = text === undefined ? undefined : pattern.exec(text);
  if (!found) return text;
  const [, year, month, day, hours, minutes = '00', seconds = '00', zone, zoneMinutes] = found;
  const date = [year, month, day].filter((part) => part !== undefined).join('-');
  if (hours === undefined) return date;
  return `${date}T${hours}:${minutes}:${seconds}${zone === undefined ? '' : `${zone}:${zoneMinutes}`}`;
}

const typeOf = (time: Tree): string => (textOf(time['xsi:type']) ?? 'TS').replace(/^.*:/, '');

/** An effectiveTime and the parts of it. */
const timesIn = (time: Tree): Tree[] => [time, ...trees(time.comp).flatMap(timesIn)];

const intervalsOf = (request: Tree): Tree[] =>
  trees(request.effectiveTime)
    .flatMap(timesIn)
    .filter((time) => typeOf(time) === 'IVL_TS');

const lowOf = (interval: Tree): string | undefined => hl7Time(tree(interval.low)?.value);
const highOf = (interval: Tree): string | undefined => hl7Time(tree(interval.high)?.value);
const widthIn = (interval: Tree) => {
  const width = tree(interval.width);
  return durationIn(width?.value, width?.unit);
};
const widthOf = (interval: Tree) => widthIn(interval).duration;

const known = <T>(values: readonly (T | undefined)[]): T[] => values.filter((one) => one !== undefined);
const same = (values: readonly unknown[]): boolean =>
  new Set(values.map((one) => JSON.stringify(one))).size < 2;

/** The period of use behind all parts of a schedule, with the first width that cannot be read. */
export function periodOfUse(requests: readonly Tree[]): WrittenPeriod {
  const [unread] = known(requests.flatMap(intervalsOf).map((interval) => widthIn(interval).unread));
  return present<WrittenPeriod>({ ...spanOf(requests), unread });
}

/**
 * The start is known when each part has one, the duration when all have the same, the end when each part has one; a single
 * moment of use is the start.
 */
function spanOf(requests: readonly Tree[]): WrittenPeriod {
  const parts = requests.map(intervalsOf);
  const intervals = parts.flat();
  const everyPart = (has: (interval: Tree) => unknown): boolean =>
    parts.length > 0 && parts.every((own) => own.some((interval) => has(interval) !== undefined));
  const lows = known(intervals.map(lowOf)).sort();
  const once = known(
    requests
      .flatMap(({ effectiveTime }) => trees(effectiveTime))
      .filter((time) => typeOf(time) === 'TS')
      .map(({ value }) => hl7Time(value)),
  );
  const start = once.length === 1 ? once[0] : everyPart(lowOf) ? lows[0] : undefined;
  const widths = intervals.map(widthOf);
  const alike = same(widths) && same(intervals.map(lowOf)) && widths[0] !== undefined;
  if (requests.length === 1 ? widths[0] !== undefined : alike)
    return present<WrittenPeriod>({ start, duration: widths[0] });
  if (everyPart(highOf)) return present<WrittenPeriod>({ start, end: latest(known(intervals.map(highOf))) });
  const counted = everyPart((interval) => lowOf(interval) && widthOf(interval));
  return present<WrittenPeriod>({ start, end: counted ? lastEnd(intervals) : undefined });
}

const latest = (texts: readonly string[]): string | undefined =>
  [...texts].sort((a, b) => periodOf({ end: a }).end - periodOf({ end: b }).end).at(-1);

/** Parts of different length, each with its own start: the end of the last of them. */
function lastEnd(intervals: readonly Tree[]): string | undefined {
  const ends = intervals.map((interval) =>
    periodOf(present<WrittenPeriod>({ start: lowOf(interval), duration: widthOf(interval) })),
  );
  const last = Math.max(...ends.map(({ end }) => end));
  return Number.isFinite(last) ? printMoment(last - 1000) : undefined;
}
