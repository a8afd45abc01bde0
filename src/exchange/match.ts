// Which transaction of which exchange is this request? What no standard lists is refused, never guessed.
import { GatewayError } from '../errors.ts';
import type { FhirVersion } from '../model.ts';
import type { Exchange, Transaction } from './exchange.ts';
import { fitsSearch, printSearch } from './searching/matchSearch.ts';
import { onlyByPost, type SearchParameters, type SearchShape } from './searching/searchShape.ts';

export type Matched = {
  exchange: Exchange;
  transaction: Transaction;
  params: Readonly<Record<string, string>>;
  /** The same address in other exchanges that the token covers: an id that the first does not know may be theirs. */
  others?: readonly Matched[];
};

export type Question = {
  version: FhirVersion;
  method: string;
  path: readonly string[];
  query: ReadonlyMap<string, string>;
  /** Of a search, address and body together; absent while the body is still to come. */
  parameters?: SearchParameters;
  /** What the asker's token covers: of two exchanges with one address, the covered one answers. */
  scopes?: readonly string[];
};

const idPattern = /^[A-Za-z0-9\-.]{1,64}$/;
const presentation = new Set(['_format', '_pretty']);

/**
 * Finds the transaction. HEAD matches as GET. Throws `notFound` for an address that no exchange has,
 * `methodNotAllowed` with Allow for one that has other methods, `unprocessable` for a search or a parameter
 * that no transaction lists, and `invalid` for a name given twice where no search allows it.
 */
export function matchAmong(exchanges: readonly Exchange[], question: Question): Matched {
  const method = question.method === 'HEAD' ? 'GET' : question.method;
  const here = candidates(exchanges, question);
  const able = covered(
    here.filter(({ transaction }) => methodsAt(transaction, question.path).includes(method)),
    question.scopes,
  );
  const [first, ...others] = able;
  if (first?.transaction.interaction.kind === 'search-type') return matchSearch(able, question, method);
  if (first) {
    refuseDoubles(question);
    refuseUnknownParameters(first.transaction, question.query);
    return others.length > 0 ? { ...first, others } : first;
  }
  if (here.length > 0)
    throw notAllowed(here.flatMap(({ transaction }) => methodsAt(transaction, question.path)));
  throw noSuchAddress(exchanges, question, method);
}

/** Those that the token covers, if it covers any. */
function covered(found: readonly Matched[], scopes: readonly string[] | undefined): readonly Matched[] {
  const own = found.filter(({ exchange }) => scopes?.includes(exchange.name));
  return own.length > 0 ? own : found;
}

/** One address has several searches, told apart by what they must say. */
function matchSearch(able: readonly Matched[], question: Question, method: string): Matched {
  const searches = able.flatMap((matched) => {
    const { interaction } = matched.transaction;
    return interaction.kind === 'search-type' ? [{ matched, search: interaction.search }] : [];
  });
  const { parameters } = question;
  const found =
    parameters === undefined
      ? searches[0]
      : searches.find(({ search }) => fitsSearch(search, parameters, method));
  if (found) return found.matched;
  const allowed = new Set(searches.map(({ search }) => printSearch(search)));
  const text = `No search of this exchange reads so. Allowed here: ${[...allowed].join(' ; ')}`;
  throw new GatewayError('unprocessable', text, {
    reason: 'search-not-supported',
  });
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

const isSearchPath = (path: readonly string[]): boolean => path.length === 2 && path[1] === '_search';

/** The methods under which a transaction is found at an address that is its own. */
function methodsAt({ interaction, method }: Transaction, path: readonly string[]): readonly string[] {
  if (interaction.kind !== 'search-type') return [method];
  return isSearchPath(path) ? ['POST'] : ['GET'];
}

function bind(transaction: Transaction, path: readonly string[]): Record<string, string> | undefined {
  const { interaction } = transaction;
  if (interaction.kind === 'search-type') return isAtSearch(interaction.search, path) ? {} : undefined;
  if (transaction.path.length !== path.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, pattern] of transaction.path.entries()) {
    const segment = path[index] ?? '';
    if (!fitsSegment(pattern, segment, transaction)) return undefined;
    if (pattern.startsWith(':')) params[pattern.slice(1)] = segment;
  }
  return params;
}

const isAtSearch = (search: SearchShape, path: readonly string[]): boolean =>
  path[0] === search.resourceType && (isSearchPath(path) || (path.length === 1 && !onlyByPost(search)));

function fitsSegment(pattern: string, segment: string, { resourceTypes }: Transaction): boolean {
  if (!pattern.startsWith(':')) return segment === pattern;
  return pattern === ':type' ? resourceTypes.includes(segment) : idPattern.test(segment);
}

/** Which of two would count is for nobody to guess. */
function refuseDoubles({ parameters = [] }: Question): void {
  const names = parameters.map(([name]) => name);
  if (new Set(names).size === names.length) return;
  throw new GatewayError('invalid', 'A parameter is given more than once', { reason: 'query-double' });
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
  if (type === undefined && method === 'POST')
    return new GatewayError('unprocessable', 'A batch or transaction is not a transaction of any exchange', {
      reason: 'batch-not-supported',
    });
  const served = exchanges
    .flatMap((exchange) => exchange.transactions)
    .some((one) => one.version === question.version && one.resourceTypes.includes(type ?? ''));
  if (!served || question.path.length !== 1) return new GatewayError('notFound', 'No such address');
  if (method !== 'GET') return notAllowed([]);
  return new GatewayError('unprocessable', 'Searching is not a transaction of this exchange', {
    reason: 'search-not-supported',
  });
}
