// Which of two moments is the later, to the last digit? Mitz writes seven digits of a second, more than a Date can hold.
import { parseDate } from '../../fhir/dates.ts';

const mostDigits = 12;

/** A FHIR instant as UTC text of one length, so that order of text is order of time; undefined when it is no instant. */
export function instantKey(text: string): string | undefined {
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  const whole = parseDate(text.replace(/\.\d+/, ''));
  if (whole?.precision !== 'second' || fraction.length > mostDigits) return undefined;
  return `${new Date(whole.start).toISOString().slice(0, 19)}.${fraction.padEnd(mostDigits, '0')}Z`;
}
