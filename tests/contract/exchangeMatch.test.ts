// Is the CapabilityStatement what the gateway does? Each interaction that it lists matches, every other one is refused.
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { capabilityStatement, exchanges, match } from '../../src/exchange/index.ts';
import { resourceTypes } from '../../src/fhir/definitions.ts';
import { checkShape } from '../../src/fhir/shape.ts';
import type { FhirVersion } from '../../src/model.ts';

const about = { baseUrl: 'https://gateway.example', version: '0.1.0' };
const versions: readonly FhirVersion[] = ['stu3', 'r4'];
const id = '11111111-2222-4333-8444-555555555555';

type Rest = {
  resource?: { type: string; interaction?: { code: string }[] }[];
  operation?: { name: string }[];
};
const restOf = (version: FhirVersion) => (capabilityStatement(version, about).rest as Rest[])[0] ?? {};

function told(
  method: string,
  path: string,
  more: { version?: FhirVersion; query?: [string, string][]; parameters?: [string, string][] } = {},
): string {
  try {
    const question = {
      version: more.version ?? 'stu3',
      method,
      path: path.split('/'),
      query: new Map(more.query),
      ...(more.parameters ? { parameters: more.parameters } : {}),
    };
    return match(question).transaction.name;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return error.headers.Allow === undefined ? error.kind : `${error.kind} ${error.headers.Allow}`.trim();
  }
}

describe.each(versions)('the statement of %s', (version) => {
  test('has the structure of its type and its version', () => {
    const statement = capabilityStatement(version, about);
    expect(checkShape(statement, version)).toEqual([]);
    expect(statement.fhirVersion).toBe(version === 'stu3' ? '3.0.2' : '4.0.1');
  });

  test('lists exactly what matches, type by type', () => {
    const rows = new Map((restOf(version).resource ?? []).map((row) => [row.type, row.interaction ?? []]));
    for (const type of resourceTypes(version)) {
      const codes = (rows.get(type) ?? []).map((one) => one.code);
      const can = (method: string) =>
        !/notFound|methodNotAllowed|unprocessable/.test(told(method, `${type}/${id}`, { version }));
      expect([type, can('GET'), can('PUT')]).toEqual([
        type,
        codes.includes('read'),
        codes.includes('update'),
      ]);
      for (const method of ['POST', 'PATCH', 'DELETE'])
        expect([type, method, can(method)]).toEqual([type, method, false]);
    }
  });
});

describe('what no exchange lists', () => {
  test.each([
    ['PATCH', `Task/${id}`, 'methodNotAllowed GET, HEAD, PUT'],
    ['DELETE', `Task/${id}`, 'methodNotAllowed GET, HEAD, PUT'],
    ['POST', 'Task', 'methodNotAllowed'],
    ['PUT', 'Task', 'methodNotAllowed'],
    ['GET', '$handover', 'methodNotAllowed POST'],
    ['GET', 'Task', 'unprocessable'],
    ['GET', 'Composition', 'unprocessable'],
    ['GET', `Patient/${id}/$everything`, 'notFound'],
    ['GET', `Composition/${id}/_history/1`, 'notFound'],
    ['GET', 'Task/../x', 'notFound'],
    ['GET', `Unknown/${id}`, 'notFound'],
    ['GET', `task/${id}`, 'notFound'],
    ['GET', 'Task/with space', 'notFound'],
  ])('%s %s is %s', (method, path, expected) => {
    expect(told(method, path)).toBe(expected);
  });

  test('a parameter that is not listed is refused; the form of the answer is not the exchange’s', () => {
    expect(told('GET', `Composition/${id}`, { query: [['_include', '*']] })).toBe('unprocessable');
    expect(told('GET', `Composition/${id}`, { query: [['patient', '1']] })).toBe('unprocessable');
    expect(told('GET', `Composition/${id}`, { query: [['_format', 'xml']] })).toBe('readResource');
  });

  test('a parameter given twice is refused, also one of the form of the answer', () => {
    const twice = [...Array(2)].map((): [string, string] => ['_format', 'xml']);
    expect(told('GET', `Composition/${id}`, { parameters: twice })).toBe('invalid');
    expect(told('GET', `Composition/${id}`, { parameters: twice.slice(1) })).toBe('readResource');
  });

  test('HEAD is read as GET, and the R4 side has no handover', () => {
    expect(told('HEAD', `Task/${id}`)).toBe('readTask');
    expect(told('POST', '$handover', { version: 'r4' })).toBe('notFound');
  });
});

test('every exchange declares transactions with names of their own, in words', () => {
  for (const exchange of exchanges) {
    const names = exchange.transactions.map((one) => one.name);
    expect(new Set(names).size).toBe(names.length);
    for (const one of exchange.transactions) expect(one.documentation.length).toBeGreaterThan(20);
  }
});

test('a large body is read where records come in, and nowhere else', () => {
  const writes = exchanges
    .flatMap(({ transactions }) => transactions)
    .filter(({ method }) => method !== 'GET');
  const large = writes.filter(({ takes }) => takes !== undefined).map(({ path }) => path.join('/'));
  expect(large).toEqual([
    '$handover',
    '$register-wishes',
    '$push-medication',
    '$register-medication',
    '$register-consent',
  ]);
});
