// Did the queries ask for this resource? What a holder sends beside it is not passed on, whatever its search made of the question.
import { referenceParts } from '../../fhir/references.ts';
import type { HolderQuery } from '../../holder/holder.ts';
import type { FhirResource } from '../../model.ts';
import { fitsForm, formName } from './askedForm.ts';
import { valuesAt } from './elementPaths.ts';

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

/**
 * Search parameters that name a coded element; of systems there are too many spellings to compare them. A scope is none of them:
 * the category says it all, old systems have no scope, and others write one for all their Consents.
 */
const coded: ReadonlySet<string> = new Set(['category', 'code']);

/** Names of one thing in the guides of PZP for STU3 and for R4: systems answer in either. */
const twins: readonly (readonly string[])[] = [
  ['11291000146105', '129125009'],
  ['11341000146107', 'acd'],
  ['acp-zib2017', 'acp-zib2020'],
];
const namesOf = (name: string): readonly string[] => twins.find((names) => names.includes(name)) ?? [name];

/** `unproven`: it has nothing where a query looks. `no`: it has something else there. */
export type Asks = 'yes' | 'unproven' | 'no';

type Tree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

type Codes = Pick<ReadonlySet<string>, 'has'>;
const anyCode: Codes = { has: () => true };

function hasOneOf(element: unknown, codes: Codes): boolean {
  if (typeof element === 'string') return codes.has(element);
  if (Array.isArray(element)) return element.some((one) => hasOneOf(one, codes));
  if (!isTree(element)) return false;
  if (typeof element.code === 'string' && codes.has(element.code)) return true;
  return element.coding !== undefined && hasOneOf(element.coding, codes);
}

const codeOf = (token: string): string => token.slice(token.lastIndexOf('|') + 1);

type Parameter = HolderQuery['parameters'][number];
const known = new WeakMap<Parameter, Codes>();

function codesAsked(parameter: Parameter): Codes {
  const read = known.get(parameter);
  if (read) return read;
  const codes = new Set(parameter[1].split(',').flatMap((token) => namesOf(codeOf(token))));
  known.set(parameter, codes);
  return codes;
}

function fitsCodes(element: unknown, parameter: Parameter): Asks {
  if (hasOneOf(element, codesAsked(parameter))) return 'yes';
  return hasOneOf(element, anyCode) ? 'no' : 'unproven';
}

type Asked = { resource: FhirResource; targets: ReadonlySet<FhirResource> };
type Chain = { paths: readonly string[]; type: string; element: string };

// PZP in STU3 asks for a reason, and its examples have it as a diagnosis that is a procedure
const reason: Chain = {
  paths: ['reasonReference', 'diagnosis condition'],
  type: 'Procedure',
  element: 'code',
};
/** Where a resource has the references that a chain follows, and what it looks at there. */
const chains: ReadonlyMap<string, Chain> = new Map([
  ['device.type', { paths: ['device'], type: 'Device', element: 'type' }],
  ['reason-reference:Procedure.code', reason],
  ['reason', reason],
]);

/** Does it lead to something of this type that is not in the answer? */
function leadsElsewhere(reference: unknown, type: string, targets: readonly FhirResource[]): boolean {
  if (!isTree(reference)) return false;
  const parts = typeof reference.reference === 'string' ? referenceParts(reference.reference) : undefined;
  if (parts) return parts.type === type && !targets.some(({ id }) => id === parts.id);
  return targets.length === 0 && (reference.type ?? type) === type;
}

/** Holders need not send what a chain leads to (PZP: includes SHOULD); then the holder's search decides. */
function fitsChain(
  { resource, targets }: Asked,
  { paths, type, element }: Chain,
  parameter: Parameter,
): Asks {
  const ofType = [...targets].filter(({ resourceType }) => resourceType === type);
  const ends = paths.flatMap((path) => valuesAt(resource, path, () => undefined));
  if (ends.some((end) => leadsElsewhere(end, type, ofType))) return 'yes';
  const verdicts = ofType.map((target) => fitsCodes(target[element], parameter));
  return verdicts.find((one) => one === 'yes') ?? verdicts.find((one) => one === 'unproven') ?? 'no';
}

function fits(asked: Asked, parameter: Parameter, { linkIds }: HolderQuery): Asks {
  const [name, value] = parameter;
  const { resource } = asked;
  if (name === 'questionnaire') return fitsForm(resource, { names: namesOf(formName(value)), linkIds });
  if (coded.has(name)) return fitsCodes(resource[name], parameter);
  const chain = chains.get(name);
  if (chain === undefined) return 'yes';
  return chain === reason && fitsCodes(resource.reason ?? resource.reasonCode, parameter) === 'yes'
    ? 'yes'
    : fitsChain(asked, chain, parameter);
}

function fitsAll(asked: Asked, query: HolderQuery): Asks {
  let verdict: Asks = 'yes';
  for (const parameter of query.parameters) {
    const one = fits(asked, parameter, query);
    if (one === 'no') return one;
    if (one === 'unproven') verdict = one;
  }
  return verdict;
}

/** Do the queries ask for it by itself? `targets` is what it leads to in the same answer. */
export function asksFor(asked: Asked, queries: readonly HolderQuery[]): Asks {
  let verdict: Asks = 'no';
  for (const query of queries) {
    if (query.resourceType !== asked.resource.resourceType) continue;
    const one = fitsAll(asked, query);
    if (one === 'yes') return one;
    if (one === 'unproven') verdict = one;
  }
  return verdict;
}

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
