// Is this a reason that a reviewer can judge? Words of somebody's own, of the right length, without a BSN in them.
import { GatewayError } from '../errors.ts';
import { isBsn } from '../fhir/identifiers.ts';
import type { BreakGlassSettings } from './breakGlassSettings.ts';

const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;
/** Nine digits, each with at most one sign between it and the next. */
const digits = /(?<!\d)\d(?:[^\p{L}\p{N}]?\d){8}(?!\d)/gu;

/** A number is written with one kind of sign between its digits; a time and a blood pressure have more. */
function holdsBsn(text: string): boolean {
  const numbers = text.normalize('NFKC').replace(/\s+/g, ' ').match(digits) ?? [];
  return numbers.some(
    (number) => new Set(number.replace(/\d/g, '')).size <= 1 && isBsn(number.replace(/\D/g, '')),
  );
}

/** The reason, printable and trimmed. Throws `unprocessable` with a stable reason code; the text itself is never in it. */
export function checkReason(text: string, rules: BreakGlassSettings): string {
  if (text.length > rules.reasonMaxLength) {
    throw refused(
      'break-glass-reason-too-long',
      `The reason may have at most ${rules.reasonMaxLength} characters`,
    );
  }
  const clean = text.toWellFormed().replace(unprintable, ' ').trim();
  const letters = clean.match(/[\p{L}\p{N}]/gu) ?? [];
  if (letters.length < rules.reasonMinLength || new Set(letters).size < 5) {
    throw refused(
      'break-glass-reason-too-short',
      `A written reason of at least ${rules.reasonMinLength} letters is needed`,
    );
  }
  if (holdsBsn(clean)) {
    throw refused('break-glass-reason-bsn', 'The reason must not hold a BSN');
  }
  return clean;
}

const refused = (reason: string, message: string): GatewayError =>
  new GatewayError('unprocessable', message, { reason });
