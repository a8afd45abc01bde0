// Which of the codes that are judged here does a concept in a Consent mean? What cannot be read is told from what is of others.
import { asTree, treesOf } from './consentTree.ts';
import { emergencyPurposes } from './inputs.ts';
import { consultingCategories, dataCategories } from './organisationTypes.ts';
import { type ConsentSettings, categoryOfType } from './settings.ts';

/** Codes that records may use: their systems, how a code looks that means one of them, and which there are. */
export type Vocabulary = { systems: ReadonlySet<string>; looks: RegExp; has(code: string): boolean };
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
      looks: /^\s*RPZAC/i,
      has: (code) => consulting.has(code) || categoryOfType(settings, code) !== undefined,
    },
    category: {
      systems: new Set([
        'http://fhir.nl/otv/CodeSystem/gegevenscategorie',
        'urn:oid:2.16.840.1.113883.2.4.3.111.5.10.1',
      ]),
      looks: /^\s*GGC/i,
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

/**
 * The codes of a CodeableConcept or a Coding; none when it is of another vocabulary. Undefined when it cannot be read: no
 * code at all, or one that means this vocabulary and is not in it, or not in its system.
 */
export function codesIn(concept: unknown, vocabulary: Vocabulary): string[] | undefined {
  const tree = asTree(concept);
  const codings = tree && 'coding' in tree ? treesOf(tree.coding) : treesOf(tree);
  const written = codings.map(({ system, code }) => ({
    system: String(system),
    code: typeof code === 'string' ? code : '',
  }));
  const meant = written.filter(
    ({ system, code }) => vocabulary.systems.has(system) || vocabulary.looks.test(code),
  );
  const isRead = meant.every(({ system, code }) => vocabulary.systems.has(system) && vocabulary.has(code));
  return isRead && written.some(({ code }) => code !== '') ? meant.map(({ code }) => code) : undefined;
}
