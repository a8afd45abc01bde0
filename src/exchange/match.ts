// Which transaction of which exchange is this request? What no standard lists is refused, never guessed.
import { GatewayError } from '../errors.ts';
import type { FhirVersion } from '../model.ts';
import type { Exchange, Transaction } from './exchange.ts';

export type Matched = {
  exchange: Exchange;
  transaction: Transaction;
  params: Readonly<Record<string, string>>;
};

type Question = {
  version: FhirVersion;
  method: string;
  path: readonly string[];
  query: ReadonlyMap<string, string>;
};

const idPattern = /^[A-Za-z0-9\-.]{1,64}$/;
const presentation = new Set(['_format', '_pretty']);

/**
 * Finds the transaction. HEAD matches as GET. Throws `notFound` for an address that no exchange has,
 * `methodNotAllowed` with Allow for one that has other methods, and `unprocessable` for a search or a parameter
 * that no transaction lists.
 */
export function matchAmong(exchanges: readonly Exchange[], question: Question): Matched {
  const method = question.method === 'HEAD' ? 'GET' : question.method;
  const here = candidates(exchanges, question);
  const matched = here.find((candidate) => candidate.transaction.method === method);
  if (matched) {
    refuseUnknownParameters(matched.transaction, question.query);
    return matched;
  }
  if (here.length > 0) throw notAllowed(here.map((candidate) => candidate.transaction.method));
  throw noSuchAddress(exchanges, question, method);
}

function candidates(exchanges: readonly Exchange[], question: Question): Matched[] {
  const found: Matched[] = [];
  for (const exchange of exchanges) {
    for (const transaction of exchange.transactions) {
      if (transaction.version !== question.version) continue;
      const params = bind(transaction, question.path);
      if (params) found.push({ exchange, transaction, params });
    }
  }
  return found;
}

function bind(transaction: Transaction, path: readonly string[]): Record<string, string> | undefined {
  if (transaction.path.length !== path.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, pattern] of transaction.path.entries()) {
    const segment = path[index] ?? '';
    if (!pattern.startsWith(':')) {
      if (segment !== pattern) return undefined;
    } else if (pattern === ':type' ? transaction.resourceTypes.includes(segment) : idPattern.test(segment)) {
      params[pattern.slice(1)] = segment;
    } else return undefined;
  }
  return params;
}

function refuseUnknownParameters(transaction: Transaction, query: ReadonlyMap<string, string>): void {
  for (const name of query.keys()) {
    if (presentation.has(name) || transaction.parameters?.includes(name)) continue;
    throw new GatewayError('unprocessable', 'This request has a parameter that the exchange does not list', {
      reason: 'parameter-not-supported',
    });
  }
}

function notAllowed(methods: readonly string[]): GatewayError {
  const allow = [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))];
  return new GatewayError('methodNotAllowed', 'This address does not know that method', {
    headers: { Allow: allow.join(', ') },
  });
}

/** A type that is served by id alone: searching it is refused as such, and so is every other method on it. */
function noSuchAddress(exchanges: readonly Exchange[], question: Question, method: string): GatewayError {
  const [type] = question.path;
  const served = exchanges
    .flatMap((exchange) => exchange.transactions)
    .some((one) => one.version === question.version && one.resourceTypes.includes(type ?? ''));
  if (!served || question.path.length !== 1) return new GatewayError('notFound', 'No such address');
  if (method !== 'GET') return notAllowed([]);
  return new GatewayError('unprocessable', 'Searching is not a transaction of this exchange', {
    reason: 'search-not-supported',
  });
}
