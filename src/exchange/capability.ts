// What can be asked here? The CapabilityStatement, made from the declared exchanges so that it cannot say anything else.
// https://hl7.org/fhir/STU3/capabilitystatement.html and https://hl7.org/fhir/R4/capabilitystatement.html
import type { FhirResource, FhirVersion } from '../model.ts';
import type { Exchange, Transaction } from './exchange.ts';

export type About = { baseUrl: string; version: string; date?: string };

const fhirVersions = { stu3: '3.0.2', r4: '4.0.1' } as const;
const formats = ['application/fhir+json', 'application/fhir+xml'];
const defaultDate = '2026-11-22';

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
    date: about.date ?? defaultDate,
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

function rest(
  exchanges: readonly Exchange[],
  transactions: readonly Transaction[],
  form: { version: FhirVersion; about: About },
): Record<string, unknown> {
  const resources = resourceRows(transactions, form.version);
  const operations = transactions.flatMap((one) => operationRows(one, form.version));
  return {
    mode: 'server',
    documentation: exchanges.map((exchange) => `${exchange.name}: ${exchange.title}`).join('; '),
    security: security(form.version, form.about),
    ...(resources.length > 0 ? { resource: resources } : {}),
    ...(form.version === 'stu3' && operations.length > 0 ? { operation: operations } : {}),
  };
}

function security(version: FhirVersion, about: About): Record<string, unknown> {
  const system =
    version === 'stu3'
      ? 'http://hl7.org/fhir/restful-security-service'
      : 'http://terminology.hl7.org/CodeSystem/restful-security-service';
  return {
    extension: [
      {
        url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
        extension: [{ url: 'token', valueUri: `${about.baseUrl}/oauth/token` }],
      },
    ],
    service: [{ coding: [{ system, code: 'OAuth' }], text: 'OAuth 2.0 client credentials, private_key_jwt' }],
  };
}

function resourceRows(transactions: readonly Transaction[], version: FhirVersion): Record<string, unknown>[] {
  const byType = new Map<string, Transaction[]>();
  for (const one of transactions) {
    if (one.interaction.kind === 'operation' && version === 'stu3') continue;
    for (const type of one.resourceTypes) byType.set(type, [...(byType.get(type) ?? []), one]);
  }
  return [...byType].map(([type, its]) => resourceRow(type, its, version));
}

function resourceRow(
  type: string,
  its: readonly Transaction[],
  version: FhirVersion,
): Record<string, unknown> {
  const interactions = its.filter((one) => one.interaction.kind !== 'operation');
  const operations = its.flatMap((one) => operationRows(one, version));
  return {
    type,
    ...(interactions.length > 0
      ? {
          interaction: interactions.map((one) => ({
            code: one.interaction.kind,
            documentation: one.documentation,
          })),
        }
      : {}),
    versioning: its.some((one) => one.interaction.kind === 'update') ? 'versioned-update' : 'versioned',
    readHistory: false,
    updateCreate: false,
    conditionalCreate: false,
    conditionalRead: 'not-match',
    conditionalUpdate: false,
    conditionalDelete: 'not-supported',
    ...(operations.length > 0 ? { operation: operations } : {}),
  };
}

function operationRows(one: Transaction, version: FhirVersion): Record<string, unknown>[] {
  if (one.interaction.kind !== 'operation') return [];
  const { name, definition } = one.interaction;
  return [{ name, definition: version === 'stu3' ? { reference: definition } : definition }];
}
