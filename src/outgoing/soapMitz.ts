// What do both of Mitz's questions say about who asks, and in which code systems? Guide "Open en gesloten
// autorisatievraag" 3.8.2, sections 3.2.4.2, 4 and 5. Values are HL7 v3 instance identifiers (II) and coded values (CV).
import { agbSystem, eightDigits, normaliseSystem, uraSystem, uziSystem } from '../fhir/identifiers.ts';
import type { Identifier, Participant, Practitioner } from '../model.ts';

/** HL7 v3: the namespace of `InstanceIdentifier` and `CodedValue`. */
export const hl7Namespace = 'urn:hl7-org:v3';

export const oids = {
  bsn: '2.16.840.1.113883.2.4.6.3',
  ura: '2.16.528.1.1007.3.3',
  uzi: '2.16.528.1.1007.3.1',
  agb: '2.16.840.1.113883.2.4.6.1',
  big: '2.16.528.1.1007.5.1',
  organisationType: '2.16.840.1.113883.2.4.15.1060',
  role: '2.16.840.1.113883.2.4.15.111',
  dataCategory: '2.16.840.1.113883.2.4.3.111.5.10.1',
  purpose: '2.16.840.1.113883.1.11.20448',
} as const;

export const subjectAttributes = {
  role: 'urn:oasis:names:tc:xacml:2.0:subject:role',
  provider: 'urn:ihe:iti:xua:2017:subject:provider-identifier',
  mandated: 'urn:nl:otv:names:tc:1.0:subject:mandated',
  institution: 'urn:nl:otv:names:tc:1.0:subject:provider-institution',
  institutionType: 'urn:nl:otv:names:tc:1.0:subject:consulting-healthcare-facility-type-code',
  purpose: 'urn:oasis:names:tc:xspa:1.0:subject:purposeofuse',
} as const;

/** An identifier or a code as HL7 v3 writes it. */
export type InstanceIdentifier = { kind: 'II'; root: string; extension: string; authority?: string };
export type CodedValue = { kind: 'CV'; code: string; codeSystem: string };
export type Hl7Value = InstanceIdentifier | CodedValue;
export type SubjectAttribute = { id: string; value: Hl7Value };

/** Who consults: what the requester, its people and its purpose say together. */
export type Consulting = {
  organisation: Participant;
  practitioner?: Practitioner;
  /** On whose responsibility the practitioner acts; then that person is the responsible one. */
  mandatedBy?: Practitioner;
  purposeOfUse?: string;
};

/** What Mitz cannot be asked without; none of it is ever filled in. */
export type MissingInput =
  | 'input-patient'
  | 'input-categories'
  | 'input-holder'
  | 'input-holder-type'
  | 'input-organisation'
  | 'input-organisation-type'
  | 'input-practitioner'
  | 'input-role'
  | 'input-mandate'
  | 'input-purpose';

/** Mitz cannot be asked: an input is missing or is not of the form that it takes. */
export class CannotAsk extends Error {
  readonly reason: MissingInput;

  constructor(reason: MissingInput) {
    super(`Mitz cannot be asked: ${reason}`);
    this.name = 'CannotAsk';
    this.reason = reason;
  }
}

export const identifier = (root: string, extension: string, authority?: string): InstanceIdentifier => ({
  kind: 'II',
  root,
  extension,
  ...(authority !== undefined && { authority }),
});
export const coded = (code: string, codeSystem: string): CodedValue => ({ kind: 'CV', code, codeSystem });

/** The URA of an organisation in eight digits; throws `CannotAsk` when it has none, or more than one. */
export function uraOf(organisation: Participant, missing: MissingInput): string {
  const [ura, another] = organisation.identifiers.filter((one) => one.system === uraSystem);
  if (!ura || another || !/^\d{1,8}$/.test(ura.value)) throw new CannotAsk(missing);
  return eightDigits(ura.value);
}

export function typeOf({ facilityType }: Participant, missing: MissingInput): CodedValue {
  if (facilityType === undefined || !/^[A-Z0-9]{1,10}$/.test(facilityType)) throw new CannotAsk(missing);
  return coded(facilityType, oids.organisationType);
}

const professionalRoots: ReadonlyMap<string, string> = new Map([
  [uziSystem, oids.uzi],
  ['http://fhir.nl/fhir/NamingSystem/uzi', oids.uzi],
  [agbSystem, oids.agb],
  ['http://fhir.nl/fhir/NamingSystem/big', oids.big],
]);

function professional(given: Identifier, missing: MissingInput): InstanceIdentifier {
  const system = normaliseSystem(given.system);
  const own = /^urn:oid:([0-2](?:\.(?:0|[1-9]\d*))+)$/.exec(system)?.[1];
  const root = professionalRoots.get(system) ?? own;
  if (root === undefined || !/^[A-Za-z0-9]{1,60}$/.test(given.value)) throw new CannotAsk(missing);
  return identifier(root, given.value, root === oids.uzi ? 'CIBG' : undefined);
}

/** Whether Mitz has a register for this number. */
export function takesProfessional(given: Identifier): boolean {
  try {
    return professional(given, 'input-practitioner') !== undefined;
  } catch {
    return false;
  }
}

/** Only these ever leave: everything else, break-glass included, is no purpose of Mitz. */
const purposes: ReadonlySet<string> = new Set(['TREAT', 'COC']);

export function purposeOf(code: string | undefined): CodedValue {
  if (code === undefined || !purposes.has(code)) throw new CannotAsk('input-purpose');
  return coded(code, oids.purpose);
}

/** Role, professional, mandated person, organisation and its type. Throws `CannotAsk`. */
export function subjectOf(consulting: Consulting): SubjectAttribute[] {
  const { organisation, practitioner, mandatedBy } = consulting;
  const responsible = mandatedBy ?? practitioner;
  if (!practitioner || !responsible) throw new CannotAsk('input-practitioner');
  if (!/^\d{2}\.\d{3}$/.test(responsible.role ?? '')) throw new CannotAsk('input-role');
  const { role, provider, mandated, institution, institutionType } = subjectAttributes;
  const acting = mandatedBy ? [professional(practitioner.identifier, 'input-mandate')] : [];
  return [
    { id: role, value: coded(responsible.role ?? '', oids.role) },
    { id: provider, value: professional(responsible.identifier, 'input-practitioner') },
    ...acting.map((value) => ({ id: mandated, value })),
    { id: institution, value: identifier(oids.ura, uraOf(organisation, 'input-organisation')) },
    { id: institutionType, value: typeOf(organisation, 'input-organisation-type') },
  ];
}
