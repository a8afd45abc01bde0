// When was a wish last discussed, and which of two dates is the later? Fuzzy dates are allowed; dates of systems never count.
import { dutchDay, type FhirDate, parseDate } from '../../fhir/dates.ts';
import { extensionUrls } from './codes.ts';
import type { ClinicalDate } from './records.ts';
import { extensionsOf, type Tree, textsAt, treesAt, valueIn } from './tree.ts';

/** The same answers again without asking the calendar of time zones each time, which takes longer than all of ranking. */
function remembered<Key, Value>(make: (key: Key) => Value, most = 5000): (key: Key) => Value {
  const known = new Map<Key, { value: Value }>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found.value;
    if (known.size >= most) known.clear();
    const value = make(key);
    known.set(key, { value });
    return value;
  };
}

const dateOf = remembered(parseDate);
const longestDate = 40;
/** Times as some systems send them against the rules. Without a zone: the day is known. */
const withoutZone = /^(\d{4}-\d\d-\d\d)[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/;
/** Without seconds, or without the colon of the zone: the moment is known. */
const shortTime = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|([+-]\d\d):?(\d\d))$/;

function asWritten(given: string): string {
  const day = withoutZone.exec(given)?.[1];
  if (day !== undefined) return day;
  const [, start, seconds = ':00', zone, hours, minutes] = shortTime.exec(given) ?? [];
  if (start === undefined) return given;
  return `${start}${seconds}${hours === undefined ? zone : `${hours}:${minutes}`}`;
}

/** A date that exists, with what was written; undefined for anything else. */
export function readDate(value: unknown): ClinicalDate | undefined {
  if (typeof value !== 'string' || value.length > longestDate) return undefined;
  const written = asWritten(value.trim());
  const when = dateOf(written);
  return when === undefined ? undefined : { written, when };
}

const firstDate = (values: readonly unknown[]): ClinicalDate | undefined =>
  values.map(readDate).find((date) => date !== undefined);

/** When it was last verified, in the extension of STU3 or the element of R4; not where it says that it was not. */
function verifiedOn(consent: Tree): ClinicalDate | undefined {
  const said = extensionsOf(consent, extensionUrls.verification)
    .filter((one) => !extensionsOf(one, 'Verified').some((each) => valueIn(each) === false))
    .flatMap((one) => extensionsOf(one, 'VerificationDate').map(valueIn));
  const told = treesAt(consent, 'verification').filter(({ verified }) => verified !== false);
  return [...said, ...textsAt(told, 'verificationDate')]
    .map(readDate)
    .filter((date) => date !== undefined)
    .sort((a, b) => b.when.start - a.when.start)[0];
}

/**
 * The clinical date of a Consent: when it was verified, else since when it holds, else its `dateTime`.
 * `meta.lastUpdated` is a date of the system and never counts.
 */
export function consentDate(consent: Tree): ClinicalDate | undefined {
  const verified = verifiedOn(consent);
  if (verified !== undefined) return verified;
  return firstDate([
    ...textsAt(consent, 'period', 'start'),
    consent.dateTime,
    ...textsAt(treesAt(consent, 'provision'), 'period', 'start'),
  ]);
}

/** The Dutch day of a moment, in milliseconds: 2025-07-29. */
const dayAt = remembered(dutchDay);

const hasTime = ({ precision }: FhirDate): boolean => precision === 'second' || precision === 'fraction';

/** As a reader sees it: the Dutch day of a time, the written text of anything vaguer. */
export const shownDate = (date: ClinicalDate): string =>
  hasTime(date.when) ? dayAt(date.when.start) : date.written;

/** The whole days that a date may mean. */
const daysOf = (when: FhirDate): FhirDate => (hasTime(when) ? (dateOf(dayAt(when.start)) ?? when) : when);

/** May both be of the same day? So is what cannot be put in order, and what has no date at all. */
export function mayBeSameDay(a: ClinicalDate | undefined, b: ClinicalDate | undefined): boolean {
  if (a === undefined || b === undefined) return true;
  const [one, other] = [daysOf(a.when), daysOf(b.when)];
  return one.start < other.end && other.start < one.end;
}

/** Is `a` wholly before `b`? A record without a date is before any that has one. */
export function isBefore(a: ClinicalDate | undefined, b: ClinicalDate | undefined): boolean {
  if (b === undefined) return false;
  return a === undefined || a.when.end <= b.when.start;
}

const day = 24 * 60 * 60 * 1000;

/** Whole days between the start of a date and a moment; undefined without a date. */
export const ageInDays = (date: ClinicalDate | undefined, at: Date): number | undefined =>
  date === undefined ? undefined : Math.max(0, Math.floor((at.getTime() - date.when.start) / day));
