// Which codes and addresses do the wishes standards use? IKNL PZP R4 and STU3 1.0.0-rc2, zib2020, zib2017; regional lists.
// https://api.iknl.nl/docs/pzp/r4 and https://api.iknl.nl/docs/pzp/stu3; older canonicals are accepted on input.

export const snomed = 'http://snomed.info/sct';
/** Also with an edition behind it: http://snomed.info/sct/11000146104. */
const snomedSystem =
  /^(?:https?:\/\/snomed\.info\/sct(?:[/|].*)?|(?:urn:oid:)?2\.16\.840\.1\.113883\.6\.96)$/;
/** A SNOMED code is long enough to be known without its system; another system's code is not. */
export const mayBeSnomed = (system: string | undefined): boolean =>
  system === undefined || snomedSystem.test(system);

/** In the order in which a crew reads them. */
export const mainKeys = ['cpr', 'ventilation', 'icu', 'hospital', 'antibiotics', 'blood', 'icd_off'] as const;
export type MainKey = (typeof mainKeys)[number];

export const icdSwitchOff = '400231000146108';
/** In a regional list it stands for the ICD question, but its words say the opposite: shown, never interpreted. */
export const ambiguousIcd = '431415002';

export const treatmentKeys: ReadonlyMap<string, MainKey> = new Map([
  ['89666000', 'cpr'],
  ['40617009', 'ventilation'],
  ['305351004', 'icu'],
  ['32485007', 'hospital'],
  ['183452005', 'hospital'],
  ['281789004', 'antibiotics'],
  ['116762002', 'blood'],
  [icdSwitchOff, 'icd_off'],
  [ambiguousIcd, 'icd_off'],
]);

/** Treatments that are named in words alone; the whole text must match. */
export const treatmentWords: ReadonlyMap<string, MainKey> = new Map([
  ['reanimatie', 'cpr'],
  ['reanimeren', 'cpr'],
  ['resuscitation', 'cpr'],
  ['resuscitate', 'cpr'],
  ['cardiopulmonale resuscitatie', 'cpr'],
  ['cardiopulmonary resuscitation', 'cpr'],
  ['kunstmatige beademing', 'ventilation'],
  ['kunstmatige invasieve beademing', 'ventilation'],
  ['beademing', 'ventilation'],
  ['beademen', 'ventilation'],
  ['ventilation', 'ventilation'],
  ['artificial respiration', 'ventilation'],
  ['opname op intensive care', 'icu'],
  ['ic-opname', 'icu'],
  ['ic opname', 'icu'],
  ['opname op ic', 'icu'],
  ['opname op de ic', 'icu'],
  ['intensive care', 'icu'],
  ['admission to intensive care unit', 'icu'],
  ['opname in ziekenhuis', 'hospital'],
  ['ziekenhuisopname', 'hospital'],
  ['hospital admission', 'hospital'],
  ['antibiotica', 'antibiotics'],
  ['antibiotics', 'antibiotics'],
  ['antibiotic therapy', 'antibiotics'],
  ['antibiotische therapie', 'antibiotics'],
  ['behandeling met antibiotica', 'antibiotics'],
  ['bloedtransfusie', 'blood'],
  ['bloedproduct', 'blood'],
  ['bloedproducten', 'blood'],
  ['blood products', 'blood'],
  ['administration of blood product', 'blood'],
  ['toediening van bloedproduct', 'blood'],
  ['toediening van een bloedproduct', 'blood'],
  ['uitzetten icd', 'icd_off'],
  ['uitzetten van icd', 'icd_off'],
  ['icd uitzetten', 'icd_off'],
  ['switch icd off', 'icd_off'],
]);

/** What the forms call "other" when no treatment is named. */
export const unnamedWords: ReadonlySet<string> = new Set([
  'other',
  'anders',
  'overig',
  'overige',
  'overige behandelingen',
  'overige behandelgrenzen',
  'andere behandeling',
]);

const zib2017 = 'http://nictiz.nl/fhir/StructureDefinition/zib-TreatmentDirective-';
const zib2020 = 'http://nictiz.nl/fhir/StructureDefinition/ext-TreatmentDirective2.';

export const extensionUrls = {
  treatment: `${zib2017}Treatment`,
  permitted: `${zib2017}TreatmentPermitted`,
  restrictions: `${zib2017}Restrictions`,
  verification: `${zib2017}Verification`,
  specificationOther: `${zib2020}SpecificationOther`,
  reasonForEnding: `${zib2020}ReasonForEnding`,
  comment: 'http://nictiz.nl/fhir/StructureDefinition/Comment',
  extComment: 'http://nictiz.nl/fhir/StructureDefinition/ext-Comment',
  relatedPerson: 'http://hl7.org/fhir/StructureDefinition/patient-relatedPerson',
  contactRole: 'http://fhir.nl/fhir/StructureDefinition/nl-core-relatedperson-role',
} as const;

export const categories = {
  treatment: new Set(['129125009', '11291000146105']),
  advance: '11341000146107',
  advanceHl7: ['acd', 'dnr'],
} as const;

/** Living wills: urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4.14.1, also as an address that ends in it. */
const livingWillSystem = /(^|[:/])2\.16\.840\.1\.113883\.2\.4\.3\.11\.60\.40\.4\.14\.1(--\d+)?$/;
export const isLivingWill = (system: string | undefined): boolean => livingWillSystem.test(system ?? '');
/** `NRB` is what one vendor sends for the same statement; `dnr` is HL7's own category. */
export const doNotResuscitate = new Set(['NR', 'NRB', 'dnr']);
/** A medal or statement that words alone name, as some systems send it; the whole text must match. */
export const doNotResuscitateWords =
  /^(niet[- ]?reanim(?:eren|atie|eer)[- ]?(penning|verklaring|beschikking)?|do[- ]not[- ]resuscitate([- ](order|statement))?)\.?$/i;

/** zib2017 TreatmentPermitted and zib2020 BehandelBesluit; a form may use either. */
export const decisionCodes: ReadonlyMap<string, 'do' | 'do_not' | 'conditional'> = new Map([
  ['JA', 'do'],
  ['0', 'do'],
  ['NEE', 'do_not'],
  ['2', 'do_not'],
  ['JA_MAAR', 'conditional'],
  ['1', 'conditional'],
]);
export const decisionSystem = /(^|:)2\.16\.840\.1\.113883\.2\.4\.3\.11\.60\.40\.4(\.25\.1)?$/;
export const nullFlavorSystem = /(v3-NullFlavor|\/v3\/NullFlavor|(^|:)2\.16\.840\.1\.113883\.5\.1008)$/;
export const undecidedCodes = new Set(['UNK', 'NASK', 'ASKU', 'NI', 'NAV']);

/** Free text that says that nothing was decided, compared without case, spaces and closing stops. */
export const undecidedWords = new Set([
  'onbekend',
  'nog onbekend',
  'niet besproken',
  'nog niet besproken',
  'niet gevraagd',
  'nee, nog geen besluit genomen',
  'nee nog geen besluit genomen',
  'nog geen besluit genomen',
  'nog geen besluit',
  'niet bekend',
  'nog niet bekend',
  // what the codes of HL7's list are called, as maps write them into the text
  'unknown',
  'asked but unknown',
  'not asked',
  'not discussed',
]);

export const goalCategory = '713603004';
export type GoalKey = 'curative' | 'life_prolonging' | 'symptom_relief' | 'unknown';
export const goalCodes: ReadonlyMap<string, GoalKey> = new Map([
  ['385987000', 'curative'],
  ['1351964001', 'life_prolonging'],
  ['713148004', 'symptom_relief'],
  ['225353007', 'symptom_relief'],
  ['UNK', 'unknown'],
]);

/** Contact roles (RolCodelijst) that speak for the patient, with the power of attorney of zib2024. */
export const representativeRoles = new Set(['24', '310141000146103', '03', '15', '11']);
export const firstContactRole = '01';
export const roleSystem = /(^|:)2\.16\.840\.1\.113883\.2\.4\.3\.11\.22\.472$/;

export const capacityExtension = /\/ext-(Patient\.LegallyCapable|LegallyCapable-)MedicalTreatmentDecisions$/;
export const capacityObservation = '665671000146101';
