// Which of the codes that are judged here does a concept in a Consent mean? What cannot be read is told from what is of others.
import { asTree, treesOf } from './consentTree.ts';
import { emergencyPurposes } from './inputs.ts';
import { consultingCategories, dataCategories } from './organisationTypes.ts';
import { type ConsentSettings, categoryOfType } from './settings.ts';
import { looksLike, readCodings, type Vocabulary } from './vocabulary.ts';

export type Vocabularies = Readonly<Record<'party' | 'category' | 'purpose', Vocabulary>>;

const purposes: readonly string[] = ['TREAT', 'COC', ...emergencyPurposes];

/** What this region knows, beside what is known in the whole country. */
export function vocabulariesOf(settings: ConsentSettings): Vocabularies {
  const consulting = new Set([...consultingCategories, ...Object.values(settings.organisationTypes)]);
  const categories = new Set([...dataCategories, ...settings.dataCategories]);
  return {
    party: {
      systems: new Set([
        'http://nictiz.nl/fhir/NamingSystem/organization-type',
        'urn:oid:2.16.840.1.113883.2.4.15.1060',
        'http://fhir.nl/otv/CodeSystem/raadplegende-zorgaanbiedercategorie',
      ]),
      looks: looksLike.consulting,
      has: (code) => consulting.has(code) || categoryOfType(settings, code) !== undefined,
    },
    category: {
      systems: new Set([
        'http://fhir.nl/otv/CodeSystem/gegevenscategorie',
        'urn:oid:2.16.840.1.113883.2.4.3.111.5.10.1',
      ]),
      looks: looksLike.dataCategory,
      has: (code) => categories.has(code),
    },
    purpose: {
      systems: new Set([
        'http://terminology.hl7.org/CodeSystem/v3-ActReason',
        'http://hl7.org/fhir/v3/ActReason',
        'urn:oid:2.16.840.1.113883.5.8',
      ]),
      looks: /^/,
      has: (code) => purposes.includes(code),
    },
  };
}

/** The codes of a CodeableConcept or a Coding that mean this vocabulary: see `readCodings`. */
export function codesIn(concept: unknown, vocabulary: Vocabulary): string[] | undefined {
  const tree = asTree(concept);
  const codings = tree && 'coding' in tree ? treesOf(tree.coding) : treesOf(tree);
  const written = codings.map(({ system, code }) => ({
    system: String(system),
    code: typeof code === 'string' ? code : '',
  }));
  return readCodings(written, vocabulary)?.map(({ code }) => code);
}
