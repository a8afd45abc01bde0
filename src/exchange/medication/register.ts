// Which medication building blocks may be kept here? Those that the overview can read: R4 resources, or ADA XML in a Binary.
import { GatewayError } from '../../errors.ts';
import { bsnSystem, normaliseSystem } from '../../fhir/identifiers.ts';
import type { FhirResource, Issue } from '../../model.ts';
import type { Transaction } from '../exchange.ts';
import { refusal } from '../registering/registrationInput.ts';
import { registrationTransactions } from '../registration.ts';
import type { Finding } from './findings.ts';
import { type ParsedContent, parseMedication, readMedication } from './readContent.ts';

/** Findings about what could not be read as it was meant: kept here, it would be told wrong to everybody. */
const refused = new Set([
  'unknown-category',
  'not-an-agreement',
  'missing-medicine',
  'unreadable-date',
  'unknown-stop-type',
  'modifier-unknown',
  'no-identifier',
  'identifier-without-system',
]);

const issueOf = ({ rule, text, places, detail }: Finding): Issue => {
  const more = detail === undefined ? '' : ` (${detail})`;
  const said = { nl: `${text.nl}${more}`, en: `${text.en}${more}` };
  const issue = refusal(
    `medication-${rule}`,
    said,
    places.map(({ path }) => path),
  );
  return refused.has(rule) ? issue : { ...issue, severity: 'warning' };
};

/** ADA documents have no form of their own here: they come as the content of a Binary. */
function parsedFrom(content: FhirResource): ParsedContent {
  if (content.resourceType !== 'Binary') return { form: 'fhir', content: { resource: content } };
  const parsed = parseMedication(Buffer.from(typeof content.data === 'string' ? content.data : '', 'base64'));
  if (parsed.form === 'ada') return parsed;
  throw new GatewayError('unprocessable', 'A Binary may carry ADA XML; FHIR is registered as it is');
}

const nothingRead = refusal('medication-not-read', {
  nl: 'Hierin is geen bouwsteen van medicatie te lezen',
  en: 'No building block of medication can be read in this',
});

/** Throws `invalid` or `unprocessable` for XML that is no ADA document with medication. */
export function readBlocks(content: FhirResource): { patients: string[]; issues: Issue[] } {
  const { blocks, findings, patients } = readMedication([parsedFrom(content)], '');
  return {
    patients: [...patients].flatMap((patient) => {
      const [system = '', value = ''] = patient.split('|');
      return normaliseSystem(system) === bsnSystem ? [value] : [];
    }),
    issues: [...findings.map(issueOf), ...(blocks.length === 0 ? [nothingRead] : [])],
  };
}

/** `$register-medication`, `$revoke-medication` and `$check-medication`. */
export const medicationRegistration: readonly Transaction[] = registrationTransactions({
  exchange: 'medication',
  what: 'medication',
  read: readBlocks,
});
