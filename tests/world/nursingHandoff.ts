// What does a complete handover look like? A builder of nursing handoffs of our own making, with the variants senders have.
import { agbSystem, bsnSystem } from '../../src/fhir/identifiers.ts';
import type { FhirResource, Participant } from '../../src/model.ts';
import { home, hospital, testBsns } from './cast.ts';

type Tree = Record<string, unknown>;
const snomed = 'http://snomed.info/sct';
const zib = (name: string) => `http://nictiz.nl/fhir/StructureDefinition/zib-${name}`;
const core = (name: string) => `http://fhir.nl/fhir/StructureDefinition/nl-core-${name}`;
const concept = (code: string, text?: string) => ({
  coding: [{ system: snomed, code }],
  ...(text ? { text } : {}),
});
const to = (reference: string, display?: string) => ({ reference, ...(display ? { display } : {}) });
const patientRef = to('Patient/pat-1');

export type HandoffOptions = {
  /** Case identifier as Bundle.identifier; null for none. */
  case?: string | null;
  sender?: Participant;
  receiver?: Participant;
  bsn?: string;
  transferDate?: string | null;
  /** Free text of the diagnosis: change it to change the content. */
  diagnosis?: string;
};

export function organization(id: string, who: Participant): FhirResource {
  return {
    resourceType: 'Organization',
    id,
    meta: { profile: [core('organization')] },
    identifier: who.identifiers.map(({ system, value }) => ({ system, value })),
    name: who.name,
  };
}

function practitioner(id: string, family: string): FhirResource {
  return {
    resourceType: 'Practitioner',
    id,
    meta: { profile: [core('practitioner')] },
    identifier: [{ system: agbSystem, value: `0399${id.length}${id.charCodeAt(id.length - 1)}` }],
    name: [
      {
        text: `A. ${family}`,
        family,
        _family: {
          extension: [
            { url: 'http://hl7.org/fhir/StructureDefinition/humanname-own-name', valueString: family },
          ],
        },
        given: ['A.'],
      },
    ],
  };
}

function role(id: string, practitionerId: string, organisation?: string): FhirResource {
  return {
    resourceType: 'PractitionerRole',
    id,
    meta: { profile: [core('practitionerrole')] },
    practitioner: to(`Practitioner/${practitionerId}`),
    ...(organisation ? { organization: to(`Organization/${organisation}`) } : {}),
    specialty: [{ coding: [{ system: 'urn:oid:2.16.840.1.113883.2.4.6.7', code: '0100' }] }],
  };
}

function observation(id: string, profile: string, more: Tree): FhirResource {
  return {
    resourceType: 'Observation',
    id,
    meta: { profile: [zib(profile)] },
    status: 'final',
    subject: patientRef,
    ...more,
  };
}

/** Everything but the Composition, in the order of the sections. */
export function clinicalResources(options: HandoffOptions = {}): FhirResource[] {
  return [
    {
      resourceType: 'Patient',
      id: 'pat-1',
      meta: { profile: [core('patient')] },
      text: {
        status: 'generated',
        div: '<div xmlns="http://www.w3.org/1999/xhtml"><p>Mevrouw T. Proef</p></div>',
      },
      identifier: [{ system: bsnSystem, value: options.bsn ?? testBsns.yes }],
      name: [{ family: 'Proef', given: ['Tine'] }],
      gender: 'female',
      birthDate: '1941-03-07',
      managingOrganization: to('Organization/org-1'),
    },
    {
      resourceType: 'Coverage',
      id: 'cov-1',
      meta: { profile: [zib('Payer')] },
      subscriber: patientRef,
      beneficiary: patientRef,
      payor: [to('Organization/org-3')],
    },
    {
      resourceType: 'Organization',
      id: 'org-3',
      identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/uzovi', value: '9991' }],
      name: 'Zorgverzekeraar Proef',
    },
    organization('org-1', options.sender ?? hospital),
    practitioner('prac-1', 'Zender'),
    role('role-1', 'prac-1', 'org-1'),
    organization('org-2', options.receiver ?? home),
    observation('obs-living', 'LivingSituation', {
      code: concept('365508006'),
      valueCodeableConcept: concept('224210001', 'woont alleen'),
    }),
    practitioner('prac-2', 'Behandelaar'),
    role('role-2', 'prac-2'),
    {
      resourceType: 'Condition',
      id: 'cond-1',
      meta: { profile: [zib('Problem')] },
      clinicalStatus: 'active',
      category: [concept('282291009')],
      code: concept('5913000', options.diagnosis ?? 'heupfractuur links'),
      subject: patientRef,
      onsetDateTime: '2026-01',
      asserter: to('Practitioner/prac-2'),
    },
    {
      resourceType: 'AllergyIntolerance',
      id: 'all-1',
      meta: { profile: [zib('AllergyIntolerance')] },
      clinicalStatus: 'active',
      verificationStatus: 'confirmed',
      code: { text: 'penicilline' },
      patient: patientRef,
    },
    observation('obs-weight', 'BodyWeight', {
      code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
      effectiveDateTime: '2026-01-14T08:30:00+01:00',
      valueQuantity: { value: 64.5, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
    }),
    {
      resourceType: 'Procedure',
      id: 'proc-1',
      meta: { profile: [zib('NursingIntervention')] },
      extension: [
        {
          url: 'http://hl7.org/fhir/StructureDefinition/goal-pertainsToGoal',
          valueReference: to('Goal/goal-1'),
        },
      ],
      status: 'in-progress',
      code: concept('229070002', 'oefenen van lopen'),
      subject: patientRef,
      reasonReference: [to('Condition/cond-1')],
    },
    {
      resourceType: 'Goal',
      id: 'goal-1',
      meta: { profile: [zib('TreatmentObjective')] },
      status: 'in-progress',
      description: { text: 'loopt zelfstandig met rollator' },
      subject: patientRef,
      addresses: [to('Condition/cond-1')],
    },
    {
      resourceType: 'DeviceUseStatement',
      id: 'dus-1',
      meta: { profile: [zib('MedicalDevice')] },
      status: 'active',
      subject: patientRef,
      device: to('Device/dev-1'),
    },
    {
      resourceType: 'Device',
      id: 'dev-1',
      meta: { profile: [zib('MedicalDeviceProduct')] },
      type: { text: 'rollator' },
      patient: patientRef,
    },
    {
      resourceType: 'DocumentReference',
      id: 'doc-1',
      status: 'current',
      type: { text: 'Overdracht wondzorg' },
      subject: patientRef,
      indexed: '2026-01-15T09:00:00+01:00',
      content: [{ attachment: { contentType: 'application/pdf', url: 'Binary/bin-1', title: 'Wondzorg' } }],
    },
    {
      resourceType: 'Binary',
      id: 'bin-1',
      contentType: 'application/pdf',
      content: pdf().toString('base64'),
    },
  ];
}

/** A tiny PDF that declares itself PDF/A, or not. */
export function pdf(declares = true): Buffer {
  return Buffer.from(
    `%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n${declares ? '<x:xmpmeta><pdfaid:part>2</pdfaid:part></x:xmpmeta>\n' : ''}%%EOF\n`,
  );
}

const section = (code: string, title: string, more: Tree) => ({ title, code: concept(code), ...more });
const entries = (...references: string[]) => ({ entry: references.map((one) => to(one)) });

export function composition(options: HandoffOptions = {}): FhirResource {
  const date = options.transferDate === undefined ? '2026-01-16' : options.transferDate;
  return {
    resourceType: 'Composition',
    id: 'comp-1',
    meta: { profile: ['http://nictiz.nl/fhir/StructureDefinition/eOverdracht-NursingHandoff-Adults'] },
    status: 'final',
    type: { coding: [{ system: snomed, code: '11171000146100' }] },
    subject: patientRef,
    date: '2026-01-15T10:00:00+01:00',
    author: [to('Practitioner/prac-1')],
    title: 'Verpleegkundige overdracht',
    section: [
      section('405624007', 'Administratief', {
        ...(date === null
          ? {}
          : {
              extension: [
                {
                  url: 'http://nictiz.nl/fhir/StructureDefinition/eOverdracht-TransferDate',
                  valueDateTime: date,
                },
              ],
            }),
        section: [
          section('302147001', 'Persoonsgegevens', entries('Coverage/cov-1')),
          section(
            '185362004',
            'Versturende organisatie',
            entries('Organization/org-1', 'Practitioner/prac-1', 'PractitionerRole/role-1'),
          ),
          section('275645009', 'Ontvangende organisatie', entries('Organization/org-2')),
        ],
      }),
      section('109481000146101', 'Context', {
        section: [section('365512000', 'Woonsituatie', entries('Observation/obs-living'))],
      }),
      section('371524004', 'Medisch', {
        section: [
          section('405623001', 'Behandelaar', entries('Practitioner/prac-2', 'PractitionerRole/role-2')),
          section('52870002', 'Diagnose', entries('Condition/cond-1')),
          section('420134006', 'Allergie', entries('AllergyIntolerance/all-1')),
          section('363788007', 'Metingen', entries('Observation/obs-weight')),
        ],
      }),
      section('773130005', 'Zorgplan', {
        section: [section('86644006', 'Problemen', entries('Condition/cond-1', 'Procedure/proc-1'))],
      }),
      section('5531000179105', 'Gezondheid', {
        section: [section('364832000', 'Mobiliteit', entries('DeviceUseStatement/dus-1'))],
      }),
      section('397966007', 'Documenten', entries('DocumentReference/doc-1')),
    ],
  };
}

export const epdBase = 'https://epd.hospital.example/fhir/';

/** A complete handover as a document Bundle with the EPD's own addresses. */
export function nursingHandoff(options: HandoffOptions = {}): FhirResource {
  const resources = [composition(options), ...clinicalResources(options)];
  return bundle('document', resources, options.case);
}

export function bundle(
  type: string,
  resources: readonly FhirResource[],
  caseValue: string | null = 'case-1',
): FhirResource {
  return {
    resourceType: 'Bundle',
    ...(caseValue === null
      ? {}
      : { identifier: { system: 'https://epd.hospital.example/cases', value: caseValue } }),
    type,
    entry: resources.map((resource) => ({
      fullUrl: `${epdBase}${resource.resourceType}/${resource.id}`,
      resource,
      ...(type === 'transaction'
        ? { request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` } }
        : {}),
    })),
  };
}

/** The same handover with `urn:uuid:` addresses and no ids, as a transaction of new resources. */
export function asTransaction(document: FhirResource, uuid: () => string): FhirResource {
  const rows = document.entry as { fullUrl: string; resource: FhirResource }[];
  const urls = new Map(
    rows.map((row) => [`${row.resource.resourceType}/${row.resource.id}`, `urn:uuid:${uuid()}`]),
  );
  const text = JSON.stringify(
    rows.map(({ resource: { id, ...resource } }) => ({
      fullUrl: urls.get(`${resource.resourceType}/${id}`),
      resource,
      request: { method: 'POST', url: resource.resourceType },
    })),
  );
  const rewritten = text.replaceAll(/"(?:reference|url)":"([A-Z]\w+\/[\w.-]+)"/g, (whole, key: string) =>
    urls.has(key) ? whole.replace(key, urls.get(key) ?? key) : whole,
  );
  return { ...document, type: 'transaction', entry: JSON.parse(rewritten) };
}

/** What is in an entry of a Bundle, to change it. */
export function resourceIn(bundleResource: FhirResource, key: string): FhirResource {
  const rows = bundleResource.entry as { resource: FhirResource }[];
  const found = rows.find((row) => `${row.resource.resourceType}/${row.resource.id}` === key);
  if (!found) throw new Error(`no ${key} in this Bundle`);
  return found.resource;
}

/** A document of about 61 KB: what a full nursing handover weighs. */
export function heavyHandoff(options: HandoffOptions = {}): FhirResource {
  const extra = Array.from({ length: 40 }, (_, index) =>
    observation(`obs-${index}`, 'BodyTemperature', {
      code: { coding: [{ system: 'http://loinc.org', code: '8310-5', display: 'Body temperature' }] },
      effectiveDateTime: `2026-01-${String(1 + (index % 14)).padStart(2, '0')}T08:30:00+01:00`,
      performer: [to('Practitioner/prac-2', 'A. Behandelaar')],
      valueQuantity: {
        value: 36.5 + (index % 20) / 10,
        unit: 'Cel',
        system: 'http://unitsofmeasure.org',
        code: 'Cel',
      },
      comment: `Gemeten tijdens de ochtendronde; de patiënt voelde zich ${'rustig en uitgerust, '.repeat(26)}dag ${index}.`,
    }),
  );
  const head = composition(options);
  const sections = head.section as { code: unknown; section?: { title: string; entry: unknown[] }[] }[];
  sections[2]?.section?.[3]?.entry.push(...extra.map((one) => to(`Observation/${one.id}`)));
  return bundle('document', [head, ...clinicalResources(options), ...extra], options.case);
}

export type Section = {
  code: { coding: { code: string }[] };
  entry?: { reference: string }[];
  extension?: Record<string, unknown>[];
  section?: Section[];
};

/** The section with this code, at any depth. */
export function sectionIn(composition: FhirResource | undefined, code: string): Section | undefined {
  const look = (list: readonly Section[] = []): Section | undefined =>
    list
      .map((one) => (one.code.coding[0]?.code === code ? one : look(one.section)))
      .find((one) => one !== undefined);
  return look(composition?.section as Section[]);
}
