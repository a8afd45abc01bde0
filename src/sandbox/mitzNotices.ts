// How does Mitz subscribe and notify? Subscriptions by criteria, and transaction Bundles that hold all yes and all no.
import { randomUUID } from 'node:crypto';
import type { FhirResource } from '../model.ts';
import type { Choices } from './mitzChoices.ts';
import { dataCategories, providerCategories } from './mitzChoices.ts';
import { BrokenRule, demand } from './mitzRules.ts';

export type MitzSubscription = {
  id: string;
  bsn: string;
  holderUra: string;
  holderType: string;
  endpoint: string;
  payload: 'application/fhir+json' | 'application/fhir+xml';
  birthDate?: string;
};

const version = '3960100';
const allowedExtensions = new Set(
  ['Patient.birthDate', 'GatewaySystem', 'SourceSystem'].map(
    (one) => `http://fhir.nl/StructureDefinition/${one}`,
  ),
);
const criteriaForm =
  /^Consent\?_query=otv&patientid=(\d{9})&providerid=(\d{8})&providertype=([A-Z0-9]{2,4})$/;

/** The subscription that is asked for. Throws `BrokenRule`. */
export function readSubscription(resource: FhirResource | undefined): MitzSubscription {
  if (resource?.resourceType !== 'Subscription') throw new BrokenRule('a Subscription');
  const { status, reason, criteria, channel, extension } = resource as Record<string, unknown> & {
    channel?: { type?: string; endpoint?: string; payload?: MitzSubscription['payload'] };
    extension?: { url: string; valueDate?: string; valueOid?: string }[];
  };
  demand(status === 'requested', 'status is requested');
  demand(reason === 'OTV', 'reason is OTV');
  const [, bsn = '', holderUra = '', holderType = ''] = criteriaForm.exec(String(criteria)) ?? [];
  demand(bsn !== '', 'criteria');
  demand(channel?.type === 'rest-hook', 'channel.type is rest-hook');
  demand(/^https?:\/\//.test(channel?.endpoint ?? ''), 'channel.endpoint');
  demand(/^application\/fhir\+(json|xml)$/.test(channel?.payload ?? ''), 'channel.payload');
  const extensions = extension ?? [];
  demand(
    extensions.every(({ url }) => allowedExtensions.has(url)),
    'only known extensions',
  );
  const systemsFit = extensions.every(({ valueOid = 'urn:oid:1.2' }) => /^urn:oid:[0-9.]+$/.test(valueOid));
  demand(systemsFit, 'systems are urn:oid');
  const birthDate = extensions.find(({ valueDate }) => valueDate !== undefined)?.valueDate;
  return {
    id: randomUUID(),
    bsn,
    holderUra,
    holderType,
    endpoint: channel?.endpoint ?? '',
    payload: channel?.payload ?? 'application/fhir+json',
    ...(birthDate && { birthDate }),
  };
}

const coded = (system: string, code: string) => ({ coding: [{ system, version, code }] });
const link = (id: string) => ({ reference: `urn:uuid:${id}` });
const entry = (resource: FhirResource & { id: string }) => ({
  fullUrl: `urn:uuid:${resource.id}`,
  resource,
  request: { method: 'POST', url: resource.resourceType },
});

type Group = { permit: boolean; category: string; consulting: readonly string[] };

const consent = (
  { permit, category, consulting }: Group,
  people: { patient: string; holder: string; at: string },
) => ({
  resourceType: 'Consent',
  id: randomUUID(),
  meta: { profile: ['http://vzvz.nl/fhir/StructureDefinition/Consent-Mitz-Notify|3.8.0'] },
  extension: consulting.map((code) => ({
    url: 'http://fhir.nl/StructureDefinition/OTV-ProviderCategory',
    valueCodeableConcept: coded('http://fhir.nl/otv/CodeSystem/raadplegende-zorgaanbiedercategorie', code),
  })),
  status: permit ? 'active' : 'inactive',
  scope: coded('http://terminology.hl7.org/CodeSystem/consentscope', 'patient-privacy'),
  category: [coded('http://fhir.nl/otv/CodeSystem/gegevenscategorie', category)],
  patient: link(people.patient),
  dateTime: people.at,
  provision: {
    ...(permit && { type: 'permit' }),
    actor: [
      {
        role: {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'CST' }],
        },
        reference: link(people.holder),
      },
    ],
    purpose: [{ system: 'http://hl7.org/fhir/v3/ActReason', code: 'TREAT' }],
  },
});

/** Now, with the seven digits of a second that Mitz writes. */
export const mitzTime = (now: Date): string => now.toISOString().replace('Z', '8967Z');

/** All that this patient has chosen for this holder: the yes and the no of each data category. */
export function notification(about: MitzSubscription, choices: Choices, at: string): FhirResource {
  const { bsn, holderUra, holderType } = about;
  const [patient, holder] = [randomUUID(), randomUUID()];
  const groups = dataCategories.flatMap((category) =>
    [true, false].map((permit): Group => {
      const isChosen = (consulting: string) =>
        choices.find({ bsn, holderUra, category, consulting }) === permit;
      return { permit, category, consulting: providerCategories.filter(isChosen) };
    }),
  );
  const consents = groups
    .filter(({ consulting }) => consulting.length > 0)
    .map((group) => entry(consent(group, { patient, holder, at })));
  const bsnIdentifier = { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: bsn };
  const uraIdentifier = { system: 'http://fhir.nl/fhir/NamingSystem/ura', value: holderUra };
  const type = [coded('http://nictiz.nl/fhir/NamingSystem/organization-type', holderType)];
  return {
    resourceType: 'Bundle',
    id: randomUUID(),
    type: 'transaction',
    entry: [
      ...consents,
      entry({ resourceType: 'Patient', id: patient, identifier: [bsnIdentifier] }),
      entry({ resourceType: 'Organization', id: holder, identifier: [uraIdentifier], type }),
    ],
  };
}
