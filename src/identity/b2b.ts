// Who asks, on whose behalf and why, as the client vouches for it in its assertion?
// HL7 FAST security, B2B authorization extension object: https://hl7.org/fhir/us/udap-security/b2b.html; the mandate is ours.
import { normaliseSystem } from '../fhir/identifiers.ts';
import type { Identifier, Participant, Practitioner } from '../model.ts';
import { clientRefused, requestRefused } from './refusals.ts';

/** What the access token carries on; nothing of it is ever filled in by the gateway. */
export type Vouched = { practitioner?: Practitioner; mandatedBy?: Practitioner; purposeOfUse?: string };

type Tree = Readonly<Record<string, unknown>>;

const actReason = [
  'http://terminology.hl7.org/CodeSystem/v3-ActReason',
  'http://hl7.org/fhir/v3/ActReason',
  'urn:oid:2.16.840.1.113883.5.8',
  'urn:oid:2.16.840.1.113883.1.11.20448',
];
const roleSystems = [
  'urn:oid:2.16.840.1.113883.2.4.15.111',
  'http://fhir.nl/fhir/NamingSystem/uzi-rolcode',
  'http://www.dezi.nl/rol_code_bron/big',
];
const purposePattern = /^[A-Z]{2,20}$/;
const longest = 256;

/**
 * Reads the extension objects `hl7-b2b` and `nl-mandate` of a proven assertion. Without them nothing is vouched for.
 * Throws `invalid` for an object that does not keep to its form, `unauthenticated` when it speaks for an organisation
 * that the client does not belong to.
 */
export function readB2b(claims: Tree, participant: Participant): Vouched {
  const { extensions } = claims;
  if (extensions === undefined) return {};
  if (!isTree(extensions)) throw malformed('extensions', '`extensions` must be an object.');
  const { 'hl7-b2b': b2b, 'nl-mandate': mandate } = extensions;
  if (b2b === undefined && mandate === undefined) return {};
  if (!isTree(b2b)) throw malformed('b2b-object', '`extensions.hl7-b2b` must be an object.');
  if (b2b.version !== '1') throw malformed('b2b-version', '`hl7-b2b.version` must be the string "1".');
  checkOrganisation(b2b.organization_id, participant);
  const practitioner = personIn(b2b, {
    id: 'subject_id',
    role: 'subject_role',
    at: 'hl7-b2b',
    reason: 'b2b-subject',
  });
  const mandatedBy = mandate === undefined ? undefined : mandatorIn(mandate);
  if (mandatedBy && !practitioner) {
    throw malformed('b2b-subject', '`nl-mandate` needs the one who acts: `hl7-b2b.subject_id`.');
  }
  return {
    purposeOfUse: purposeIn(b2b.purpose_of_use),
    ...(practitioner ? { practitioner } : {}),
    ...(mandatedBy ? { mandatedBy } : {}),
  };
}

const malformed = (reason: string, message: string) => requestRefused('invalid_request', reason, message);

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function checkOrganisation(value: unknown, participant: Participant): void {
  const id = identifierIn(value);
  if (!id) throw malformed('b2b-organisation', '`hl7-b2b.organization_id` must be `SYSTEM#VALUE`.');
  const known = participant.identifiers.some(
    (one) => normaliseSystem(one.system) === id.system && one.value === id.value,
  );
  if (!known)
    throw clientRefused('b2b-organisation', '`organization_id` is not an organisation of this client.');
}

function purposeIn(value: unknown): string {
  const [given, ...more] = Array.isArray(value) ? value : [];
  const code = more.length === 0 ? codeIn(given, actReason) : undefined;
  if (code === undefined || !purposePattern.test(code)) {
    throw malformed(
      'b2b-purpose',
      '`hl7-b2b.purpose_of_use` must be a list of one code of ActReason, such as `TREAT`.',
    );
  }
  return code;
}

type Names = { id: string; role: string; at: string; reason: string };

function personIn(object: Tree, { id, role, at, reason }: Names): Practitioner | undefined {
  const { [id]: subject, [role]: roleCode } = object;
  if (subject === undefined && roleCode === undefined) return undefined;
  const identifier = identifierIn(subject);
  if (!identifier) throw malformed(reason, `\`${at}.${id}\` must be \`SYSTEM#VALUE\`.`);
  if (roleCode === undefined) return { identifier };
  const code = codeIn(roleCode, roleSystems);
  if (!code) throw malformed(reason, `\`${at}.${role}\` must be a UZI role code, such as \`01.015\`.`);
  return { identifier, role: code };
}

function mandatorIn(value: unknown): Practitioner {
  const object = isTree(value) ? value : {};
  const names = { id: 'registered_by', role: 'role_code', at: 'nl-mandate', reason: 'b2b-mandate' };
  const person = personIn(object, names);
  if (!person) throw malformed('b2b-mandate', '`nl-mandate.registered_by` must be `SYSTEM#VALUE`.');
  return person;
}

/** Printable ASCII without spaces, as RFC 3986 wants of a URI, so that no log or record says what nobody wrote. */
const plain = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= longest && /^[\x21-\x7e]+$/.test(value);

function identifierIn(value: unknown): Identifier | undefined {
  if (!plain(value)) return undefined;
  const at = value.lastIndexOf('#');
  const [system, id] = [value.slice(0, Math.max(at, 0)), value.slice(at + 1)];
  if (!/^(?:urn:|https?:\/\/)./.test(system) || id === '') return undefined;
  return { system: normaliseSystem(system), value: id };
}

/** A code alone, or `SYSTEM#CODE` of one of the systems. */
function codeIn(value: unknown, systems: readonly string[]): string | undefined {
  if (!plain(value)) return undefined;
  const at = value.lastIndexOf('#');
  if (at < 0) return value;
  return systems.includes(value.slice(0, at)) ? value.slice(at + 1) || undefined : undefined;
}
