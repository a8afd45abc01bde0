// Which profiles must wishes fit? The zibs that PZP is built on. https://simplifier.net/nictiz-r4-zib2020
import type { ProfileDemand } from '../profiles/profileDemand.ts';

const nictiz = 'http://nictiz.nl/fhir/StructureDefinition/';
const snomed = 'http://snomed.info/sct';

export const wishesProfiles: readonly ProfileDemand[] = [
  {
    version: 'r4',
    type: 'Consent',
    system: snomed,
    code: '129125009',
    profile: `${nictiz}nl-core-TreatmentDirective2`,
  },
  {
    version: 'r4',
    type: 'Consent',
    system: 'http://terminology.hl7.org/CodeSystem/consentcategorycodes',
    code: 'acd',
    profile: `${nictiz}nl-core-AdvanceDirective`,
  },
  {
    version: 'stu3',
    type: 'Consent',
    system: snomed,
    code: '11291000146105',
    profile: `${nictiz}zib-TreatmentDirective`,
  },
];
