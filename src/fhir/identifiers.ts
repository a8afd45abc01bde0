// Which identifiers does a resource carry, and in which system? https://simplifier.net/nictiz-stu3-zib2017 (nl-core naming systems)
import type { Identifier } from '../model.ts';

/** Care providers (organisations). */
export const uraSystem = 'http://fhir.nl/fhir/NamingSystem/ura';
/** AGB codes of organisations and practitioners. */
export const agbSystem = 'http://fhir.nl/fhir/NamingSystem/agb-z';
/** Dutch citizens. */
export const bsnSystem = 'http://fhir.nl/fhir/NamingSystem/bsn';
/** Practitioners in the UZI register. */
export const uziSystem = 'http://fhir.nl/fhir/NamingSystem/uzi-nr-pers';

const sameSystem: ReadonlyMap<string, string> = new Map([
  ['urn:oid:2.16.528.1.1007.3.3', uraSystem],
  ['urn:oid:2.16.840.1.113883.2.4.6.1', agbSystem],
  ['urn:oid:2.16.840.1.113883.2.4.6.3', bsnSystem],
  ['urn:oid:2.16.528.1.1007.3.1', uziSystem],
]);

/** The one form in which a system is known here: the address of its naming system instead of its OID. */
export function normaliseSystem(system: string): string {
  const trimmed = system.trim();
  return sameSystem.get(trimmed) ?? sameSystem.get(`urn:oid:${trimmed}`) ?? trimmed;
}

/** A URA or AGB number as its eight digits; what is neither stays as it is. */
export const eightDigits = (value: string): string =>
  /^\d{1,8}$/.test(value) ? value.padStart(8, '0') : value;

/** Nine digits that pass the eleven test of the Dutch citizen service number. */
export function isBsn(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{9}$/.test(value) || value === '000000000') return false;
  let sum = 0;
  for (let i = 0; i < 9; i++) sum += Number(value[i]) * (i === 8 ? -1 : 9 - i);
  return sum % 11 === 0;
}

function readIdentifier(value: unknown): Identifier | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { system, value: text } = value as { system?: unknown; value?: unknown };
  if (typeof system !== 'string' || typeof text !== 'string') return undefined;
  const trimmed = text.trim();
  return trimmed === '' ? undefined : { system: normaliseSystem(system), value: trimmed };
}

/** The identifiers of a resource, or of a Reference's `identifier`, that have a system and a value; systems normalised. */
export function identifiersOf(
  holder: { identifier?: unknown; [element: string]: unknown } | undefined,
): Identifier[] {
  const found = Array.isArray(holder?.identifier) ? holder.identifier : [holder?.identifier];
  return found.map(readIdentifier).filter((identifier) => identifier !== undefined);
}
