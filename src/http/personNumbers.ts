// Does this text name a person by BSN? For addresses, where a number must never stand; bodies may hold it.
import { bsnSystem, isBsn, normaliseSystem } from '../fhir/identifiers.ts';

/** `system|value`, `|value` or a bare `value`, also as `Patient/value`. */
function isPerson(part: string, system: string | undefined): boolean {
  const bar = part.lastIndexOf('|');
  const named = bar > 0 ? normaliseSystem(part.slice(0, bar)) : system;
  const value =
    part
      .slice(bar + 1)
      .split('/')
      .at(-1)
      ?.replace(/[\s.]/g, '') ?? '';
  if (named === bsnSystem) return /\d/.test(value);
  return named === undefined && isBsn(value);
}

/** In a list with commas, what has no system has that of the part before it: `http://snomed.info/sct|1,2`. */
export function namesPerson(text: string): boolean {
  let system: string | undefined;
  for (const part of text.split(',')) {
    if (isPerson(part, system)) return true;
    const bar = part.lastIndexOf('|');
    if (bar > 0) system = part.slice(0, bar);
  }
  return false;
}
