// How does an audit record look as FHIR? R4 AuditEvent with the fields of NEN 7513: http://hl7.org/fhir/R4/auditevent.html
import type { FhirResource, Identifier } from '../model.ts';
import type { FoundRecord } from './find.ts';

export type AuditEventOptions = {
  /** Name and identifiers of a participant, so that the reader sees more than our id. */
  participantOf?: (id: string) => { name: string; identifiers: readonly Identifier[] } | undefined;
};

const systems = {
  type: 'http://terminology.hl7.org/CodeSystem/audit-event-type',
  action: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
  role: 'http://terminology.hl7.org/CodeSystem/v3-RoleClass',
  object: 'http://terminology.hl7.org/CodeSystem/audit-entity-type',
  objectRole: 'http://terminology.hl7.org/CodeSystem/object-role',
  source: 'http://terminology.hl7.org/CodeSystem/security-source-type',
  requestId: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType',
  bsn: 'http://fhir.nl/fhir/NamingSystem/bsn',
} as const;

/** A refusal is a minor failure: the gateway did what it must. */
const outcomes = { success: '0', refused: '4', failed: '8' } as const;

/** Makes the AuditEvent of one record. The patient is in it only when the record was found with `reveal`. */
export function auditEventOf(record: FoundRecord, options: AuditEventOptions = {}): FhirResource {
  const { entry } = record;
  return {
    resourceType: 'AuditEvent',
    id: record.id,
    type: { system: systems.type, code: 'rest', display: 'RESTful Operation' },
    subtype: [{ code: entry.event, display: entry.event }],
    action: entry.action,
    recorded: record.at,
    outcome: outcomes[entry.outcome],
    ...(entry.reason === undefined ? {} : { outcomeDesc: entry.reason }),
    ...(entry.purposeOfUse === undefined ? {} : { purposeOfEvent: [purposeOf(entry.purposeOfUse)] }),
    agent: agentsOf(record, options),
    source: {
      site: record.chain,
      observer: { display: `Sluis ${record.chain}` },
      type: [{ system: systems.source, code: '4', display: 'Application Server' }],
    },
    ...nonEmpty('entity', entitiesOf(record)),
  };
}

/** The purposes of HL7's own code system; another code is kept as text. */
const knownPurposes = new Set([
  'TREAT',
  'ETREAT',
  'BTG',
  'PUBHLTH',
  'HOPERAT',
  'PATADMIN',
  'CAREMGT',
  'PATRQT',
]);

function purposeOf(code: string): Record<string, unknown> {
  return knownPurposes.has(code) ? { coding: [{ system: systems.action, code }] } : { text: code };
}

function agentsOf({ entry }: FoundRecord, options: AuditEventOptions): Record<string, unknown>[] {
  const { participantId, clientId, practitioner, mandatedBy } = entry;
  const agents = [
    ...personsOf(practitioner, { requestor: true }),
    ...personsOf(mandatedBy, { type: { text: 'mandated by' }, requestor: false }),
  ];
  const participant = participantId === undefined ? undefined : options.participantOf?.(participantId);
  const identifier =
    participant?.identifiers[0] ?? (participantId === undefined ? undefined : { value: participantId });
  agents.push({
    type: { coding: [{ system: systems.role, code: 'PROV', display: 'healthcare provider' }] },
    who: {
      ...(identifier === undefined ? {} : { identifier }),
      display: participant?.name ?? participantId ?? 'not proven',
    },
    ...(clientId === undefined ? {} : { altId: clientId }),
    requestor: agents.length === 0,
  });
  return agents;
}

type Person = FoundRecord['entry']['practitioner'];

/** A professional as an agent, when the record names one. */
function personsOf(person: Person, agent: Record<string, unknown>): Record<string, unknown>[] {
  const { identifier, role } = person ?? {};
  if (identifier === undefined && role === undefined) return [];
  const named = {
    ...(role === undefined ? {} : { role: [{ text: role }] }),
    ...(identifier === undefined ? {} : { who: { identifier: identifierOf(identifier) } }),
  };
  return [{ ...agent, ...named }];
}

/** `system|value`; the value alone in records of earlier releases. */
function identifierOf(text: string): Partial<Identifier> {
  const bar = text.lastIndexOf('|');
  const value = text.slice(bar + 1);
  return bar > 0 ? { system: text.slice(0, bar), value } : { value };
}

function entitiesOf({ entry, patientBsn }: FoundRecord): Record<string, unknown>[] {
  const entities: Record<string, unknown>[] = [];
  if (patientBsn !== undefined) {
    entities.push({
      what: { identifier: { system: systems.bsn, value: patientBsn } },
      type: { system: systems.object, code: '1', display: 'Person' },
      role: { system: systems.objectRole, code: '1', display: 'Patient' },
    });
  }
  if (entry.object !== undefined || entry.exchange !== undefined || entry.detail !== undefined) {
    entities.push({
      ...(entry.object === undefined ? {} : { what: { display: entry.object } }),
      type: { system: systems.object, code: '2', display: 'System Object' },
      role: { system: systems.objectRole, code: '4', display: 'Domain Resource' },
      ...nonEmpty('detail', detailsOf(entry)),
    });
  }
  if (entry.requestId !== undefined) {
    entities.push({
      what: { identifier: { value: entry.requestId } },
      type: { system: systems.requestId, code: 'XrequestId' },
    });
  }
  return entities;
}

function detailsOf({ exchange, detail }: FoundRecord['entry']): Record<string, unknown>[] {
  const facts = Object.entries({ ...(exchange === undefined ? {} : { exchange }), ...detail });
  return facts
    .filter(([, value]) => value !== '')
    .map(([type, value]) => ({ type: type === '' ? 'detail' : type, valueString: String(value) }));
}

const nonEmpty = (name: string, list: readonly unknown[]) => (list.length === 0 ? {} : { [name]: list });
