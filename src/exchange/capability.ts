// What can be asked here? The CapabilityStatement, made from the declared exchanges so that it cannot say anything else.
// https://hl7.org/fhir/STU3/capabilitystatement.html and https://hl7.org/fhir/R4/capabilitystatement.html
import type { FhirResource, FhirVersion } from '../model.ts';
import { type About, definitionAddress, definitionDate } from './asking/operationDefinition.ts';
import type { Exchange, Transaction } from './exchange.ts';
import { printSearch } from './searching/matchSearch.ts';
import { parametersOf } from './searching/searchShape.ts';
import { printShape } from './searching/searchValues.ts';

const fhirVersions = { stu3: '3.0.2', r4: '4.0.1' } as const;
const formats = ['application/fhir+json', 'application/fhir+xml'];

export function capabilityOf(
  exchanges: readonly Exchange[],
  version: FhirVersion,
  about: About,
): FhirResource {
  const transactions = exchanges
    .flatMap((exchange) => exchange.transactions)
    .filter((one) => one.version === version);
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: about.date ?? definitionDate,
    kind: 'instance',
    software: { name: 'Sluis', version: about.version },
    implementation: {
      description: 'Sluis, a gateway for care records',
      url: `${about.baseUrl}/${version}`,
    },
    fhirVersion: fhirVersions[version],
    ...(version === 'stu3' ? { acceptUnknown: 'no' } : {}),
    format: formats,
    rest: [rest(exchanges, transactions, { version, about })],
  };
}

type Form = { version: FhirVersion; about: About };

function rest(
  exchanges: readonly Exchange[],
  transactions: readonly Transaction[],
  form: Form,
): Record<string, unknown> {
  const resources = resourceRows(transactions, form);
  // STU3 lists them all in one place, R4 those of a type with the type
  const here =
    form.version === 'stu3' ? transactions : transactions.filter((one) => one.resourceTypes.length === 0);
  const operations = here.flatMap((one) => operationRows(one, form.about));
  return {
    mode: 'server',
    documentation: exchanges.map((exchange) => `${exchange.name}: ${exchange.title}`).join('; '),
    security: security(form.version, form.about),
    ...(resources.length > 0 ? { resource: resources } : {}),
    ...(operations.length > 0 ? { operation: operations } : {}),
  };
}

function security(version: FhirVersion, about: About): Record<string, unknown> {
  const system =
    version === 'stu3'
      ? 'http://hl7.org/fhir/restful-security-service'
      : 'http://terminology.hl7.org/CodeSystem/restful-security-service';
  return {
    service: [{ coding: [{ system, code: 'OAuth' }], text: 'OAuth 2.0 client credentials, private_key_jwt' }],
    // no oauth-uris extension: it demands an address for authorisation by people, which there is not
    description: `Tokens come from ${about.baseUrl}/oauth/token; all of it stands in ${about.baseUrl}/.well-known/smart-configuration`,
  };
}

function resourceRows(
  transactions: readonly Transaction[],
  { version, about }: Form,
): Record<string, unknown>[] {
  const byType = new Map<string, Transaction[]>();
  for (const one of transactions) {
    if (one.interaction.kind === 'operation' && version === 'stu3') continue;
    for (const type of one.resourceTypes) byType.set(type, [...(byType.get(type) ?? []), one]);
  }
  return [...byType].map(([type, its]) => resourceRow(type, its, about));
}

function resourceRow(type: string, its: readonly Transaction[], about: About): Record<string, unknown> {
  const interactions = interactionsOf(its);
  const operations = its.flatMap((one) => operationRows(one, about));
  return {
    type,
    ...(interactions.length > 0
      ? { interaction: interactions.map(([code, documentation]) => ({ code, documentation })) }
      : {}),
    versioning: its.some((one) => one.interaction.kind === 'update') ? 'versioned-update' : 'versioned',
    readHistory: false,
    updateCreate: false,
    conditionalCreate: false,
    conditionalRead: 'not-match',
    conditionalUpdate: false,
    conditionalDelete: 'not-supported',
    ...searchRows(its),
    ...(operations.length > 0 ? { operation: operations } : {}),
  };
}

/** Each code once; what several searches of a type say of themselves stands together. */
function interactionsOf(its: readonly Transaction[]): [code: string, documentation: string][] {
  const codes = new Map<string, string[]>();
  for (const { interaction, documentation } of its) {
    if (interaction.kind === 'operation' || interaction.kind === 'page') continue;
    const texts = codes.get(interaction.kind) ?? [];
    const limits = interaction.kind === 'search-type' ? ` ${printSearch(interaction.search)}` : '';
    codes.set(interaction.kind, [...texts, `${documentation}${limits}`]);
  }
  return [...codes].map(([code, texts]) => [code, [...new Set(texts)].join(' | ')]);
}

/** Which parameters and includes the searches of a type know, each once. */
function searchRows(its: readonly Transaction[]): Record<string, unknown> {
  const searches = its.flatMap(({ interaction }) =>
    interaction.kind === 'search-type' ? [interaction.search] : [],
  );
  const shown = new Map(
    searches
      .flatMap(parametersOf)
      .filter(({ name }) => !name.startsWith('_include'))
      .map(({ name, type, value }) => [name, { name, type, documentation: printShape(value) }]),
  );
  const includes = [...new Set(searches.flatMap((one) => one.includes.flatMap(({ values }) => values)))];
  return {
    ...(includes.length > 0 ? { searchInclude: includes } : {}),
    ...(shown.size > 0 ? { searchParam: [...shown.values()] } : {}),
  };
}

function operationRows(one: Transaction, about: About): Record<string, unknown>[] {
  if (one.interaction.kind !== 'operation') return [];
  const { version } = one;
  const { name, definition = definitionAddress({ version, name }, about) } = one.interaction;
  return [{ name, definition: version === 'stu3' ? { reference: definition } : definition }];
}
