// Does a moment lie within a FHIR Period? Both bounds count in full: an end of 2026-05 lasts until the end of May.
// https://hl7.org/fhir/STU3/datatypes.html#Period; dates without a time are Dutch days.

const partial = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$/;
const dutchDay = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Amsterdam',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** Compares a moment with a FHIR date or dateTime at the precision of the latter: negative when the moment is earlier. */
function compare(at: Date, bound: string): number {
  if (!partial.test(bound)) return at.getTime() - Date.parse(bound);
  const day = dutchDay.format(at).slice(0, bound.length);
  if (day === bound) return 0;
  return day < bound ? -1 : 1;
}

/** False for a bound that is not a date: an endpoint whose validity cannot be read is not used. */
export function within(period: { start?: string; end?: string } | undefined, at: Date): boolean {
  const { start, end } = period ?? {};
  return (start === undefined || compare(at, start) >= 0) && (end === undefined || compare(at, end) <= 0);
}
