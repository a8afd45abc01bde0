// Is a code well-formed in a system that has a grammar, not a list? BCP 47, RFC 6838, UCUM, ISO 4217.
import { isUnit } from './ucum.ts';

const currencies = new Set(Intl.supportedValuesOf('currency'));
const language =
  /^(?:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*(?:-[a-wy-z\d](?:-[a-z\d]{2,8})+)*(?:-x(?:-[a-z\d]{1,8})+)?|x(?:-[a-z\d]{1,8})+)$/i;
// Formats of FHIR itself also go by their short names.
const mediaType =
  /^(?:json|xml|ttl|turtle|html|[\w!#$&^.+-]+\/[\w!#$&^.+*-]+)(?:\s*;\s*[\w-]+=(?:"[^"]*"|[^;\s]+))*$/;

// Region codes that the runtime has a name for.
const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
function country(code: string): boolean | undefined {
  if (/^[A-Z]{2}$/.test(code)) return names.of(code) !== undefined;
  return /^(?:[A-Z]{3}|\d{3})$/.test(code) ? undefined : false;
}
const shaped =
  (pattern: RegExp) =>
  (code: string): boolean | undefined =>
    pattern.test(code) ? undefined : false;

const zero = 48;
const digitsOf = (text: string): number[] => Array.from(text, Number);
// Verhoeff's tables, as in the SNOMED CT identifier. http://snomed.org/tig
const product = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
].flatMap(digitsOf);
const permutation = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
].flatMap(digitsOf);

function isConceptId(code: string): boolean {
  if (!/^[1-9]\d{5,17}$/.test(code)) return code.includes(':') || code.includes('+');
  let check = 0;
  for (let i = 0; i < code.length; i++) {
    const digit = code.charCodeAt(code.length - 1 - i) - zero;
    check = product[10 * check + (permutation[10 * (i % 8) + digit] ?? 0)] ?? 0;
  }
  return check === 0;
}

// The last digit of a LOINC code is a Luhn check digit.
function isLoinc(code: string): boolean {
  if (/^L[A-Z]+\d+-\d$/.test(code)) return true;
  if (!/^\d{1,7}-\d$/.test(code)) return false;
  const digits = [...code.replace('-', '')].reverse().map(Number);
  const sum = digits.reduce((total, digit, i) => {
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}

const systems: Readonly<Record<string, (code: string) => boolean | undefined>> = {
  'urn:ietf:bcp:47': (code) => language.test(code),
  'urn:ietf:bcp:13': (code) => mediaType.test(code),
  'http://unitsofmeasure.org': isUnit,
  'http://snomed.info/sct': isConceptId,
  'http://loinc.org': isLoinc,
  'urn:iso:std:iso:3166': country,
  'urn:iso:std:iso:3166:-2': shaped(/^[A-Z]{2}-[A-Z0-9]{1,3}$/),
  'http://unstats.un.org/unsd/methods/m49/m49.htm': shaped(/^\d{3}$/),
  'urn:iso:std:iso:4217': (code) =>
    currencies.has(code) ? true : /^[A-Z]{3}$/.test(code) ? undefined : false,
};

/** The test of a system with a grammar; undefined for others. */
export const syntaxSystem = (system: string): ((code: string) => boolean | undefined) | undefined =>
  Object.hasOwn(systems, system) ? systems[system] : undefined;
