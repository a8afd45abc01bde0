// Did the queries ask for this resource? What a holder sends beside it is not passed on, whatever its search made of the question.
import { referenceParts } from '../fhir/references.ts';
import type { HolderQuery } from '../holder/holder.ts';
import type { FhirResource } from '../model.ts';

/** Types that any resource may lead to: people, organisations, places and products, without findings of their own. */
const carried: ReadonlySet<string> = new Set([
  'Patient',
  'RelatedPerson',
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'HealthcareService',
  'Location',
  'Device',
  'Medication',
  'Substance',
]);

/** Search parameters that name a coded element; of systems there are too many spellings to compare them. */
const coded: ReadonlySet<string> = new Set(['category', 'scope', 'code']);

type Tree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

function hasOneOf(element: unknown, codes: ReadonlySet<string>): boolean {
  if (typeof element === 'string') return codes.has(element);
  if (Array.isArray(element)) return element.some((one) => hasOneOf(one, codes));
  if (!isTree(element)) return false;
  if (typeof element.code === 'string' && codes.has(element.code)) return true;
  return element.coding !== undefined && hasOneOf(element.coding, codes);
}

const codeOf = (token: string): string => token.slice(token.lastIndexOf('|') + 1);

/** A form's address without host and version: both differ between releases of one form. */
function formName(questionnaire: unknown): string | undefined {
  const text = isTree(questionnaire) ? questionnaire.reference : questionnaire;
  if (typeof text !== 'string') return undefined;
  return text.split('|')[0]?.split('/').at(-1);
}

/** Old systems do not say which form it is; then the holder's search decides. */
const isForm = (questionnaire: unknown, value: string): boolean =>
  questionnaire === undefined || formName(questionnaire) === formName(value);

const known = new Map<string, ReadonlySet<string>>();

/** The codes of a declared value; there are as many as declarations. */
function codesAsked(tokens: string): ReadonlySet<string> {
  const read = known.get(tokens);
  if (read) return read;
  const codes = new Set(tokens.split(',').map(codeOf));
  known.set(tokens, codes);
  return codes;
}

const hasCode = (element: unknown, tokens: string): boolean => hasOneOf(element, codesAsked(tokens));

type Asked = { resource: FhirResource; targets: ReadonlySet<FhirResource> };

/** `device.type`, `reason-reference:Procedure.code`: what it leads to must be in the answer, and have that code. */
function fitsChain({ targets }: Asked, name: string, value: string): boolean {
  const [link = '', element = ''] = name.split('.');
  const [, type] = link.split(':');
  return [...targets].some(
    (target) => (type === undefined || target.resourceType === type) && hasCode(target[element], value),
  );
}

function fits(asked: Asked, [name, value]: readonly [string, string]): boolean {
  if (coded.has(name)) return hasCode(asked.resource[name], value);
  if (name === 'questionnaire') return isForm(asked.resource.questionnaire, value);
  if (name.includes('.')) return fitsChain(asked, name, value);
  // PZP in STU3 asks for a reason, and its examples have it as a diagnosis that is a procedure
  if (name === 'reason')
    return hasCode(asked.resource.reason, value) || fitsChain(asked, 'reason:Procedure.code', value);
  return true;
}

/** Does one of the queries ask for it by itself? `targets` is what it leads to in the same answer. */
export const isAskedFor = (asked: Asked, queries: readonly HolderQuery[]): boolean =>
  queries.some(
    (query) =>
      query.resourceType === asked.resource.resourceType &&
      query.parameters.every((parameter) => fits(asked, parameter)),
  );

const brought = new WeakMap<HolderQuery, readonly string[]>();

/** What a query brings beside what it asks; queries are made once, with their declarations. */
function broughtBy(query: HolderQuery): readonly string[] {
  const read = brought.get(query);
  if (read) return read;
  const included = query.parameters
    .filter(([name]) => name.startsWith('_include'))
    .map(([, value]) => value.split(':')[2])
    .filter((type) => type !== undefined);
  const types = [...(query.brings ?? []), ...included];
  brought.set(query, types);
  return types;
}

/** The types that may come along with what was asked for, when something of it leads there. */
export function typesAlong(queries: readonly HolderQuery[]): ReadonlySet<string> {
  const types = new Set(carried);
  for (const query of queries) for (const type of broughtBy(query)) types.add(type);
  return types;
}

/** `Consent`, for a place in a finding: never an id, which may be anything. */
export const placeOf = ({ resourceType }: FhirResource): string =>
  referenceParts(`${resourceType}/x`) ? resourceType : 'Resource';
