// Which of two dates or times comes first, when they may differ in precision? http://hl7.org/fhirpath/N1/#comparison

const pattern =
  /^(?:(\d{4})(?:-(\d\d)(?:-(\d\d))?)?)?(?:T?(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?)?(Z|[+-]\d\d:\d\d)?$/;

type Parts = { fields: readonly number[]; zone: string | undefined };

function partsOf(value: string): Parts | undefined {
  const timeOnly = /^T?\d\d:/.test(value);
  const match = pattern.exec(value);
  if (match === null) return undefined;
  const fields: number[] = [];
  for (const found of match.slice(timeOnly ? 4 : 1, 7)) {
    if (found === undefined) break;
    fields.push(Number(found));
  }
  return { fields, zone: match[7] };
}

/** Shifts a full date and time to UTC, so that zones do not count as difference. */
function toUtc(value: string, parts: Parts): Parts {
  if (parts.zone === undefined || parts.fields.length < 5) return parts;
  const seconds = parts.fields[5];
  const instant = Date.parse(seconds === undefined ? value.replace(/(T\d\d:\d\d)/, '$1:00') : value);
  if (Number.isNaN(instant)) return parts;
  const at = new Date(instant);
  const fraction = seconds === undefined ? 0 : seconds % 1;
  const fields = [
    at.getUTCFullYear(),
    at.getUTCMonth() + 1,
    at.getUTCDate(),
    at.getUTCHours(),
    at.getUTCMinutes(),
  ];
  if (seconds !== undefined) fields.push(at.getUTCSeconds() + fraction);
  return { fields, zone: 'Z' };
}

/**
 * Negative, zero or positive as `a` lies before, on or after `b`; undefined when the precision of one of them does not
 * decide it, or when one is not a date or time.
 */
export function compareMoments(a: string, b: string): number | undefined {
  if (a === b) return partsOf(a) === undefined ? undefined : 0;
  const left = partsOf(a);
  const right = partsOf(b);
  if (left === undefined || right === undefined) return undefined;
  const bothZoned = left.zone !== undefined && right.zone !== undefined;
  const x = bothZoned ? toUtc(a, left).fields : left.fields;
  const y = bothZoned ? toUtc(b, right).fields : right.fields;
  const shared = Math.min(x.length, y.length);
  for (let i = 0; i < shared; i++) {
    const difference = (x[i] ?? 0) - (y[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return x.length === y.length ? 0 : undefined;
}

const momentTypes = new Set(['date', 'dateTime', 'instant', 'time', 'Date', 'DateTime', 'Time']);
export const isMomentType = (type: string): boolean => momentTypes.has(type);
