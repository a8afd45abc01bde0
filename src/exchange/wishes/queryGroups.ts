// Which query groups does PZP list? As data: what askers may say (R4), and what holders are asked in each FHIR version.
// https://api.iknl.nl/docs/pzp/r4 and https://api.iknl.nl/docs/pzp/stu3, 1.0.0-rc2, page "data exchange".
import type { FhirVersion } from '../../model.ts';
import type { ParameterShape } from '../searching/searchShape.ts';

const snomed = 'http://snomed.info/sct';
const hl7 = 'http://terminology.hl7.org/CodeSystem';
const conversation = '713603004';
const observed = ['153851000146100', '395091006', '340171000146104', '247751003', '570801000146104'];
const defibrillators = ['72506001', '465460004', '468542000', '704707009', '1263462004', '1236894001'];
const forms: Readonly<Record<FhirVersion, string>> = {
  r4: 'https://api.iknl.nl/docs/pzp/r4/Questionnaire/ACP-zib2020',
  stu3: 'https://api.iknl.nl/docs/pzp/stu3/Questionnaire/ACP-zib2017',
};

/** The address that a form had before October 2025; any other text as it is. */
export const oldFormOf = (address: string): string =>
  Object.values(forms).includes(address)
    ? `https://fhir.iknl.nl/fhir/Questionnaire/${address.split('/').at(-1)}`
    : address;

const allOf = (system: string, codes: readonly string[]) =>
  codes.map((code) => `${system}|${code}`).join(',');
type Coded = { system?: string; codes: readonly string[] };
const coded = (name: string, { system = snomed, codes }: Coded): ParameterShape => ({
  name,
  value: { kind: 'codes', system, codes },
  type: 'token',
  presence: 'must',
});

const questionnaire: ParameterShape = {
  name: 'questionnaire',
  value: { kind: 'texts', texts: [forms.r4, forms.stu3] },
  type: 'reference',
  presence: 'must',
};

export type Group = {
  name: string;
  documentation: string;
  resourceType: string;
  /** Beside the patient. */
  parameters: readonly ParameterShape[];
  include?: string;
  /** What holders are asked, without the patient. */
  asked: Readonly<Record<FhirVersion, string>>;
};

/** Nine searches in eight groups: the conversation has two. */
export const groups: readonly Group[] = [
  {
    name: 'searchConversations',
    documentation: 'PZP 1a: the conversations about future care, as procedures.',
    resourceType: 'Procedure',
    parameters: [coded('code', { codes: [conversation] })],
    include: 'Procedure:encounter',
    asked: {
      r4: `code=${snomed}|${conversation}&_include=Procedure:encounter`,
      stu3: `code=${snomed}|${conversation}&_include=Procedure:encounter`,
    },
  },
  {
    name: 'searchEncounters',
    documentation: 'PZP 1b: the contacts in which future care was talked about.',
    resourceType: 'Encounter',
    parameters: [
      coded('reason-reference:Procedure.code', {
        codes: [conversation],
      }),
    ],
    include: 'Encounter:reason-reference',
    asked: {
      r4: `reason-reference:Procedure.code=${snomed}|${conversation}&_include=Encounter:reason-reference`,
      stu3: `reason=${snomed}|${conversation}&_include=Encounter:diagnosis`,
    },
  },
  {
    name: 'searchTreatmentDirectives',
    documentation: 'PZP 2: treatment directives, with those who agreed.',
    resourceType: 'Consent',
    parameters: [
      coded('scope', { system: `${hl7}/consentscope`, codes: ['treatment'] }),
      coded('category', { codes: ['129125009'] }),
    ],
    include: 'Consent:actor',
    asked: {
      r4: `scope=${hl7}/consentscope|treatment&category=${snomed}|129125009&_include=Consent:actor`,
      stu3: `category=${snomed}|11291000146105&_include=Consent:actor`,
    },
  },
  {
    name: 'searchAdvanceDirectives',
    documentation: 'PZP 3: advance directives, with the representatives.',
    resourceType: 'Consent',
    parameters: [
      coded('scope', { system: `${hl7}/consentscope`, codes: ['adr'] }),
      coded('category', { system: `${hl7}/consentcategorycodes`, codes: ['acd'] }),
    ],
    include: 'Consent:actor',
    asked: {
      r4: `scope=${hl7}/consentscope|adr&category=${hl7}/consentcategorycodes|acd&_include=Consent:actor`,
      stu3: `category=${snomed}|11341000146107&_include=Consent:actor`,
    },
  },
  {
    name: 'searchPolicyGoals',
    documentation: 'PZP 4: the goal that medical policy serves.',
    resourceType: 'Goal',
    parameters: [coded('category', { codes: [conversation] })],
    asked: { r4: `category=${snomed}|${conversation}`, stu3: `category=${snomed}|${conversation}` },
  },
  {
    name: 'searchWishObservations',
    documentation: 'PZP 5: care wishes, place of death, euthanasia, organ donation, what else matters.',
    resourceType: 'Observation',
    parameters: [coded('code', { codes: observed })],
    asked: { r4: `code=${allOf(snomed, observed)}`, stu3: `code=${allOf(snomed, observed)}` },
  },
  {
    name: 'searchDefibrillators',
    documentation: 'PZP 6: the implanted defibrillator and its use.',
    resourceType: 'DeviceUseStatement',
    parameters: [coded('device.type', { codes: defibrillators })],
    include: 'DeviceUseStatement:device',
    asked: {
      r4: `device.type=${allOf(snomed, defibrillators)}&_include=DeviceUseStatement:device`,
      stu3: `device.type=${allOf(snomed, defibrillators)}&_include=DeviceUseStatement:device`,
    },
  },
  {
    name: 'searchInformRelatives',
    documentation: 'PZP 7: the request to the patient to inform relatives.',
    resourceType: 'CommunicationRequest',
    parameters: [coded('category', { codes: ['223449006'] })],
    asked: { r4: `category=${snomed}|223449006`, stu3: `category=${snomed}|223449006` },
  },
  {
    name: 'searchForms',
    documentation: 'PZP method 2: the filled form of either FHIR version.',
    resourceType: 'QuestionnaireResponse',
    parameters: [questionnaire],
    asked: { r4: `questionnaire=${forms.r4}`, stu3: `questionnaire=${forms.stu3}` },
  },
];
