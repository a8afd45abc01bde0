// Which questions does MP9 know? One search per building block, for askers and for the R4 servers of holders.
// https://informatiestandaarden.nictiz.nl/wiki/mp:V3.0.0-rc.2_MedicationProcess9_FHIR; http://nictiz.nl/fhir/SearchParameter/
import type { HolderQuery } from '../../holder/holder.ts';
import type { DataEndpoint } from '../../model.ts';
import type { DeclaredSearch } from '../declaredSearch.ts';
import type { Transaction } from '../exchange.ts';
import { searchTransactions } from '../search.ts';
import type { IncludeShape, ParameterShape, SearchShape } from '../searching/searchShape.ts';
import { type BlockKind, snomed, typeOfKind } from './block.ts';
import { blocksIn } from './blocksIn.ts';
import { answersWithDocument, fromDocuments, wholeDocument } from './queriesDocuments.ts';
import { stopTransactions } from './queriesStops.ts';
import { searchEach } from './search.ts';

/** Medication data: the consent category of medication. */
export const medicationCategory = 'GGC013';

type BlockQuery = {
  kind: BlockKind;
  name: string;
  documentation: string;
  code: string;
  includes: readonly string[];
  /** Do its includes lead to roles, whose organisations and practitioners come along? */
  roles: boolean;
  filters: readonly ParameterShape[];
};

const withPrefixes = ['eq', 'gt', 'lt', 'ge', 'le'] as const;
const dated = (name: string, type: ParameterShape['type']): ParameterShape => ({
  name,
  value: { kind: 'date', prefixes: withPrefixes },
  type,
  presence: 'may',
  times: 2,
});
const period = dated('period-of-use', 'special');
const latestStop: ParameterShape = {
  name: 'is-latest-stop',
  value: { kind: 'texts', texts: ['true'] },
  type: 'special',
  presence: 'may',
};
const named = (name: string): ParameterShape => ({
  name,
  value: { kind: 'identifier' },
  type: 'token',
  presence: 'may',
});

const blocks: readonly BlockQuery[] = [
  {
    kind: 'MA',
    name: 'searchMedicationAgreements',
    documentation: 'Medication agreements (MA), with their stops.',
    code: '33633005',
    includes: ['medication', 'subject', 'reason', 'next-practitioner', 'requester'],
    roles: true,
    filters: [period, latestStop],
  },
  {
    kind: 'WDS',
    name: 'searchVariableDosingRegimens',
    documentation: 'Variable dosing schedules (WDS), with their stops.',
    code: '395067002',
    includes: ['medication', 'subject'],
    roles: false,
    filters: [period, latestStop],
  },
  {
    kind: 'VV',
    name: 'searchDispenseRequests',
    documentation: 'Dispense requests (VV) to pharmacies.',
    code: '52711000146108',
    includes: ['medication', 'subject', 'requester', 'dispense-location'],
    roles: true,
    filters: [],
  },
  {
    kind: 'TA',
    name: 'searchAdministrationAgreements',
    documentation: 'Administration agreements (TA), with their stops.',
    code: '422037009',
    includes: ['medication', 'subject', 'performer'],
    roles: true,
    filters: [period, latestStop],
  },
  {
    kind: 'MVE',
    name: 'searchDispenses',
    documentation: 'Dispenses (MVE): what was handed over.',
    code: '373784005',
    includes: ['medication', 'subject', 'performer', 'destination'],
    roles: true,
    filters: [dated('whenhandedover', 'date')],
  },
  {
    kind: 'MGB',
    name: 'searchMedicationUse',
    documentation: 'Medication use (MGB), with its stops.',
    code: '422979000',
    includes: ['medication', 'subject', 'author', 'prescriber', 'source'],
    roles: true,
    filters: [period, latestStop],
  },
  {
    kind: 'MTD',
    name: 'searchAdministrations',
    documentation: 'Administrations (MTD): what was given.',
    code: '18629005',
    includes: ['medication', 'subject', 'performer'],
    roles: true,
    filters: [dated('effective-time', 'date')],
  },
];

const roleParts = ['organization', 'practitioner', 'location'].map((part) => `PractitionerRole:${part}`);

const includesOf = ({ kind, includes, roles }: BlockQuery): IncludeShape[] => [
  { name: '_include', values: includes.map((one) => `${typeOfKind[kind]}:${one}`) },
  ...(roles ? [{ name: '_include:iterate' as const, values: roleParts }] : []),
];

const shapeOf = (block: BlockQuery): SearchShape => ({
  resourceType: typeOfKind[block.kind],
  parameters: [
    { name: 'patient', value: { kind: 'patient' }, type: 'reference', presence: 'patient' },
    { name: 'patient.identifier', value: { kind: 'bsn' }, type: 'token', presence: 'patient' },
    {
      name: 'category',
      value: { kind: 'codes', system: snomed, codes: [block.code] },
      type: 'token',
      presence: 'must',
    },
    named('identifier'),
    named('pharmaceutical-treatment-identifier'),
    named('medication.code'),
    ...block.filters,
  ],
  includes: includesOf(block),
});

/** By category alone: few servers know the parameters that have no FHIRPath, so periods and stops are worked out here. */
const queryOf = (block: BlockQuery): HolderQuery => ({
  resourceType: typeOfKind[block.kind],
  parameters: [
    ['category', `${snomed}|${block.code}`],
    ...includesOf(block).flatMap(({ name, values }) => values.map((value) => [name, value] as const)),
  ],
  category: medicationCategory,
  ...(block.includes.includes('reason') ? { brings: ['Condition', 'Observation'] } : {}),
});

/** What the R4 server of a holder is asked for an overview: every building block. */
export const medicationQueries: readonly HolderQuery[] = blocks.map(queryOf);

const aboutPatient = (name: string): boolean => name === 'patient' || name === 'patient.identifier';

const isFhirServer = ({ kind, fhirVersion }: DataEndpoint): boolean =>
  fhirVersion === 'r4' && (kind === 'fhir' || kind === 'registered');

const declaredOf = (block: BlockQuery): DeclaredSearch => ({
  name: block.name,
  documentation: block.documentation,
  exchange: 'medication',
  categories: [medicationCategory],
  shape: shapeOf(block),
  queriesFor: (endpoint) => {
    if (answersWithDocument(endpoint)) return wholeDocument(medicationCategory);
    return isFhirServer(endpoint) ? [queryOf(block)] : [];
  },
  find: (given, parameters) => {
    const filters = parameters.filter(([name]) => !aboutPatient(name));
    return blocksIn(given, (read) => searchEach(read, typeOfKind[block.kind], filters));
  },
  fromDocuments,
});

/** The searches of MP9 over all holders, `$latest-stops`, the patient search, the read of a patient and further pages. */
export const medicationSearches: readonly Transaction[] = [
  ...searchTransactions({ exchange: 'medication', categories: [medicationCategory] }, blocks.map(declaredOf)),
  ...stopTransactions(
    blocks
      .filter(({ filters }) => filters.includes(latestStop))
      .map((block) => ({ kind: block.kind, search: declaredOf(block) })),
  ),
];
