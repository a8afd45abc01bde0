// Is a code well-formed in a system that has a grammar, not a list? BCP 47, RFC 6838, UCUM, ISO 4217.
import { isUnit } from './ucum.ts';

const currencies = new Set(Intl.supportedValuesOf('currency'));
const language =
  /^(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8}|x)(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))?(?:-[\dA-Za-z]{1,8})*$/;
const mediaType = /^[\w!#$&^.+-]+(?:\/[\w!#$&^.+*-]+)?(?:\s*;\s*[\w-]+=(?:"[^"]*"|[^;\s]+))*$/;

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

const systems: Readonly<Record<string, (code: string) => boolean | undefined>> = {
  'urn:ietf:bcp:47': (code) => language.test(code),
  'urn:ietf:bcp:13': (code) => mediaType.test(code),
  'http://unitsofmeasure.org': isUnit,
  'urn:iso:std:iso:3166': country,
  'urn:iso:std:iso:3166:-2': shaped(/^[A-Z]{2}-[A-Z0-9]{1,3}$/),
  'http://unstats.un.org/unsd/methods/m49/m49.htm': shaped(/^\d{3}$/),
  'urn:iso:std:iso:4217': (code) =>
    currencies.has(code) ? true : /^[A-Z]{3}$/.test(code) ? undefined : false,
};

/** The test of a system with a grammar; undefined for others. */
export const syntaxSystem = (system: string): ((code: string) => boolean | undefined) | undefined =>
  Object.hasOwn(systems, system) ? systems[system] : undefined;
