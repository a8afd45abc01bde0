// Is the minimum of eOverdracht 4.0 there? What it asks gates the push, all of it at once; everything else is a warning.
import type { FhirResource, Issue } from '../../model.ts';
import { codes, codingsOf, isHandoffCoding, sameCoding } from './codes.ts';
import { finding, type Rule } from './findings.ts';
import { type Handoff, inSection, patientOf, transferDateOf } from './handoff.ts';
import { bsnOf, samePatient } from './patient.ts';
import {
  diagnosis,
  personal,
  practitioners,
  receivingOrganization,
  sections,
  sendingOrganization,
} from './sections.ts';

type Minimum = { rule: Rule; section: string; type: string };

const minimum: readonly Minimum[] = [
  { rule: 'handover-payer', section: personal, type: 'Coverage' },
  { rule: 'handover-sender', section: sendingOrganization, type: 'Organization' },
  { rule: 'handover-sender-practitioner', section: sendingOrganization, type: 'Practitioner' },
  { rule: 'handover-receiver', section: receivingOrganization, type: 'Organization' },
  { rule: 'handover-practitioner', section: practitioners, type: 'Practitioner' },
  { rule: 'handover-diagnosis', section: diagnosis, type: 'Condition' },
];

const fullDataset = new Set(
  sections.filter((section) => section.since === '4.2').map((section) => section.code),
);

/** Every part of the minimum that is missing, and what else a receiver should know. */
export function checkMinimum(handoff: Handoff): Issue[] {
  const place = handoff.composition.place;
  const issues = minimum
    .filter((one) => inSection(handoff, one.section, one.type).length === 0)
    .map((one) => finding(one.rule, [placeOfSection(place, one.section)]));
  if (!patientOf(handoff)) issues.push(finding('handover-patient', [`${place}.subject`]));
  if (!transferDateOf(handoff)) {
    issues.push(finding('handover-transfer-date', [`${place}.section.extension`]));
  }
  issues.push(...checkSenderRole(handoff), ...checkPatients(handoff), ...remarks(handoff));
  return issues;
}

/** FHIRPath that says which section is meant, whether it is there or not. */
function placeOfSection(place: string, code: string): string {
  return `${place}.section.section.where(code.coding.code='${code}')`;
}

/**
 * The role stands in the section or in a PractitionerRole of the sending practitioner. The full dataset (4.2) is
 * accepted without, as its published handovers lack it; the 4.0 minimum is not.
 */
function checkSenderRole(handoff: Handoff): Issue[] {
  if (inSection(handoff, sendingOrganization, 'PractitionerRole').length > 0) return [];
  const senders = new Set(inSection(handoff, sendingOrganization, 'Practitioner'));
  const hasRole = handoff.entries.some((entry) => {
    if (entry.resource.resourceType !== 'PractitionerRole') return false;
    const practitioner = entry.resource.practitioner as { reference?: unknown } | undefined;
    if (typeof practitioner?.reference !== 'string') return false;
    const target = handoff.resolve(practitioner.reference, entry);
    return target !== undefined && senders.has(target);
  });
  if (hasRole) return [];
  const rule = isFullDataset(handoff) ? 'handover-sender-role-missing' : 'handover-sender-role';
  return [finding(rule, [placeOfSection(handoff.composition.place, sendingOrganization)])];
}

function isFullDataset(handoff: Handoff): boolean {
  return [...handoff.sections].some(([code, placed]) => fullDataset.has(code) && placed.length > 0);
}

/** Also a patient that nothing leads to is one too many: its record is not the receiver's to see. */
function checkPatients(handoff: Handoff): Issue[] {
  const patients = handoff.entries.filter((entry) => entry.resource.resourceType === 'Patient');
  const [first] = patients;
  const others = first ? patients.filter((entry) => !samePatient(first, entry)) : [];
  const places = [...others.map((entry) => entry.place), ...otherPatientsInside(handoff)];
  return places.map((place) => finding('handover-one-patient', [place]));
}

/** Patients inside other resources, at any depth, whose number is not that of the handover's patient. */
function otherPatientsInside(handoff: Handoff): string[] {
  const patient = patientOf(handoff);
  const own = patient && bsnOf(patient.resource);
  const look = (resource: FhirResource, place: string): string[] =>
    containedIn(resource).flatMap((inner, index) => {
      const here = `${place}.contained[${index}]`;
      const number = inner.resourceType === 'Patient' ? bsnOf(inner) : undefined;
      const isOther = own !== undefined && number !== undefined && number !== own;
      return [...(isOther ? [here] : []), ...look(inner, here)];
    });
  return handoff.entries.flatMap((entry) => look(entry.resource, entry.place));
}

const containedIn = ({ contained }: FhirResource): FhirResource[] =>
  Array.isArray(contained) ? contained.filter((one) => typeof one?.resourceType === 'string') : [];

function remarks(handoff: Handoff): Issue[] {
  const issues: Issue[] = [];
  const { composition } = handoff;
  const type = codingsOf(composition.resource.type);
  if (!type.some((coding) => sameCoding(coding, codes.nursingHandoff)) && type.some(isHandoffCoding)) {
    issues.push(finding('handover-old-code', [`${composition.place}.type`]));
  }
  if (handoff.unknownSections.length > 0)
    issues.push(finding('handover-section-unknown', handoff.unknownSections));
  return issues;
}
