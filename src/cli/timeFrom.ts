// Which moment does an option name? One form, the one of FHIR: 01-02-2026 is another day to a Dutchman than to an American.
import { parseDate } from '../fhir/dates.ts';
import { misused } from './exit.ts';

/** The first moment of a year, month or day, Dutch time, or the moment itself. Throws (exit 2) for what is neither. */
export function timeFrom(text: string): Date {
  const date = parseDate(text);
  if (date === undefined)
    throw misused(`"${text}" is no time; write 2026-01-31 (year-month-day) or 2026-01-31T12:00:00Z.`);
  return new Date(date.start);
}

/** As timeFrom, for the clock of a map: it tells the day in UTC, so a day begins there. */
export function clockFrom(text: string): Date {
  const time = timeFrom(text);
  return text.includes('T') ? time : new Date(text);
}
