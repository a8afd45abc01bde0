// What does an operation of our own take and give? Its OperationDefinition, made from the transactions that declare it.
// https://hl7.org/fhir/STU3/operationdefinition.html and https://hl7.org/fhir/R4/operationdefinition.html
import { GatewayError } from '../../errors.ts';
import type { FhirResource, FhirVersion } from '../../model.ts';
import type { Exchange, OperationParameter, Transaction } from '../exchange.ts';

/** Of the gateway that tells: its address, its version, and when what it says was last changed. */
export type About = { baseUrl: string; version: string; date?: string };

export const definitionDate = '2026-11-22';

type Declared = { exchange: Exchange; transaction: Transaction; parameters: readonly OperationParameter[] };

export type OperationQuestion = { version: FhirVersion; name: string };

/** Where an operation's definition is read, and the address by which it goes. */
export const definitionAddress = ({ version, name }: OperationQuestion, { baseUrl }: About): string =>
  `${baseUrl}/${version}/OperationDefinition/${name}`;

/** The definition of one operation of our own. Throws `notFound` for any other name, also of the standard's operations. */
export function operationDefinitionOf(
  exchanges: readonly Exchange[],
  question: OperationQuestion,
  about: About,
): FhirResource {
  const [first] = exchanges.flatMap((exchange) => declaredIn(exchange, question));
  if (first === undefined) throw new GatewayError('notFound', 'No such operation is defined here');
  const { exchange, transaction, parameters } = first;
  return {
    resourceType: 'OperationDefinition',
    id: question.name,
    url: definitionAddress(question, about),
    version: about.version,
    name: computerName(question.name),
    status: 'active',
    kind: 'operation',
    date: about.date ?? definitionDate,
    description: `${exchange.title}. ${transaction.documentation}`,
    code: question.name,
    ...levelsOf(transaction),
    ...(parameters.length > 0 ? { parameter: parameters.map(parameterRow) } : {}),
  };
}

function declaredIn(exchange: Exchange, { version, name }: OperationQuestion): Declared[] {
  return exchange.transactions.flatMap((transaction) => {
    const { interaction } = transaction;
    if (transaction.version !== version || interaction.kind !== 'operation') return [];
    if (interaction.name !== name || interaction.definition !== undefined) return [];
    return [{ exchange, transaction, parameters: interaction.parameters ?? [] }];
  });
}

/** `register-wishes` as a name that programs can use: `RegisterWishes`. */
const computerName = (name: string): string =>
  name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** On the whole gateway, on a type, or on one resource: as the path says. */
function levelsOf({ path, resourceTypes }: Transaction): Record<string, unknown> {
  const instance = path.some((segment) => segment.startsWith(':'));
  return {
    ...(resourceTypes.length > 0 ? { resource: resourceTypes } : {}),
    system: path.length === 1,
    type: path.length > 1 && !instance,
    instance,
  };
}

const parameterRow = (parameter: OperationParameter) => ({
  name: parameter.name,
  use: parameter.use ?? 'in',
  min: parameter.min ?? 0,
  max: parameter.max ?? '1',
  ...(parameter.documentation === '' ? {} : { documentation: parameter.documentation }),
  type: parameter.type,
});
