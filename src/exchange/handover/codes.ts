// Which codes and addresses does eOverdracht use? Facts of the standard (4.0 to 4.2), old codes beside new ones.
import type { FhirResource } from '../../model.ts';

export const snomed = 'http://snomed.info/sct';
export const loinc = 'http://loinc.org';

export type Coding = { system: string; code: string };

const nictiz = 'http://nictiz.nl/fhir/StructureDefinition/';

export const profiles = {
  task: `${nictiz}eOverdracht-Task`,
  adults: `${nictiz}eOverdracht-NursingHandoff-Adults`,
  infants: `${nictiz}eOverdracht-NursingHandoff-Childcare-0-1yo`,
  children: `${nictiz}eOverdracht-NursingHandoff-Childcare-1-18yo`,
} as const;

export const nursingHandoffProfiles: readonly string[] = [
  profiles.adults,
  profiles.infants,
  profiles.children,
];

export const transferDateExtension = `${nictiz}eOverdracht-TransferDate`;
export const practitionerRoleExtension = `${nictiz}practitionerrole-reference`;

const genericFunctions = 'http://nuts-foundation.github.io/nl-generic-functions-ig/StructureDefinition/';
/** Extensions of a sender's Task that tell which department or team it is for: carried to our Task. */
export const routingExtensions: readonly string[] = [
  `${genericFunctions}task-stu3-healthcareservice`,
  `${genericFunctions}task-stu3-location`,
];

export const codes = {
  transferOfCare: { system: snomed, code: '308292007', display: 'Overdracht van zorg' },
  nursingHandoff: {
    system: snomed,
    code: '11171000146100',
    display: 'verslag van verpleegkundige overdracht',
  },
  documents: { system: snomed, code: '397966007', display: 'Documents' },
} as const;

/** EOVDR-34: replaced in July 2022, still sent. The handoff's LOINC code was the advance notice's before. */
export const oldHandoffCodes: readonly Coding[] = [
  { system: snomed, code: '371535009' },
  { system: loinc, code: '57830-2' },
];

/** Dutch identifier systems and the OIDs that older systems send for them. */
export const loincOid = 'urn:oid:2.16.840.1.113883.6.1';
export const snomedOid = 'urn:oid:2.16.840.1.113883.6.96';

/** Modifier extensions whose meaning is known here; others are reported as not understood. */
export const knownModifierExtensions: ReadonlySet<string> = new Set([
  `${nictiz}zib-TreatmentDirective-Verification`,
  'http://nictiz.nl/fhir/StructureDefinition/TreatmentDirective-Verification',
  'http://nictiz.nl/fhir/StructureDefinition/zib-Medication-StopType',
]);

/** What is left of `Composition.type` codings when each old handoff code has made place for the new one. */
export function isHandoffCoding(coding: unknown): boolean {
  return [codes.nursingHandoff, ...oldHandoffCodes].some((known) => sameCoding(coding, known));
}

export function sameCoding(coding: unknown, known: Coding): boolean {
  if (typeof coding !== 'object' || coding === null) return false;
  const { system, code } = coding as { system?: unknown; code?: unknown };
  if (code !== known.code) return false;
  return (
    system === known.system ||
    (system === snomedOid && known.system === snomed) ||
    (system === loincOid && known.system === loinc)
  );
}

/** The codings of a CodeableConcept, whatever was sent. */
export function codingsOf(concept: unknown): readonly unknown[] {
  if (typeof concept !== 'object' || concept === null) return [];
  const { coding } = concept as { coding?: unknown };
  return Array.isArray(coding) ? coding : [];
}

/** Is this the Composition of a nursing handoff, by type (any coding) or by profile? */
export function isNursingHandoff(resource: FhirResource): boolean {
  if (resource.resourceType !== 'Composition') return false;
  if (codingsOf(resource.type).some(isHandoffCoding)) return true;
  return profilesOf(resource).some((profile) => nursingHandoffProfiles.includes(profile));
}

/** Declared profiles without their version. */
export function profilesOf(resource: FhirResource): readonly string[] {
  const { meta } = resource as { meta?: { profile?: unknown } };
  if (!Array.isArray(meta?.profile)) return [];
  return meta.profile.filter((one) => typeof one === 'string').map((one) => one.split('|')[0] ?? one);
}
