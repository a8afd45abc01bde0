// Is this resource of the patient who was asked for? A first look; release.ts judges again what may leave.
import { bsnSystem, identifiersOf } from '../fhir/identifiers.ts';
import { referenceParts } from '../fhir/references.ts';
import type { FhirResource } from '../model.ts';

export type Patient = { bsn: string; ids: ReadonlySet<string> };

const idForm = /^[A-Za-z0-9\-.]{1,64}$/;

/** The ids of the Patients that carry this BSN; one that does not carry it may be somebody else, and is not asked for. */
export function idsOf(found: readonly FhirResource[], bsn: string): string[] {
  const proven = found.filter(
    (one) =>
      one.resourceType === 'Patient' &&
      identifiersOf(one).some(({ system, value }) => system === bsnSystem && value === bsn),
  );
  return [...new Set(proven.flatMap(({ id }) => (id !== undefined && idForm.test(id) ? [id] : [])))];
}

/** Links that say that the records are, or are mainly, under the other one: http://hl7.org/fhir/R4/valueset-link-type.html */
const onward: ReadonlySet<unknown> = new Set(['replaced-by', 'refer']);

/** Does one of these Patients say that its records are under another, which is not among those that are asked for? */
export function leadsOn(found: readonly FhirResource[], ids: ReadonlySet<string>): boolean {
  return found.some(({ id, link }) => {
    if (id === undefined || !ids.has(id) || !Array.isArray(link)) return false;
    return link.some(({ type, other }) => {
      const { reference } = (other ?? {}) as Reference;
      const parts = typeof reference === 'string' ? referenceParts(reference) : undefined;
      return onward.has(type) && !(parts !== undefined && ids.has(parts.id));
    });
  });
}

type Reference = { reference?: unknown; identifier?: unknown };

function namesOther(element: unknown, { bsn, ids }: Patient): boolean {
  if (typeof element !== 'object' || element === null) return false;
  const { reference, identifier } = element as Reference;
  const parts = typeof reference === 'string' ? referenceParts(reference) : undefined;
  if (parts?.type === 'Patient' && !ids.has(parts.id)) return true;
  return identifiersOf({ identifier }).some(({ system, value }) => system === bsnSystem && value !== bsn);
}

/** Another patient's, as far as the resource itself says whose it is. */
export function isOther(resource: FhirResource, patient: Patient): boolean {
  if (resource.resourceType === 'Patient') return !patient.ids.has(resource.id ?? '');
  return namesOther(resource.patient, patient) || namesOther(resource.subject, patient);
}
