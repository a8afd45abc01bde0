// How are the parts of a Consent taken apart, and how is it told what is wrong with them?
import type { Issue } from '../model.ts';

export type Tree = { readonly [element: string]: unknown };

export const asTree = (value: unknown): Tree | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : undefined;

/** What is in an element that may repeat, whatever it is. */
export const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

/** The objects in an element that may repeat. */
export const treesOf = (value: unknown): Tree[] =>
  listOf(value)
    .map(asTree)
    .filter((one) => one !== undefined);

const texts = {
  patient: {
    nl: 'De patiënt moet met een geldig BSN genoemd zijn (patient.identifier, of een ingesloten Patient).',
    en: 'The patient must be named by a valid BSN (patient.identifier, or a contained Patient).',
  },
  scope: {
    nl: 'Alleen toestemming voor inzage (scope patient-privacy) kan hier worden vastgelegd.',
    en: 'Only consent to access (scope patient-privacy) can be registered here.',
  },
  decision: {
    nl: 'provision.type moet permit of deny zijn.',
    en: 'provision.type must be permit or deny.',
  },
  element: {
    nl: 'Dit element zou de toestemming beperken en wordt hier niet begrepen; verwijder het of leg een ander record vast.',
    en: 'This element would narrow the consent and is not understood here; leave it out or register another record.',
  },
  actor: {
    nl: 'Een actor moet CST (dossierhouder) of IRCP/PRCP (raadpleger) zijn en een organisatie noemen: met URA, of met niets dan een bekende soort.',
    en: 'An actor must be CST (data holder) or IRCP/PRCP (data user) and name an organisation: by URA, or by nothing but a known type.',
  },
  mixed: {
    nl: 'Noem per kant óf organisaties óf soorten; leg anders twee records vast.',
    en: 'Name either organisations or types on one side; register two records otherwise.',
  },
  consulting: {
    nl: 'Een raadplegende categorie moet bovenaan staan, met een bekende code (RPZAC) en haar codesysteem.',
    en: 'A consulting category must stand at the top, with a known code (RPZAC) and its code system.',
  },
  purpose: {
    nl: 'Een doel moet TREAT, COC, ETREAT of BTG van ActReason zijn.',
    en: 'A purpose must be TREAT, COC, ETREAT or BTG of ActReason.',
  },
  category: {
    nl: 'Een categorie moet een code hebben; een gegevenscategorie (GGC) een bekende, met haar codesysteem.',
    en: 'A category must have a code; a data category (GGC) a known one, with its code system.',
  },
  class: {
    nl: 'Een klasse moet een bekende gegevenscategorie (GGC) zijn, met haar codesysteem; en die van category, als daar een staat.',
    en: 'A class must be a known data category (GGC), with its code system; and that of category, where there is one.',
  },
  period: {
    nl: 'Een periode moet een begin of een einde hebben, elk een bestaande datum, en eindigt niet voor zij begint.',
    en: 'A period must have a start or an end, each a date that exists, and does not end before it starts.',
  },
  identifier: {
    nl: 'Noem het record met één nummer, met systeem en waarde: daarmee vervangt een latere versie het.',
    en: 'Name the record by one identifier, with system and value: by that a later version replaces it.',
  },
  status: {
    nl: 'Dit is geen status van een Consent.',
    en: 'This is no status of a Consent.',
  },
} as const;

/** One finding at one place. */
export const issueAt = (expression: string, rule: keyof typeof texts): Issue => ({
  severity: 'error',
  code: 'processing',
  text: texts[rule],
  expression: [expression],
  rule: `consent-${rule}`,
});
