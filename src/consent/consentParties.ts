// Whom does a Consent name as data holder, and whom as data user? Its actors: organisations by URA, or kinds of them.
import { identifiersOf, uraSystem } from '../fhir/identifiers.ts';
import type { FhirResource, Issue } from '../model.ts';
import { asTree, issueAt, type Tree, treesOf } from './consentTree.ts';
import type { Party } from './precedence.ts';

/** http://terminology.hl7.org/CodeSystem/v3-ParticipationType */
const sides: Readonly<Record<string, 'holder' | 'requester'>> = {
  CST: 'holder',
  IRCP: 'requester',
  PRCP: 'requester',
};
const organisationTypeSystems = new Set([
  'http://nictiz.nl/fhir/NamingSystem/organization-type',
  'urn:oid:2.16.840.1.113883.2.4.15.1060',
  'http://fhir.nl/otv/CodeSystem/raadplegende-zorgaanbiedercategorie',
]);
/** Mitz puts the categories of data users beside the actors. */
const providerCategory = 'http://fhir.nl/StructureDefinition/OTV-ProviderCategory';

type Named = { uras: string[]; codes: string[] };

/** The organisations or kinds of organisation on one side; anybody when the record names none. */
export function readParty(resource: FhirResource, side: 'holder' | 'requester', issues: Issue[]): Party {
  const actors = treesOf(asTree(resource.provision)?.actor);
  const named: Named = { uras: [], codes: side === 'requester' ? categoriesIn(resource) : [] };
  for (const [index, actor] of actors.entries()) {
    const found = namedBy(actor, resource);
    const where = sideOf(actor);
    const unclear = where === undefined || found.uras.length + found.codes.length === 0;
    if (unclear && side === 'holder') issues.push(issueAt(`Consent.provision.actor[${index}]`, 'actor'));
    if (where !== side) continue;
    named.uras.push(...found.uras);
    named.codes.push(...found.codes);
  }
  if (named.uras.length > 0 && named.codes.length > 0) {
    issues.push(issueAt('Consent.provision.actor', 'mixed'));
  }
  if (named.uras.length > 0) return { kind: 'individual', uras: named.uras };
  return named.codes.length > 0 ? { kind: 'category', codes: named.codes } : { kind: 'any' };
}

function sideOf(actor: Tree): 'holder' | 'requester' | undefined {
  const codes = treesOf(asTree(actor.role)?.coding).map(({ code }) => String(code));
  const found = codes.flatMap((code) => (Object.hasOwn(sides, code) ? [sides[code]] : []));
  return found.every((side) => side === found[0]) ? found[0] : undefined;
}

/** A URA names the organisation itself; its type then says nothing more. */
function namedBy(actor: Tree, resource: FhirResource): Named {
  const reference = asTree(actor.reference);
  const contained = treesOf(resource.contained).filter((one) => `#${one.id}` === reference?.reference);
  const uras = [reference, ...contained]
    .flatMap((one) => identifiersOf(one))
    .filter((one) => one.system === uraSystem)
    .map((one) => one.value);
  if (uras.length > 0) return { uras, codes: [] };
  return { uras, codes: contained.flatMap((one) => codesOf(one.type)) };
}

const categoriesIn = (resource: FhirResource): string[] =>
  treesOf(resource.extension)
    .filter((one) => one.url === providerCategory)
    .flatMap((one) => codesOf(one.valueCodeableConcept));

const codesOf = (concepts: unknown): string[] =>
  treesOf(concepts)
    .flatMap((concept) => treesOf(concept.coding))
    .filter(({ system, code }) => organisationTypeSystems.has(String(system)) && typeof code === 'string')
    .map(({ code }) => String(code));
