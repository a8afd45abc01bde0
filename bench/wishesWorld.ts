// What do the five holders of the benchmark have? A Patient and thirteen wishes resources each, with the elements that PZP's published
// examples have; written for this benchmark. https://api.iknl.nl/docs/pzp/r4
import { bsnSystem, isBsn } from '../src/fhir/identifiers.ts';
import type { FhirResource } from '../src/model.ts';

const patientCount = 24;

/** Test BSNs of the 9-range, one for each patient. */
export const bsns: readonly string[] = Array.from({ length: 500 }, (_, at) => String(999_930_000 + at))
  .filter(isBsn)
  .slice(0, patientCount);

export const holderCount = 5;
export const nameOf = (holder: number): string => `Praktijk ${String.fromCharCode(65 + holder)}`;

const snomed = 'http://snomed.info/sct';
const hl7 = 'http://terminology.hl7.org/CodeSystem';
const pzp = 'https://api.iknl.nl/docs/pzp/r4/StructureDefinition';
const scopes = `${hl7}/consentscope`;
const concept = (system: string, code: string, display?: string) => ({
  coding: [{ system, code, ...(display === undefined ? {} : { display }) }],
});

export type Search = { resourceType: string; parameters: readonly (readonly [string, string])[] };

/** The searches that a card rests on, without the patient. */
export const searches: readonly Search[] = [
  {
    resourceType: 'Consent',
    parameters: [
      ['scope', `${scopes}|treatment`],
      ['category', `${snomed}|129125009`],
      ['_include', 'Consent:actor'],
    ],
  },
  {
    resourceType: 'Consent',
    parameters: [
      ['scope', `${scopes}|adr`],
      ['category', `${hl7}/consentcategorycodes|acd`],
      ['_include', 'Consent:actor'],
    ],
  },
  { resourceType: 'Goal', parameters: [['category', `${snomed}|713603004`]] },
];

/** A holder of its own gives its own id to a patient. */
const idOf = (holder: number, bsn: string): string => `pat-${holder}-${bsns.indexOf(bsn) + 1}`;

const business = (holder: number, value: string) => [
  {
    type: concept(`${hl7}/v2-0203`, 'RI', 'Resource identifier'),
    system: `urn:oid:2.999.77.${holder}`,
    value,
  },
];

type Whose = { holder: number; bsn: string };
const reference = ({ holder, bsn }: Whose) => ({
  reference: `Patient/${idOf(holder, bsn)}`,
  display: 'Patient, Wietske Benthem',
  type: 'Patient',
});

const actor = (code: string, to: object) => ({ role: concept(`${hl7}/v3-RoleCode`, code), reference: to });
const doctor = {
  reference: 'PractitionerRole/role-1',
  display: 'Huisarts, Meeuwis',
  type: 'PractitionerRole',
};
const daughter = { reference: 'RelatedPerson/contact-1', display: 'Contactpersoon, Benthem' };

const treatments: readonly (readonly [code: string, display: string, years: readonly number[]])[] = [
  ['89666000', 'cardiopulmonale resuscitatie', [2021, 2024]],
  ['40617009', 'kunstmatige beademing', [2024]],
  ['305351004', 'opname op intensive care', [2024]],
  ['32485007', 'opname in ziekenhuis', [2021, 2024]],
  ['281789004', 'behandeling met antibiotica', [2024]],
  ['116762002', 'toediening van bloedproducten', [2024]],
];

const directive = (whose: Whose, code: string, more: { display: string; year: number }): FhirResource => ({
  resourceType: 'Consent',
  id: `directive-${code}-${more.year}`,
  meta: { profile: [`${pzp}/ACP-TreatmentDirective`] },
  identifier: business(whose.holder, `${code}-${more.year}-${bsns.indexOf(whose.bsn)}`),
  status: 'active',
  scope: concept(scopes, 'treatment'),
  category: [concept(snomed, '129125009')],
  patient: reference(whose),
  dateTime: `${more.year}-0${whose.holder + 1}-01`,
  policy: [{ uri: 'https://wetten.overheid.nl/' }],
  provision: {
    type: more.year === 2024 ? 'deny' : 'permit',
    actor: [actor('CONSENTER', reference(whose)), actor('CONSENTER', doctor)],
    code: [concept(snomed, code, more.display)],
  },
});

const statement = (whose: Whose): FhirResource => ({
  resourceType: 'Consent',
  id: 'statement-1',
  meta: { profile: [`${pzp}/ACP-AdvanceDirective`] },
  identifier: business(whose.holder, `statement-${bsns.indexOf(whose.bsn)}`),
  extension: [
    {
      url: 'http://nictiz.nl/fhir/StructureDefinition/ext-Comment',
      valueString: 'Mevrouw wil niet gereanimeerd worden; besproken met haar dochter en de huisarts.',
    },
  ],
  status: 'active',
  scope: concept(scopes, 'adr'),
  category: [concept(`${hl7}/consentcategorycodes`, 'acd')],
  patient: reference(whose),
  dateTime: '2024-11-05',
  policy: [{ uri: 'https://wetten.overheid.nl/' }],
  provision: {
    actor: [actor('RESPRSN', daughter)],
    code: [concept('urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4.14.1', 'NR', 'Niet reanimeren verklaring')],
  },
});

const goal = (whose: Whose): FhirResource => ({
  resourceType: 'Goal',
  id: 'goal-1',
  meta: { profile: [`${pzp}/ACP-MedicalPolicyGoal`] },
  identifier: business(whose.holder, `goal-${bsns.indexOf(whose.bsn)}`),
  lifecycleStatus: 'active',
  category: [concept(snomed, '713603004', 'advance care planning')],
  description: concept(snomed, '1351964001', 'levensverlengende behandeling'),
  subject: reference(whose),
  statusDate: '2024-03-01',
});

const contact = (whose: Whose): FhirResource => ({
  resourceType: 'RelatedPerson',
  id: 'contact-1',
  meta: { profile: [`${pzp}/ACP-ContactPerson`] },
  patient: reference(whose),
  relationship: [
    concept('urn:oid:2.16.840.1.113883.2.4.3.11.22.472', '24', 'Wettelijke vertegenwoordiger'),
    concept(`${hl7}/v3-RoleCode`, 'DAUC', 'Dochter'),
  ],
  name: [{ use: 'official', text: 'Fenna Benthem', family: 'Benthem', given: ['Fenna'] }],
  telecom: [{ system: 'phone', value: '06-00000341', use: 'mobile' }],
});

const role = ({ holder }: Whose): FhirResource => ({
  resourceType: 'PractitionerRole',
  id: 'role-1',
  practitioner: { reference: 'Practitioner/doctor-1', display: 'J. Meeuwis' },
  organization: { type: 'Organization', display: nameOf(holder) },
  specialty: [concept('http://fhir.nl/fhir/NamingSystem/uzi-rolcode', '01.015', 'Huisarts')],
});

export const patientOf = (holder: number, bsn: string): FhirResource => ({
  resourceType: 'Patient',
  id: idOf(holder, bsn),
  meta: { profile: [`${pzp}/ACP-Patient`] },
  identifier: [{ system: bsnSystem, value: bsn }],
  name: [{ use: 'official', text: 'Wietske Benthem', family: 'Benthem', given: ['Wietske'] }],
  telecom: [{ system: 'phone', value: '06-00000340', use: 'home' }],
  gender: 'female',
  birthDate: '1941-06-09',
  address: [{ use: 'home', line: ['Proefdijk 12'], city: 'Proefstad', postalCode: '0000AA', country: 'NL' }],
});

/** What a search of `searches` finds: matches, then what its include brings. */
export function found(holder: number, bsn: string, search: number): readonly FhirResource[] {
  const whose = { holder, bsn };
  if (search === 0) {
    const made = treatments.flatMap(([code, display, years]) =>
      years.map((year) => directive(whose, code, { display, year })),
    );
    return [...made, patientOf(holder, bsn), role(whose)];
  }
  return search === 1 ? [statement(whose), contact(whose)] : [goal(whose)];
}
