// What does a FHIR R4 Consent say about access to records? http://hl7.org/fhir/R4/consent.html, scope patient-privacy.
// What would narrow the patient's words and is not understood here makes the whole record refused.
import { GatewayError } from '../errors.ts';
import { identifiersOf, isBsn } from '../fhir/identifiers.ts';
import type { FhirResource, Issue } from '../model.ts';
import { readParty } from './consentParties.ts';
import { asTree, issueAt, type Tree, treesOf } from './consentTree.ts';
import type { Registration } from './ownRecords.ts';
import type { OwnConsent } from './precedence.ts';

const bsnSystem = 'http://fhir.nl/fhir/NamingSystem/bsn';
const dataCategorySystems = new Set([
  'http://fhir.nl/otv/CodeSystem/gegevenscategorie',
  'urn:oid:2.16.840.1.113883.2.4.3.111.5.10.1',
]);
const purposeSystems = new Set([
  'http://terminology.hl7.org/CodeSystem/v3-ActReason',
  'http://hl7.org/fhir/v3/ActReason',
  'urn:oid:2.16.840.1.113883.5.8',
]);

/** Elements that would limit what is allowed, or to whom, in a way that is not judged here. */
const notUnderstood = ['action', 'securityLabel', 'code', 'dataPeriod', 'data', 'provision'];
/** What FHIR says nobody may pass over, wherever it stands. */
const mustBeUnderstood = ['modifierExtension', 'implicitRules'];

/**
 * Reads one Consent for registration. Throws `unprocessable` with one issue per place: no BSN, another scope, no
 * decision, an actor that is not understood, an element that would narrow the record.
 */
export function readConsent(resource: FhirResource): Registration {
  const issues: Issue[] = [];
  const patientBsn = bsnIn(resource);
  if (!patientBsn) issues.push(issueAt('Consent.patient', 'patient'));
  if (!codesIn(resource, ['scope']).some(({ code }) => code === 'patient-privacy')) {
    issues.push(issueAt('Consent.scope', 'scope'));
  }
  for (const place of placesOf(resource, 'Consent')) issues.push(issueAt(place, 'element'));
  const provision = asTree(resource.provision) ?? {};
  for (const name of notUnderstood.filter((one) => one in provision)) {
    issues.push(issueAt(`Consent.provision.${name}`, 'element'));
  }
  const consent = consentOf(resource, provision, issues);
  if (issues.length > 0 || !patientBsn) {
    throw new GatewayError('unprocessable', 'This Consent cannot be registered', {
      reason: 'consent-not-understood',
      issues,
    });
  }
  const [identifier] = identifiersOf({ identifier: resource.identifier });
  const key = identifier ? { identifier: `${identifier.system}|${identifier.value}` } : {};
  return { patientBsn, consent, resource, ...key };
}

function consentOf(resource: FhirResource, provision: Tree, issues: Issue[]): Registration['consent'] {
  const { type } = provision;
  if (type !== 'permit' && type !== 'deny') issues.push(issueAt('Consent.provision.type', 'decision'));
  const codes = [...codesIn(resource, ['category']), ...codesIn(provision, ['class'])];
  const purposes = treesOf(provision.purpose);
  const known = purposes.filter(({ system }) => purposeSystems.has(String(system)));
  if (known.length < purposes.length) issues.push(issueAt('Consent.provision.purpose', 'purpose'));
  const classes = codesIn(provision, ['class']);
  if (classes.some(({ system }) => !dataCategorySystems.has(system))) {
    issues.push(issueAt('Consent.provision.class', 'category'));
  }
  return {
    permits: type === 'permit',
    status: String(resource.status),
    holder: readParty(resource, 'holder', issues),
    requester: readParty(resource, 'requester', issues),
    categories: codes.filter(({ system }) => dataCategorySystems.has(system)).map(({ code }) => code),
    purposes: known.map(({ code }) => String(code)),
    ...periodOf(provision),
  };
}

function periodOf(provision: Tree): Pick<OwnConsent, 'period'> {
  const { start, end } = asTree(provision.period) ?? {};
  if (typeof start !== 'string' && typeof end !== 'string') return {};
  return {
    period: {
      ...(typeof start === 'string' ? { start } : {}),
      ...(typeof end === 'string' ? { end } : {}),
    },
  };
}

/** The one number that the record names its patient by; none when it names two. */
function bsnIn(resource: FhirResource): string | undefined {
  const reference = asTree(resource.patient);
  const contained = treesOf(resource.contained).filter((one) => `#${one.id}` === reference?.reference);
  const candidates = [reference, ...contained].flatMap((one) => identifiersOf(one));
  const [number, another] = new Set(
    candidates.filter((one) => one.system === bsnSystem).map(({ value }) => value),
  );
  return number !== undefined && another === undefined && isBsn(number) ? number : undefined;
}

/** Every place of an element that must be understood. */
function placesOf(value: unknown, place: string): string[] {
  if (Array.isArray(value)) return value.flatMap((one, index) => placesOf(one, `${place}[${index}]`));
  return Object.entries(asTree(value) ?? {}).flatMap(([name, inner]) =>
    mustBeUnderstood.includes(name) ? [`${place}.${name}`] : placesOf(inner, `${place}.${name}`),
  );
}

/** Codings under the named elements, whether these are CodeableConcepts or Codings. */
function codesIn(tree: Tree, names: readonly string[]): { system: string; code: string }[] {
  return names
    .flatMap((name) => treesOf(tree[name]))
    .flatMap((one) => (one.coding === undefined ? [one] : treesOf(one.coding)))
    .flatMap(({ system, code }) => (typeof code === 'string' ? [{ system: String(system), code }] : []));
}
