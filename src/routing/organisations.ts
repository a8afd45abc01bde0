// When do two identifiers mean the same organisation? Systems in one spelling, URA and AGB as eight digits.
import { agbSystem, eightDigits, normaliseSystem, uraSystem } from '../fhir/identifiers.ts';
import type { Identifier } from '../model.ts';

/** One spelling of an identifier: `urn:oid` systems as their address, values trimmed, URA and AGB padded to eight digits. */
export function normalIdentifier({ system, value }: Identifier): Identifier {
  const known = normaliseSystem(system.trim());
  const trimmed = value.trim();
  return {
    system: known,
    value: known === uraSystem || known === agbSystem ? eightDigits(trimmed) : trimmed,
  };
}

/** The identifiers of a participant as written in the settings, in one spelling and without repeats. */
export function organisationIdentifiers(written: {
  ura: readonly string[];
  agb: readonly string[];
  identifiers: readonly Identifier[];
}): Identifier[] {
  const all = [
    ...written.ura.map((value) => ({ system: uraSystem, value })),
    ...written.agb.map((value) => ({ system: agbSystem, value })),
    ...written.identifiers,
  ].map(normalIdentifier);
  return [...new Map(all.map((one) => [keyOf(one), one])).values()];
}

/** One text per organisation identifier, for look-up. */
export function keyOf(identifier: Identifier): string {
  const { system, value } = normalIdentifier(identifier);
  return `${system}|${value}`;
}
