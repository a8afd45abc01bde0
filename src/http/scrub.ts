// Could this text hold a BSN? The last line of defence for logs: nine digits that pass the 11-check go.

/** Nine digits, together or in the groupings people write, with no digit on either side. */
const nineDigits = /(?<!\d)\d(?:[ ._]?\d){8}(?!\d)/g;
const weights = [9, 8, 7, 6, 5, 4, 3, 2, -1] as const;

function passesElevenCheck(text: string): boolean {
  const digits = text.replace(/\D/g, '');
  const sum = weights.reduce((total, weight, index) => total + weight * Number(digits[index]), 0);
  return sum % 11 === 0;
}

export function containsBsn(text: string): boolean {
  return (text.replaceAll(/[-_. ]+/g, ' ').match(nineDigits) ?? []).some(passesElevenCheck);
}

/** Replaces whatever could be a BSN. */
export function scrub(text: string): string {
  return text.replace(nineDigits, (found) => (passesElevenCheck(found) ? '[number]' : found));
}
