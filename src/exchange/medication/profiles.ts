// Which profiles must medication building blocks fit? Those of MP9 3.0, by the code of the block.
import type { ProfileDemand } from '../profiles/profileDemand.ts';

const block = (type: string, code: string, name: string): ProfileDemand => ({
  version: 'r4',
  type,
  system: 'http://snomed.info/sct',
  code,
  profile: `http://nictiz.nl/fhir/StructureDefinition/${name}`,
});

export const medicationProfiles: readonly ProfileDemand[] = [
  block('MedicationRequest', '33633005', 'mp-MedicationAgreement'),
  block('MedicationRequest', '395067002', 'mp-VariableDosingRegimen'),
  block('MedicationRequest', '52711000146108', 'mp-DispenseRequest'),
  block('MedicationDispense', '422037009', 'mp-AdministrationAgreement'),
  block('MedicationDispense', '373784005', 'mp-MedicationDispense'),
  block('MedicationStatement', '422979000', 'mp-MedicationUse2'),
  block('MedicationAdministration', '18629005', 'mp-MedicationAdministration2'),
];
