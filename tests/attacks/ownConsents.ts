// How does the consent facility of a region write down what a patient decided? One Consent per choice, built for a case.
import { bsnSystem, uraSystem } from '../../src/fhir/identifiers.ts';
import { patients } from './content.ts';
import { operate, parameters } from './questions.ts';
import { registrar } from './regionCast.ts';
import type { PatientName } from './regionRecords.ts';
import type { Seen, Stage } from './stage.ts';

export type Choice = {
  /** The registrar's own name of the record. */
  id: string;
  permits: boolean;
  patient?: PatientName;
  holderUra?: string;
  /** Type of organisation, such as `J8`. */
  holderType?: string;
  requesterUra?: string;
  /** Consulting category, such as `RPZAC104`. */
  requesterKind?: string;
  category?: string;
  purpose?: string;
  period?: { start?: string; end?: string };
  provision?: object;
  more?: object;
};

const system = 'urn:oid:2.999.1';
const participation = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';
const role = (code: string) => ({ coding: [{ system: participation, code }] });
const organisation = (value: string) => ({ identifier: { system: uraSystem, value } });

function actorsOf({ holderUra, holderType, requesterUra }: Choice): object[] {
  return [
    ...(holderUra ? [{ role: role('CST'), reference: organisation(holderUra) }] : []),
    ...(holderType ? [{ role: role('CST'), reference: { reference: '#kind' } }] : []),
    ...(requesterUra ? [{ role: role('IRCP'), reference: organisation(requesterUra) }] : []),
  ];
}

const kindOf = (code: string) => ({
  resourceType: 'Organization',
  id: 'kind',
  type: [{ coding: [{ system: 'http://nictiz.nl/fhir/NamingSystem/organization-type', code }] }],
});

const consultingOf = (code: string) => ({
  url: 'http://fhir.nl/StructureDefinition/OTV-ProviderCategory',
  valueCodeableConcept: {
    coding: [{ system: 'http://fhir.nl/otv/CodeSystem/raadplegende-zorgaanbiedercategorie', code }],
  },
});

export function consentOf(choice: Choice): Record<string, unknown> {
  const { id, permits, patient = 'own', holderType, requesterKind, category, purpose, period } = choice;
  const actor = actorsOf(choice);
  const classes = category
    ? [{ system: 'http://fhir.nl/otv/CodeSystem/gegevenscategorie', code: category }]
    : [];
  return {
    resourceType: 'Consent',
    status: 'active',
    identifier: [{ system, value: id }],
    ...(holderType ? { contained: [kindOf(holderType)] } : {}),
    ...(requesterKind ? { extension: [consultingOf(requesterKind)] } : {}),
    scope: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
    },
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IDSCL' }] }],
    patient: { identifier: { system: bsnSystem, value: patients[patient].bsn } },
    dateTime: '2026-01-01T00:00:00Z',
    policyRule: { text: 'regionale afspraak' },
    provision: {
      type: permits ? 'permit' : 'deny',
      ...(actor.length > 0 ? { actor } : {}),
      ...(classes.length > 0 ? { class: classes } : {}),
      ...(purpose
        ? { purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: purpose }] }
        : {}),
      ...(period ? { period } : {}),
      ...choice.provision,
    },
    ...choice.more,
  };
}

const as = { as: registrar };
export const registerConsent = (stage: Stage, choice: Choice): Promise<Seen> =>
  operate(stage, { path: '/r4/$register-consent', body: consentOf(choice) }, as);

export const withdrawConsent = (stage: Stage, id: string): Promise<Seen> =>
  operate(
    stage,
    {
      path: '/r4/$withdraw-consent',
      body: parameters({ name: 'identifier', valueIdentifier: { system, value: id } }),
    },
    as,
  );
