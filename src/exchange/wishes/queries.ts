// Which questions does PZP know? The searches of its guide as transactions, and the queries that holders are asked.
// https://api.iknl.nl/docs/pzp/r4 and https://api.iknl.nl/docs/pzp/stu3, 1.0.0-rc2, page "data exchange".
import type { HolderQuery } from '../../holder/holder.ts';
import type { DataEndpoint, FhirVersion } from '../../model.ts';
import type { Transaction } from '../exchange.ts';
import { searchTransactions } from '../search.ts';
import { findAsked } from '../searching/findAsked.ts';
import type { ParameterShape, SearchShape } from '../searching/searchShape.ts';
import { layout } from './formLayouts.ts';
import { type Group, groups, oldFormOf } from './queryGroups.ts';

/** Treatment data: the consent category of wishes. */
export const wishesCategory = 'GGC002';

const patient = (name: string): ParameterShape => ({
  name,
  value: { kind: 'patient' },
  type: 'reference',
  presence: 'patient',
});

const queryOf = ({ resourceType, asked }: Group, version: FhirVersion): HolderQuery => ({
  resourceType,
  parameters: asked[version].split('&').map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  }),
  category: wishesCategory,
  // an include of reasons may bring the procedure, which is no person or product
  ...(resourceType === 'Encounter' ? { brings: ['Procedure'] } : {}),
  ...(resourceType === 'Procedure' ? { brings: ['Encounter'] } : {}),
  ...(resourceType === 'QuestionnaireResponse' ? { linkIds: Object.keys(layout.decisions) } : {}),
});

const isForm = ({ resourceType }: Group): boolean => resourceType === 'QuestionnaireResponse';
const queriesWhere = (keep: (group: Group) => boolean): Record<FhirVersion, readonly HolderQuery[]> => ({
  r4: groups.filter(keep).map((group) => queryOf(group, 'r4')),
  stu3: groups.filter(keep).map((group) => queryOf(group, 'stu3')),
});

const wishesQueries = queriesWhere((group) => !isForm(group));
const formQueries = queriesWhere(isForm);

/** Before October 2025 the form had another address, and a server compares it letter by letter. */
const atOldAddress = (query: HolderQuery): HolderQuery => ({
  ...query,
  parameters: query.parameters.map(([name, value]) => [name, oldFormOf(value)] as const),
});
const oldFormQueries: typeof formQueries = {
  r4: formQueries.r4.map(atOldAddress),
  stu3: formQueries.stu3.map(atOldAddress),
};

/**
 * What an endpoint is asked for what a server of single resources is asked `own`. A holder of forms is asked for its form: the
 * maps make resources of it. A participant that registers here may have registered either; other systems have no wishes.
 */
function queriesAt(
  { kind, method, fhirVersion }: DataEndpoint,
  own: Readonly<Record<FhirVersion, readonly HolderQuery[]>>,
): readonly HolderQuery[] {
  const forms = formQueries[fhirVersion];
  if (kind === 'registered') return own === formQueries ? forms : [...own[fhirVersion], ...forms];
  if (kind !== 'fhir') return [];
  if (method === 'oldForm') return oldFormQueries[fhirVersion];
  return method === 'form' ? forms : own[fhirVersion];
}

/** What is asked of those who registered their wishes here. */
export const registeredQueries: readonly HolderQuery[] = [...wishesQueries.r4, ...formQueries.r4];

/** What an endpoint is asked for all wishes. */
export const wishesAt = (endpoint: DataEndpoint): readonly HolderQuery[] =>
  queriesAt(endpoint, wishesQueries);

function queriesFor(group: Group) {
  const own = isForm(group) ? formQueries : queriesWhere((one) => one === group);
  return (endpoint: DataEndpoint): readonly HolderQuery[] => queriesAt(endpoint, own);
}

const shapeOf = (group: Group): SearchShape => ({
  resourceType: group.resourceType,
  parameters: [patient('patient'), ...(isForm(group) ? [patient('subject')] : []), ...group.parameters],
  includes: group.include === undefined ? [] : [{ name: '_include', values: [group.include] }],
});

/** The searches of PZP over all holders, with their patient search, the read of a patient and further pages. */
export const wishesSearches: readonly Transaction[] = searchTransactions(
  { exchange: 'wishes', categories: [wishesCategory] },
  groups.map((group) => {
    const shape = shapeOf(group);
    return {
      name: group.name,
      documentation: group.documentation,
      exchange: 'wishes',
      categories: [wishesCategory],
      shape,
      queriesFor: queriesFor(group),
      find: (given, parameters) => given.map((one) => findAsked(shape, one, parameters)),
    };
  }),
);
