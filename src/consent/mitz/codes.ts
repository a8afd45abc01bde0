// In which code systems and versions does Mitz notify? Seen in release 3.8; codes of other versions are kept and alarmed.

export const codeSystems = {
  dataCategory: 'http://fhir.nl/otv/CodeSystem/gegevenscategorie',
  providerCategory: 'http://fhir.nl/otv/CodeSystem/raadplegende-zorgaanbiedercategorie',
} as const;

export const extensions = {
  birthDate: 'http://fhir.nl/StructureDefinition/Patient.birthDate',
  gatewaySystem: 'http://fhir.nl/StructureDefinition/GatewaySystem',
  sourceSystem: 'http://fhir.nl/StructureDefinition/SourceSystem',
  providerCategory: 'http://fhir.nl/StructureDefinition/OTV-ProviderCategory',
} as const;

/** Versions of both category systems whose meaning is known here. */
export const knownVersions: ReadonlySet<string> = new Set(['3960100']);
