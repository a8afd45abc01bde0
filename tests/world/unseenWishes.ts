// In which further spellings do systems send wishes? Forms of STU3, goals, contacts, Bundles and Consents written out in XML.
import type { FhirResource } from '../../src/model.ts';
import { concept } from './wishes.ts';

type More = Record<string, unknown>;

export const nullFlavors = {
  r4: 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor',
  stu3: 'http://hl7.org/fhir/v3/NullFlavor',
} as const;
export const permittedSystem = 'urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4';
export const livingWills = 'urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4.14.1';
export const roles = 'urn:oid:2.16.840.1.113883.2.4.3.11.22.472';

let count = 0;
const nextId = (): string => {
  count += 1;
  return `u${count}`;
};

export const bundle = (type: string, ...resources: readonly FhirResource[]): FhirResource => ({
  resourceType: 'Bundle',
  type,
  entry: resources.map((resource) => ({ fullUrl: `https://holder.example/${nextId()}`, resource })),
});

/** An answered question: `value` is `valueCoding` unless it is a text, a boolean or a list of items below it. */
export const item = (linkId: string, value: unknown, ...below: readonly More[]): More => ({
  linkId,
  answer: [
    {
      ...(typeof value === 'string' ? { valueString: value } : {}),
      ...(typeof value === 'boolean' ? { valueBoolean: value } : {}),
      ...(typeof value === 'object' && value !== null ? value : {}),
      ...(below.length > 0 ? { item: below } : {}),
    },
  ],
});
export const group = (linkId: string, ...items: readonly More[]): More => ({ linkId, item: items });
export const coding = (code: string, system?: string, display?: string): More => ({
  valueCoding: { code, ...(system ? { system } : {}), ...(display ? { display } : {}) },
});
export const day = (date: string): More => ({ valueDateTime: date });

/** A filled form as the STU3 tools send it. */
export const stu3Form = (...items: readonly More[]): FhirResource => ({
  resourceType: 'QuestionnaireResponse',
  id: nextId(),
  status: 'completed',
  authored: '2030-01-01T00:00:00Z',
  questionnaire: { reference: 'https://api.iknl.nl/docs/pzp/stu3/Questionnaire/ACP-zib2017|1.0.0-rc2' },
  source: { reference: 'Patient/p1' },
  item: items,
});

export const form = (questionnaire: string | undefined, ...items: readonly More[]): FhirResource => ({
  resourceType: 'QuestionnaireResponse',
  id: nextId(),
  status: 'completed',
  ...(questionnaire === undefined ? {} : { questionnaire }),
  subject: { reference: 'Patient/p1' },
  item: items,
});

/** A statement of STU3: the kind of living will is a second category. */
export const stu3Statement = (type: string, date: string, more: More = {}): FhirResource => ({
  resourceType: 'Consent',
  id: nextId(),
  status: 'active',
  category: [concept('11341000146107'), { coding: [{ system: livingWills, code: type }] }],
  patient: { reference: 'Patient/p1' },
  dateTime: date,
  ...more,
});

export const goal = (code: string, more: More): FhirResource => ({
  resourceType: 'Goal',
  id: nextId(),
  lifecycleStatus: 'active',
  category: [concept('713603004')],
  description: concept(code),
  subject: { reference: 'Patient/p1' },
  ...more,
});

export const related = (more: More): FhirResource => ({
  resourceType: 'RelatedPerson',
  id: nextId(),
  patient: { reference: 'Patient/p1' },
  relationship: [{ coding: [{ system: roles, code: '24' }] }],
  name: [{ text: 'Bas Proef' }],
  ...more,
});
