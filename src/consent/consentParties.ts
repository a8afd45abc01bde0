// Whom does a Consent name as data holder, and whom as data user? Its actors: organisations by URA, or kinds of them.
import { identifiersOf, uraSystem } from '../fhir/identifiers.ts';
import type { FhirResource, Issue } from '../model.ts';
import { codesIn } from './consentCodes.ts';
import { asTree, issueAt, listOf, type Tree, treesOf } from './consentTree.ts';
import type { Party } from './precedence.ts';
import type { Vocabulary } from './vocabulary.ts';

/** http://terminology.hl7.org/CodeSystem/v3-ParticipationType */
const sides: Readonly<Record<string, 'holder' | 'requester'>> = {
  CST: 'holder',
  IRCP: 'requester',
  PRCP: 'requester',
};
/** Mitz puts the categories of data users beside the actors. */
export const providerCategory = 'http://fhir.nl/StructureDefinition/OTV-ProviderCategory';
/** An organisation that says more than this is one of its kind, and not the kind. */
const ofAKind = new Set(['resourceType', 'id', 'meta', 'language', 'text', 'active', 'type']);

type Named = { uras: string[]; codes: string[] };
type Reading = { vocabulary: Vocabulary; issues: Issue[] };

/** The organisations or kinds of organisation on both sides; anybody on a side where the record names none. */
export function readParties(resource: FhirResource, reading: Reading): Record<'holder' | 'requester', Party> {
  const { vocabulary, issues } = reading;
  const named = { holder: nobody(), requester: { ...nobody(), codes: consultingIn(resource, reading) } };
  for (const [index, actor] of listOf(asTree(resource.provision)?.actor).entries()) {
    const side = sideOf(asTree(actor));
    const found = namedBy(asTree(actor), resource, vocabulary);
    if (!side || found.uras.length + found.codes.length === 0) {
      issues.push(issueAt(`Consent.provision.actor[${index}]`, 'actor'));
    } else {
      named[side].uras.push(...found.uras);
      named[side].codes.push(...found.codes);
    }
  }
  return { holder: partyOf(named.holder, issues), requester: partyOf(named.requester, issues) };
}

const nobody = (): Named => ({ uras: [], codes: [] });

function partyOf({ uras, codes }: Named, issues: Issue[]): Party {
  if (uras.length > 0 && codes.length > 0) issues.push(issueAt('Consent.provision.actor', 'mixed'));
  if (uras.length > 0) return { kind: 'individual', uras };
  return codes.length > 0 ? { kind: 'category', codes } : { kind: 'any' };
}

function sideOf(actor: Tree | undefined): 'holder' | 'requester' | undefined {
  const codes = treesOf(asTree(actor?.role)?.coding).map(({ code }) => String(code));
  const found = codes.flatMap((code) => (Object.hasOwn(sides, code) ? [sides[code]] : []));
  return found.every((side) => side === found[0]) ? found[0] : undefined;
}

/** What a reference says it leads to: `Organization` of that type, or of `Organization/7`. */
function typeOf({ type, reference }: Tree): string | undefined {
  const [, inAddress] =
    /(?:^|\/)([A-Z][A-Za-z]+)\/[^/]+(?:\/_history\/[^/]+)?$/.exec(String(reference)) ?? [];
  return typeof type === 'string' ? type.split('/').at(-1) : inAddress;
}

/**
 * A URA names the organisation itself; its type then says nothing more. One with another name is no kind either, and who
 * works for an organisation is not all of it.
 */
function namedBy(actor: Tree | undefined, resource: FhirResource, vocabulary: Vocabulary): Named {
  const reference = asTree(actor?.reference);
  const contained = treesOf(resource.contained).filter((one) => `#${one.id}` === reference?.reference);
  const types = [typeOf(reference ?? {}), ...contained.map((one) => one.resourceType)];
  if (types.some((type) => type !== undefined && type !== 'Organization')) return nobody();
  const uras = [reference, ...contained]
    .flatMap((one) => identifiersOf(one))
    .filter((one) => one.system === uraSystem)
    .map((one) => one.value);
  if (uras.length > 0) return uras.every((ura) => /^\d{1,8}$/.test(ura)) ? { uras, codes: [] } : nobody();
  const isKind = contained.every((one) => Object.keys(one).every((name) => ofAKind.has(name)));
  const kinds = contained.flatMap((one) => listOf(one.type)).map((one) => codesIn(one, vocabulary) ?? []);
  const isRead = isKind && reference?.identifier === undefined && kinds.every((codes) => codes.length > 0);
  return { uras, codes: isRead ? kinds.flat() : [] };
}

function consultingIn(resource: FhirResource, { vocabulary, issues }: Reading): string[] {
  return listOf(resource.extension).flatMap((one, index) => {
    const extension = asTree(one);
    if (extension?.url !== providerCategory) return [];
    const codes = codesIn(extension.valueCodeableConcept, vocabulary) ?? [];
    if (codes.length === 0) issues.push(issueAt(`Consent.extension[${index}]`, 'consulting'));
    return codes;
  });
}
