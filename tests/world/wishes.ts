// Which wishes do the tests tell? Small Consents, forms and Patients of our own making, R4 and STU3.
import type { HolderAnswer } from '../../src/exchange/wishes/records.ts';
import type { FhirResource } from '../../src/model.ts';

export const bsn = '999911612';
export const otherBsn = '999900018';
const bsnSystem = 'http://fhir.nl/fhir/NamingSystem/bsn';
const snomed = 'http://snomed.info/sct';
const zib2017 = 'http://nictiz.nl/fhir/StructureDefinition/zib-TreatmentDirective-';
export const specificationOther =
  'http://nictiz.nl/fhir/StructureDefinition/ext-TreatmentDirective2.SpecificationOther';

export const codes = {
  cpr: '89666000',
  ventilation: '40617009',
  icu: '305351004',
  hospital: '32485007',
  antibiotics: '281789004',
  blood: '116762002',
} as const;

export const patient = (number = bsn, id = 'p1'): FhirResource => ({
  resourceType: 'Patient',
  id,
  identifier: [{ system: bsnSystem, value: number }],
  name: [{ text: 'Aagje Proef' }],
  birthDate: '1940-02-29',
});

type More = Record<string, unknown>;
export const concept = (code: string): More => ({ coding: [{ system: snomed, code }] });

let count = 0;
const nextId = (): string => {
  count += 1;
  return `c${count}`;
};

/** The same resource with other elements. */
export const changed = (resource: FhirResource, change: More): FhirResource => ({ ...resource, ...change });

/** An R4 treatment directive; a text instead of permit or deny is "other". */
export function r4Directive(
  code: string | More,
  decision: 'permit' | 'deny' | { other: string } | undefined,
  dateTime?: string,
): FhirResource {
  const isText = typeof decision === 'object';
  return {
    resourceType: 'Consent',
    id: nextId(),
    status: 'active',
    scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'treatment' }] },
    category: [concept('129125009')],
    patient: { reference: 'Patient/p1' },
    ...(dateTime === undefined ? {} : { dateTime }),
    ...(isText ? { modifierExtension: [{ url: specificationOther, valueString: decision.other }] } : {}),
    provision: {
      code: [typeof code === 'string' ? concept(code) : code],
      ...(typeof decision === 'string' ? { type: decision } : {}),
    },
  };
}

const permitted = 'urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4';
const nullFlavor = 'http://hl7.org/fhir/v3/NullFlavor';

/** A STU3 treatment directive, with `except.type` deny as systems send it whatever the decision. */
export function stu3Directive(
  code: string | More,
  decision: string,
  dates: { verified?: string; start?: string; end?: string; dateTime?: string; limit?: string } = {},
): FhirResource {
  const { limit } = dates;
  const system = ['JA', 'NEE', 'JA_MAAR'].includes(decision) ? permitted : nullFlavor;
  const verification = {
    url: `${zib2017}Verification`,
    extension: [{ url: 'VerificationDate', valueDateTime: dates.verified }],
  };
  const period = {
    ...(dates.start === undefined ? {} : { start: dates.start }),
    ...(dates.end === undefined ? {} : { end: dates.end }),
  };
  return {
    resourceType: 'Consent',
    id: nextId(),
    status: 'active',
    category: [concept('11291000146105')],
    patient: { reference: 'Patient/p1' },
    extension: [
      {
        url: `${zib2017}Treatment`,
        valueCodeableConcept: typeof code === 'string' ? concept(code) : code,
      },
      ...(dates.verified === undefined ? [] : [verification]),
    ],
    modifierExtension: [
      {
        url: `${zib2017}TreatmentPermitted`,
        valueCodeableConcept: { coding: [{ system, code: decision }] },
      },
    ],
    ...(Object.keys(period).length === 0 ? {} : { period }),
    ...(dates.dateTime === undefined ? {} : { dateTime: dates.dateTime }),
    except: [
      {
        type: 'deny',
        ...(limit === undefined
          ? {}
          : { extension: [{ url: `${zib2017}Restrictions`, valueString: limit }] }),
      },
    ],
  };
}

/** A living will in R4; NR is the do-not-resuscitate statement. */
export const r4Statement = (type: string, dateTime: string, more: More = {}): FhirResource => ({
  resourceType: 'Consent',
  id: nextId(),
  status: 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'adr' }] },
  category: [
    { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentcategorycodes', code: 'acd' }] },
  ],
  patient: { reference: 'Patient/p1' },
  dateTime,
  provision: {
    code: [{ coding: [{ system: 'urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4.14.1', code: type }] }],
  },
  ...more,
});

type Answer = { decision: string; text?: string };

/** A filled R4 form with a decision per linkId. */
export const r4Form = (
  answers: Readonly<Record<string, Answer>>,
  date: string | undefined,
  more: More = {},
): FhirResource => ({
  resourceType: 'QuestionnaireResponse',
  id: nextId(),
  status: 'completed',
  questionnaire: 'https://api.iknl.nl/docs/pzp/r4/Questionnaire/ACP-zib2020|1.0.0-rc2',
  authored: '2030-01-01T00:00:00Z',
  item: [
    ...(date === undefined ? [] : [{ linkId: '963', answer: [{ valueDateTime: date }] }]),
    {
      linkId: '83',
      item: Object.entries(answers).map(([linkId, { decision, text }]) => ({
        linkId: `group-${linkId}`,
        item: [
          {
            linkId,
            answer: [
              {
                valueCoding: { system: 'urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4.25.1', code: decision },
                ...(text === undefined
                  ? {}
                  : { item: [{ linkId: `text-${linkId}`, answer: [{ valueString: text }] }] }),
              },
            ],
          },
        ],
      })),
    },
  ],
  ...more,
});

export const answer = (name: string, ...resources: readonly FhirResource[]): HolderAnswer => ({
  holder: { name },
  resources: [patient(), ...resources],
});

export const today = new Date('2026-01-15T12:00:00+01:00');
