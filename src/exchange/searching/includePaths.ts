// Which element does an include follow? The parameters of FHIR R4 and of MP9 (http://nictiz.nl/fhir/SearchParameter/).

const mp9 = '@http://nictiz.nl/fhir/StructureDefinition/ext-';

const ofMedication = (type: string): Record<string, string> => ({
  [`${type}:medication`]: 'medicationReference',
  [`${type}:subject`]: 'subject',
  [`${type}:performer`]: 'performer actor',
});

/** Paths as elementPaths.ts reads them. */
export const includePaths: Readonly<Record<string, string | readonly string[]>> = {
  'Procedure:encounter': 'encounter',
  // the reason of a contact in STU3 is a diagnosis in the examples of PZP
  'Encounter:reason-reference': ['reasonReference', 'diagnosis condition'],
  'Consent:actor': 'provision actor reference',
  'DeviceUseStatement:device': 'device',
  ...ofMedication('MedicationRequest'),
  ...ofMedication('MedicationDispense'),
  ...ofMedication('MedicationStatement'),
  ...ofMedication('MedicationAdministration'),
  'MedicationRequest:reason': 'reasonReference',
  'MedicationRequest:requester': 'requester',
  'MedicationRequest:next-practitioner': `${mp9}MedicationAgreement.NextPractitioner valueReference`,
  'MedicationRequest:dispense-location': `dispenseRequest ${mp9}DispenseRequest.DispenseLocation valueReference`,
  'MedicationDispense:destination': 'destination',
  'MedicationStatement:author': `${mp9}MedicationUse2.Author valueReference`,
  'MedicationStatement:prescriber': `${mp9}MedicationUse2.Prescriber valueReference`,
  'MedicationStatement:source': 'informationSource',
  'PractitionerRole:organization': 'organization',
  'PractitionerRole:practitioner': 'practitioner',
  'PractitionerRole:location': 'location',
};
