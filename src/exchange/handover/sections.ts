// Which sections does a nursing handoff have, and what belongs in each? The table of eOverdracht 4.0 to 4.2 (SNOMED CT codes).

/** What may stand in a section: a type, with the profile names (or endings after `zib-`) that make it belong there. */
export type Belongs = {
  type: string;
  profiles?: readonly string[];
  /** For resources without a profile: category or code values that place them here. */
  codes?: readonly string[];
};

export type Section = {
  code: string;
  title: string;
  parent?: string;
  /** The first release line whose content has it. */
  since: '4.0' | '4.1' | '4.2';
  belongs: readonly Belongs[];
};

export const administrative = '405624007';
export const personal = '302147001';
export const sendingOrganization = '185362004';
export const receivingOrganization = '275645009';
export const patientContext = '109481000146101';
export const medicalContext = '371524004';
export const practitioners = '405623001';
export const diagnosis = '52870002';
export const medicalHistory = '417662000';
export const carePlan = '773130005';
export const healthState = '5531000179105';
export const documents = '397966007';

const of = (type: string, ...profiles: string[]): Belongs => ({ type, profiles });
const any = (type: string): Belongs => ({ type });

/** Parents before their children, in the standard's order. */
export const sections: readonly Section[] = [
  { code: administrative, title: 'Administrative data', since: '4.0', belongs: [] },
  {
    code: personal,
    title: 'Personal data',
    parent: administrative,
    since: '4.0',
    belongs: [any('Coverage'), any('RelatedPerson')],
  },
  {
    code: sendingOrganization,
    title: 'Sending organization',
    parent: administrative,
    since: '4.0',
    belongs: [],
  },
  {
    code: receivingOrganization,
    title: 'Receiving organization',
    parent: administrative,
    since: '4.0',
    belongs: [],
  },
  { code: patientContext, title: 'General patient context', since: '4.0', belongs: [] },
  {
    code: '365474007',
    title: 'Family situation',
    parent: patientContext,
    since: '4.1',
    belongs: [of('Observation', 'FamilySituation'), any('FamilyMemberHistory')],
  },
  {
    code: '365867006',
    title: 'Legal situation',
    parent: patientContext,
    since: '4.2',
    belongs: [of('Condition', 'LegalSituation-LegalStatus', 'LegalSituation-Representation')],
  },
  {
    code: '365512000',
    title: 'Living situation',
    parent: patientContext,
    since: '4.0',
    belongs: [{ type: 'Observation', profiles: ['LivingSituation'], codes: ['365508006'] }],
  },
  {
    code: '108329005',
    title: 'Life stance',
    parent: patientContext,
    since: '4.0',
    belongs: [{ type: 'Consent', profiles: ['AdvanceDirective'], codes: ['11341000146107'] }],
  },
  {
    code: '365448001',
    title: 'Social environment',
    parent: patientContext,
    since: '4.2',
    belongs: [of('Observation', 'ParticipationInSociety'), of('CarePlan', 'HelpFromOthers')],
  },
  { code: medicalContext, title: 'Medical context', since: '4.0', belongs: [] },
  { code: practitioners, title: 'Practitioner', parent: medicalContext, since: '4.0', belongs: [] },
  { code: diagnosis, title: 'Medical diagnosis', parent: medicalContext, since: '4.0', belongs: [] },
  { code: medicalHistory, title: 'Medical history', parent: medicalContext, since: '4.0', belongs: [] },
  {
    code: '420134006',
    title: 'Allergy',
    parent: medicalContext,
    since: '4.0',
    belongs: [any('AllergyIntolerance')],
  },
  { code: '308813009', title: 'Pay attention', parent: medicalContext, since: '4.0', belongs: [any('Flag')] },
  {
    code: '225317005',
    title: 'Freedom restriction',
    parent: medicalContext,
    since: '4.2',
    belongs: [of('Procedure', 'FreedomRestrictingIntervention')],
  },
  {
    code: '363788007',
    title: 'Measurements',
    parent: medicalContext,
    since: '4.0',
    belongs: [
      {
        type: 'Observation',
        profiles: [
          'BloodPressure',
          'PulseRate',
          'BodyTemperature',
          'Respiration',
          'BodyWeight',
          'BodyHeight',
          'O2Saturation',
          'HeartRate',
          'HeadCircumference',
          'ApgarScore',
        ],
        codes: [
          'vital-signs',
          '85354-9',
          '8867-4',
          '8893-0',
          '8310-5',
          '9279-1',
          '29463-7',
          '8302-2',
          '8352-7',
          '2708-6',
          '9843-4',
        ],
      },
      of(
        'DeviceUseStatement',
        'Respiration-AdministrationDevice',
        'Respiration-AdministeredOxygen-AdministrationDevice',
      ),
    ],
  },
  {
    code: '11011000146108',
    title: 'Pain score',
    parent: medicalContext,
    since: '4.2',
    belongs: [of('Observation', 'PainScore', 'ComfortScale', 'FLACCpainScale', 'ChecklistPainBehavior')],
  },
  { code: carePlan, title: 'Care plan', since: '4.0', belongs: [] },
  {
    code: '86644006',
    title: 'Current patient problems',
    parent: carePlan,
    since: '4.2',
    belongs: [of('Procedure', 'NursingIntervention')],
  },
  {
    code: '722091001',
    title: 'Outcome of care',
    parent: carePlan,
    since: '4.2',
    belongs: [of('DiagnosticReport', 'OutcomeOfCare')],
  },
  {
    code: '308335008',
    title: 'Patient appointments',
    parent: carePlan,
    since: '4.2',
    belongs: [of('Encounter', 'eOverdracht-Encounter'), any('Appointment')],
  },
  { code: healthState, title: 'Health state', since: '4.0', belongs: [] },
  {
    code: '365178001',
    title: 'Self care',
    parent: healthState,
    since: '4.2',
    belongs: [
      of(
        'Observation',
        'AbilityToDrink',
        'AbilityToEat',
        'MouthcareActivities',
        'AbilityToPerformMouthcareActivities',
        'AbilityToWashOneself',
        'AbilityToDressOneself',
        'AbilityToGroome',
        'AbilityToUseToilet',
        'AbilityToManageMedication',
        'AbilityToPerformNursingActivities',
      ),
      of('DeviceUseStatement', 'MouthcareActivities-MedicalDevice'),
    ],
  },
  {
    code: '364832000',
    title: 'Mobility',
    parent: healthState,
    since: '4.2',
    belongs: [of('Observation', 'Mobility'), of('DeviceUseStatement', 'Mobility-MedicalDevice')],
  },
  {
    code: '300893006',
    title: 'Nutrition or fluid',
    parent: healthState,
    since: '4.0',
    belongs: [
      any('NutritionOrder'),
      of(
        'Observation',
        'SNAQScore',
        'SNAQrcScore',
        'SNAQ65plusScore',
        'MUSTScore',
        'StrongKidsScore',
        'FluidBalance',
        'FeedingPatternInfant',
      ),
      of('DeviceUseStatement', 'FeedingTubeSystem', 'Infusion'),
    ],
  },
  {
    code: '106019003',
    title: 'Excretion',
    parent: healthState,
    since: '4.2',
    belongs: [
      of('Observation', 'BladderFunction', 'BowelFunction', 'Stoma'),
      of('DeviceUseStatement', 'BladderFunction-UrineCatheter'),
    ],
  },
  {
    code: '106076001',
    title: 'Skin',
    parent: healthState,
    since: '4.2',
    belongs: [
      of('Condition', 'BurnWound', 'PressureUlcer', 'SkinDisorder', 'Wound'),
      of('Observation', 'WoundCharacteristics'),
      of('DeviceUseStatement', 'Wound-MedicalDevice'),
    ],
  },
  {
    code: '106147001',
    title: 'Senses',
    parent: healthState,
    since: '4.2',
    belongs: [
      of('Observation', 'HearingFunction', 'VisualFunction'),
      of('DeviceUseStatement', 'HearingFunction-HearingAid', 'VisualFunction-VisualAid'),
    ],
  },
  {
    code: '284465006',
    title: 'Illness perception',
    parent: healthState,
    since: '4.2',
    belongs: [of('Observation', 'IllnessPerception')],
  },
  { code: '36456004', title: 'Mental status', parent: healthState, since: '4.2', belongs: [] },
  {
    code: '118232004',
    title: 'Reproduction',
    parent: healthState,
    since: '4.2',
    belongs: [
      of('Condition', 'Pregnancy'),
      of(
        'Observation',
        'Pregnancy-PregnancyStatus',
        'Pregnancy-Gravidity',
        'Pregnancy-Parity',
        'Pregnancy-PregnancyDuration',
        'Pregnancy-DateLastMenstruation',
        'Pregnancy-TermDate',
      ),
    ],
  },
  { code: documents, title: 'Documents', since: '4.0', belongs: [any('DocumentReference')] },
];
