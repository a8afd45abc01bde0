// Which stops came last? `$latest-stops` over all holders, worked out here: no holder needs to know the operation.
// http://nictiz.nl/fhir/OperationDefinition/mp-latest-stops
import { GatewayError } from '../../errors.ts';
import { bsnSystem, identifiersOf, isBsn } from '../../fhir/identifiers.ts';
import type { FhirResource, FhirResponse, Requester } from '../../model.ts';
import type { DeclaredSearch } from '../declaredSearch.ts';
import type { ExchangeDeps, RoutedRequest, Transaction } from '../exchange.ts';
import { federate } from '../search.ts';
import type { SearchParameters } from '../searching/searchShape.ts';
import { servePatient } from '../searching/servedPatients.ts';
import { type BlockKind, kindOfCategory, snomed, typeOfKind } from './block.ts';
import { blocksIn } from './blocksIn.ts';
import { codingsOf, identifierKey } from './fhirParts.ts';
import { latestStops } from './latestStops.ts';
import { answersWithDocument } from './queriesDocuments.ts';
import { type Tree, textOf, trees } from './tree.ts';

/** The search of a kind of building block that has stops. */
export type Stopping = { kind: BlockKind; search: DeclaredSearch };

type Asked = {
  bsn: string;
  kinds: ReadonlySet<BlockKind>;
  treatments: ReadonlySet<string>;
  details: boolean;
};

const refuse = (text: string): never => {
  throw new GatewayError('unprocessable', text, { reason: 'parameters' });
};

function patientIn(parameter: Tree | undefined): string {
  const [identifier] = identifiersOf({ identifier: parameter?.valueIdentifier });
  const bsn = identifier?.system === bsnSystem ? identifier.value : undefined;
  return isBsn(bsn) ? bsn : refuse('`patient` is an Identifier with a BSN');
}

function kindsIn(parameter: Tree | undefined, able: readonly BlockKind[]): ReadonlySet<BlockKind> {
  if (parameter === undefined) return new Set(able);
  const kinds = codingsOf(parameter.valueCodeableConcept)
    .filter(({ system }) => system === snomed)
    .flatMap(({ code }) => kindOfCategory[code] ?? []);
  const known = kinds.filter((kind) => able.includes(kind));
  return known.length > 0 ? new Set(known) : refuse('`category` is no building block with stops here');
}

function treatmentsIn(parameters: readonly Tree[]): ReadonlySet<string> {
  const keys = parameters.map(({ valueIdentifier }) => identifierKey(valueIdentifier));
  return new Set(keys.map((key) => key ?? refuse('`mbh` is an Identifier with system and value')));
}

const known: ReadonlySet<string> = new Set(['patient', 'category', 'mbh', 'include-details']);

/** Each parameter once, but `mbh`; no others. */
function read(body: FhirResource | undefined, able: readonly BlockKind[]): Asked {
  if (body?.resourceType !== 'Parameters') return refuse('The operation takes Parameters');
  const given = trees(body.parameter);
  const named = (name: string) => given.filter((one) => textOf(one.name) === name);
  if (given.some(({ name }) => !known.has(textOf(name) ?? '')))
    refuse(`The operation takes ${[...known].join(', ')}, and nothing else`);
  for (const name of known) {
    if (name !== 'mbh' && named(name).length > 1) refuse(`\`${name}\` is given more than once`);
  }
  const [details] = named('include-details');
  if (details && typeof details.valueBoolean !== 'boolean') refuse('`include-details` is a boolean');
  return {
    bsn: patientIn(named('patient')[0]),
    kinds: kindsIn(named('category')[0], able),
    treatments: treatmentsIn(named('mbh')),
    details: details?.valueBoolean === true,
  };
}

/** With details everything comes along that the search of the block lists. */
const includesOf = (chosen: readonly Stopping[]): SearchParameters =>
  chosen.flatMap(({ search }) =>
    search.shape.includes.flatMap(({ name, values }) => values.map((value) => [name, value] as const)),
  );

function searchOf(path: string, chosen: readonly Stopping[], asked: Asked): DeclaredSearch | undefined {
  const [first] = chosen;
  if (first === undefined) return undefined;
  const treatments = asked.treatments.size > 0 ? asked.treatments : undefined;
  return {
    ...first.search,
    name: 'latestStops',
    path,
    queriesFor: (endpoint) =>
      answersWithDocument(endpoint)
        ? first.search.queriesFor(endpoint)
        : chosen.flatMap(({ search }) => search.queriesFor(endpoint)),
    find: (given) =>
      blocksIn(given, (read) =>
        read.map((blocks) =>
          latestStops(
            blocks.filter(({ kind }) => asked.kinds.has(kind)),
            treatments,
          ),
        ),
      ),
  };
}

type Called = { path: string; able: readonly Stopping[]; request: RoutedRequest; requester: Requester };

async function answer({ path, able, request, requester }: Called, deps: ExchangeDeps): Promise<FhirResponse> {
  const asked = read(
    request.resource,
    able.map(({ kind }) => kind),
  );
  const chosen = able.filter(({ kind }) => asked.kinds.has(kind));
  const search = searchOf(path, chosen, asked) ?? refuse('Nothing here has stops');
  const patient = { bsn: asked.bsn, id: await servePatient({ bsn: asked.bsn, requester }, deps) };
  const parameters = asked.details ? includesOf(chosen) : [];
  return federate({ search, parameters, patient, request, requester }, deps);
}

const levels = [
  { name: 'latestStops', type: undefined },
  { name: 'latestStopsOfRequests', type: 'MedicationRequest' },
  { name: 'latestStopsOfDispenses', type: 'MedicationDispense' },
] as const;

/** The operation on the system and on both types that the standard names. */
export const stopTransactions = (stopping: readonly Stopping[]): readonly Transaction[] =>
  levels.map(({ name, type }): Transaction => {
    const path = [...(type === undefined ? [] : [type]), '$latest-stops'];
    const onTypes: readonly string[] = ['MedicationRequest', 'MedicationDispense'];
    const able = stopping.filter(({ kind }) =>
      (type === undefined ? onTypes : [type]).includes(typeOfKind[kind]),
    );
    return {
      name,
      version: 'r4',
      method: 'POST',
      path,
      interaction: {
        kind: 'operation',
        name: 'latest-stops',
        definition: 'http://nictiz.nl/fhir/OperationDefinition/mp-latest-stops',
      },
      resourceTypes: type === undefined ? [] : [type],
      documentation: 'The stop registered last of each treatment and kind of block, also of long ago.',
      answer: (request, requester, deps) => answer({ path: path.join('/'), able, request, requester }, deps),
    };
  });
