// Is this the same patient?
import { bsnSystem, identifiersOf } from '../../fhir/identifiers.ts';
import type { Entry } from './parcel.ts';

/** One entry, or two that carry the same citizen service number. */
export function samePatient(one: Entry, other: Entry): boolean {
  const bsn = bsnOf(one.resource);
  return one === other || (bsn !== undefined && bsn === bsnOf(other.resource));
}

/** The citizen service number that a resource or Reference carries, if any. */
export function bsnOf(holder: { identifier?: unknown; [element: string]: unknown }): string | undefined {
  return identifiersOf(holder).find((one) => one.system === bsnSystem)?.value;
}
