// Why was it prescribed, changed or stopped, and what is remarked on it? All that an R4 building block says of both.
import type { FhirResource } from '../../model.ts';
import { conceptText } from './fhirConcepts.ts';
import { extensionsNamed, type Lookup } from './fhirParts.ts';
import { joined } from './reading.ts';
import { type Tree, textOf, trees } from './tree.ts';

const reasons: ReadonlySet<string> = new Set([
  'ext-AdministrationAgreement.ReasonModificationOrDiscontinuation',
  'ext-MedicationAdministration2.ReasonForDeviation',
]);
const remarks: ReadonlySet<string> = new Set([
  'ext-MedicationAgreement.MedicationAgreementAdditionalInformation',
  'ext-AdministrationAgreement.AdditionalInformation',
  'ext-MedicationDispense.MedicationDispenseAdditionalInformation',
  'ext-DispenseRequest.AdditionalWishes',
]);

const saidIn = (extension: Tree): string | undefined =>
  conceptText(extension.valueCodeableConcept) ?? textOf(extension.valueString);

/** Why it was prescribed first, then why it was changed, stopped or not done. */
export function reasonOf(resource: FhirResource, lookup: Lookup): string | undefined {
  const problems = trees(resource.reasonReference).map(
    (one) => conceptText(lookup(one.reference, resource)?.code) ?? textOf(one.display),
  );
  const concepts = [resource.reasonCode, resource.statusReason, resource.statusReasonCodeableConcept];
  return joined([
    ...problems,
    ...concepts.flatMap(trees).map(conceptText),
    ...extensionsNamed(resource, reasons).map(saidIn),
  ]);
}

/** Notes, and what is coded beside them, such as that a high dose was meant. */
export const noteOf = (resource: FhirResource): string | undefined =>
  joined([
    ...extensionsNamed(resource, remarks).map(saidIn),
    ...trees(resource.note).map((note) => textOf(note.text)),
  ]);
