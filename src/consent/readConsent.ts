// What does a FHIR R4 Consent say about access to records? http://hl7.org/fhir/R4/consent.html, scope patient-privacy.
// What would narrow the patient's words and is not understood here makes the whole record refused.
import { GatewayError } from '../errors.ts';
import { parseDate } from '../fhir/dates.ts';
import { identifiersOf, isBsn } from '../fhir/identifiers.ts';
import type { FhirResource, Issue } from '../model.ts';
import { codesIn, type Vocabularies, vocabulariesOf } from './consentCodes.ts';
import { providerCategory, readParties } from './consentParties.ts';
import { asTree, issueAt, listOf, type Tree, treesOf } from './consentTree.ts';
import type { Registration } from './ownRecords.ts';
import type { OwnConsent } from './precedence.ts';
import type { ConsentSettings } from './settings.ts';
import { looksLike } from './vocabulary.ts';

const bsnSystem = 'http://fhir.nl/fhir/NamingSystem/bsn';
/** http://hl7.org/fhir/R4/valueset-consent-state-codes.html */
const statuses: readonly unknown[] = [
  'draft',
  'proposed',
  'active',
  'rejected',
  'inactive',
  'entered-in-error',
];

/** Elements that would limit what is allowed, or to whom, in a way that is not judged here. */
const notUnderstood = ['action', 'securityLabel', 'code', 'dataPeriod', 'data', 'provision'];
/** What FHIR says nobody may pass over, wherever it stands. */
const mustBeUnderstood = ['modifierExtension', 'implicitRules'];

/**
 * Reads one Consent for registration. Throws `unprocessable` with one issue per place: no BSN, another scope, no
 * decision, an actor or a code that is not understood, an element that would narrow the record.
 */
export function readConsent(resource: FhirResource, settings: ConsentSettings): Registration {
  const issues: Issue[] = [];
  const patientBsn = bsnIn(resource);
  if (!patientBsn) issues.push(issueAt('Consent.patient', 'patient'));
  const scopes = treesOf(asTree(resource.scope)?.coding);
  if (!scopes.some(({ code }) => code === 'patient-privacy')) issues.push(issueAt('Consent.scope', 'scope'));
  if (!statuses.includes(resource.status)) issues.push(issueAt('Consent.status', 'status'));
  for (const place of placesOf(resource)) issues.push(issueAt(place, 'element'));
  for (const place of misplacedIn(resource)) issues.push(issueAt(place, 'consulting'));
  const provision = asTree(resource.provision) ?? {};
  for (const name of notUnderstood.filter((one) => one in provision)) {
    issues.push(issueAt(`Consent.provision.${name}`, 'element'));
  }
  const named = listOf(resource.identifier);
  const [identifier] = identifiersOf({ identifier: named });
  // a later version must find this one, and end it
  if (named.length !== (identifier ? 1 : 0)) issues.push(issueAt('Consent.identifier', 'identifier'));
  const consent = consentOf(resource, { provision, issues, vocabularies: vocabulariesOf(settings) });
  if (issues.length > 0 || !patientBsn) {
    throw new GatewayError('unprocessable', 'This Consent cannot be registered', {
      reason: 'consent-not-understood',
      issues,
    });
  }
  const key = identifier ? { identifier: `${identifier.system}|${identifier.value}` } : {};
  return { patientBsn, consent, resource, ...key };
}

type Reading = { provision: Tree; issues: Issue[]; vocabularies: Vocabularies };

function consentOf(resource: FhirResource, reading: Reading): Registration['consent'] {
  const { provision, issues, vocabularies } = reading;
  const { type } = provision;
  if (type !== 'permit' && type !== 'deny') issues.push(issueAt('Consent.provision.type', 'decision'));
  return {
    permits: type === 'permit',
    status: String(resource.status),
    ...readParties(resource, { issues, vocabulary: vocabularies.party }),
    categories: categoriesIn(resource, reading),
    purposes: onlyCodes('purpose', reading),
    ...periodOf(reading),
  };
}

/** Other classifications of the record say nothing of the data. */
function categoriesIn(resource: FhirResource, reading: Reading): string[] {
  const named = listOf(resource.category).flatMap((one, index) => {
    const codes = codesIn(one, reading.vocabularies.category);
    if (codes === undefined) reading.issues.push(issueAt(`Consent.category[${index}]`, 'category'));
    return codes ?? [];
  });
  const classes = onlyCodes('class', reading);
  const narrowed = named.length > 0 && classes.length > 0 && !isSame(named, classes);
  if (narrowed) reading.issues.push(issueAt('Consent.provision.class', 'class'));
  return [...new Set([...named, ...classes])];
}

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.every((code) => other.includes(code)) && other.every((code) => one.includes(code));

/** The codes of an element of the provision in which nothing else may stand. */
function onlyCodes(name: 'class' | 'purpose', { provision, issues, vocabularies }: Reading): string[] {
  const vocabulary = vocabularies[name === 'class' ? 'category' : 'purpose'];
  const codes = listOf(provision[name]).map((one) => codesIn(one, vocabulary) ?? []);
  if (codes.some((one) => one.length === 0)) issues.push(issueAt(`Consent.provision.${name}`, name));
  return codes.flat();
}

/** A bound that cannot be read would let a permit last for ever. */
function periodOf({ provision, issues }: Reading): Pick<OwnConsent, 'period'> {
  if (!('period' in provision)) return {};
  const period = asTree(provision.period) ?? {};
  const { start, end } = period;
  const [first, last] = [dateIn(start), dateIn(end)];
  const isUnread =
    (!first && ('start' in period || '_start' in period)) || (!last && ('end' in period || '_end' in period));
  if ((!first && !last) || isUnread || (first && last && last.end <= first.start)) {
    issues.push(issueAt('Consent.provision.period', 'period'));
  }
  return {
    period: {
      ...(typeof start === 'string' ? { start } : {}),
      ...(typeof end === 'string' ? { end } : {}),
    },
  };
}

const dateIn = (value: unknown) => (typeof value === 'string' ? parseDate(value) : undefined);

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
const placesOf = (resource: FhirResource): string[] =>
  [...treesIn(resource, 'Consent')].flatMap(([place, tree]) =>
    mustBeUnderstood.filter((name) => name in tree).map((name) => `${place}.${name}`),
  );

/** Every extension that would narrow what is said, and is not the one at the top that is read. */
const misplacedIn = (resource: FhirResource): string[] =>
  [...treesIn(resource, 'Consent')]
    .filter(([, tree]) => tree.url === providerCategory || narrows(tree))
    .filter(([place, { url }]) => url !== providerCategory || !/^Consent\.extension\[\d+\]$/.test(place))
    .map(([place]) => place);

/** An extension of another address that has a code of whom or of what. */
function narrows({ url, valueCodeableConcept, valueCoding, valueCode }: Tree): boolean {
  if (typeof url !== 'string') return false;
  const codings = [...treesOf(asTree(valueCodeableConcept)?.coding), ...treesOf(valueCoding)];
  const codes = [...codings.map(({ code }) => code), valueCode].filter((code) => typeof code === 'string');
  return codes.some((code) => looksLike.consulting.test(code) || looksLike.dataCategory.test(code));
}

function* treesIn(value: unknown, place: string): Generator<[place: string, tree: Tree]> {
  if (Array.isArray(value)) {
    for (const [index, one] of value.entries()) yield* treesIn(one, `${place}[${index}]`);
    return;
  }
  const tree = asTree(value);
  if (tree === undefined) return;
  yield [place, tree];
  for (const [name, inner] of Object.entries(tree)) yield* treesIn(inner, `${place}.${name}`);
}
