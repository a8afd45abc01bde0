// Which sections of a nursing handoff are about care and health? eOverdracht 4.0 to 4.2.
import { carePlan, documents, healthState } from './sectionCodes.ts';
import type { Belongs, Section } from './sections.ts';

const of = (type: string, ...profiles: string[]): Belongs => ({ type, profiles });
const any = (type: string): Belongs => ({ type });

/** Parents before their children, in the standard's order. */
export const careSections: readonly Section[] = [
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
        'AbilityToWashOneSelf',
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
