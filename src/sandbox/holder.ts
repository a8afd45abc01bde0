// What does a data holder's system do? It answers searches about one patient, in its own dialect, to whoever has its token.
import type { DataEndpoint, FhirResource, FhirVersion } from '../model.ts';
import type { Fault, FaultSwitch } from './faults.ts';
import { type Format, mediaTypes, printResource } from './fhirBody.ts';
import { otherPatientBsn } from './fixtures.ts';
import { isOfPatient, type Parameters, SearchRefusal, search } from './holderSearch.ts';
import { type Answer, type Arrived, type LogLine, listen } from './listen.ts';
import { createPages, type Pages } from './pages.ts';
import { createTokenEndpoint } from './tokenEndpoint.ts';

export type Holder = {
  baseUrl: string;
  /** Where FHIR is asked: `/Patient/_search`, `/Consent` and so on follow. */
  fhirBase: string;
  /** Where documents are asked, by one POST. */
  documentAddress: string;
  tokenEndpoint: string;
  dialect: Dialect;
  /** What it keeps; a test may add and take away. */
  records: FhirResource[];
  log: readonly LogLine[];
  faults: FaultSwitch;
  close(): Promise<void>;
};

/** How a vendor's system wants to be asked, and answers. */
export type Dialect = {
  fhirVersion: FhirVersion;
  search: DataEndpoint['search'];
  patientParameter: DataEndpoint['patientParameter'];
  /** The one form it speaks; as the caller accepts when absent. */
  format?: Format;
  /** Most matches on a page; 50 when absent. */
  pageSize?: number;
};

/** A document about one patient, such as ADA XML, or a dispense list of 6.12. */
export type HeldDocument = { bsn: string; xml: string };

export type HolderOptions = {
  gatewayUrl: string;
  /** The client id under which the gateway asks here for tokens. */
  gatewayClientId: string;
  dialect: Dialect;
  records?: readonly FhirResource[];
  documents?: readonly HeldDocument[];
  host?: string;
  port?: number;
  onRequest?: (line: LogLine) => void;
};

type Parts = Pick<Holder, 'dialect' | 'records'> & {
  documents: readonly HeldDocument[];
  pages: Pages;
  fhirBase: () => string;
};

/** Starts the holder's server; resolves when it listens. */
export async function startHolder(options: HolderOptions): Promise<Holder> {
  const { dialect, host, port, onRequest } = options;
  const records = [...(options.records ?? [])];
  const tokens = createTokenEndpoint({
    gatewayClientId: options.gatewayClientId,
    jwksUrl: `${options.gatewayUrl}/oauth/jwks`,
    address: () => `${server.baseUrl}/oauth/token`,
  });
  const fhirBase = (): string => `${server.baseUrl}/fhir`;
  const pages = createPages();
  const parts: Parts = { dialect, records, documents: options.documents ?? [], pages, fhirBase };
  const server = await listen({
    answer: async (arrived, fault) => {
      if (arrived.path === '/oauth/token' && arrived.method === 'POST') return tokens.answer(arrived);
      if (!tokens.accepts(arrived.headers.authorization)) return { status: 401 };
      return answer(arrived, fault, parts);
    },
    host,
    port,
    onRequest,
  });
  return {
    baseUrl: server.baseUrl,
    fhirBase: fhirBase(),
    documentAddress: `${server.baseUrl}/documents`,
    tokenEndpoint: `${server.baseUrl}/oauth/token`,
    dialect,
    records,
    log: server.log,
    faults: server.faults,
    close: server.close,
  };
}

function answer(arrived: Arrived, fault: Fault, parts: Parts): Answer {
  const [, root, type = '', last] = arrived.path.split('/');
  if (root === 'documents') return documentFor(arrived, parts);
  if (root !== 'fhir') return { status: 404 };
  const print = printer(arrived, fault, parts);
  try {
    if (type === 'page') return print(200, parts.pages.next(last ?? '', parts.fhirBase()));
    const parameters = parametersOf(arrived, parts.dialect, type);
    if (parameters === undefined) return read(`${type}/${last}`, parts, print);
    if (fault.kind === 'outcome') return print(200, outcome('The search could not be carried out.'));
    return print(200, searchset(type, parameters, { fault, parts }));
  } catch (error) {
    if (error instanceof SearchRefusal) return print(400, outcome(error.message));
    throw error;
  }
}

/** The parameters of a search; undefined for a read. A patient's number in an address is refused, as it must be. */
function parametersOf({ method, path, query, body }: Arrived, dialect: Dialect, type: string) {
  const isPost = method === 'POST' && path.endsWith('/_search');
  const isGet = method === 'GET' && path.endsWith(`/${type}`);
  if (!isPost && !isGet) return undefined;
  if (type !== 'Patient' && isGet !== (dialect.search === 'get'))
    throw new SearchRefusal(`Searches are made here by ${dialect.search.toUpperCase()}.`);
  if (query.toString().includes('bsn'))
    throw new SearchRefusal('A patient number is not taken in an address.');
  const form = isPost ? new URLSearchParams(body.toString('utf8')) : query;
  return [...query, ...(isPost ? form : [])];
}

type Print = (status: number, resource: FhirResource | undefined) => Answer;

function printer({ headers }: Arrived, fault: Fault, { dialect }: Parts): Print {
  const asked: Format =
    /xml/.test(headers.accept ?? '') && !/json/.test(headers.accept ?? '') ? 'xml' : 'json';
  const format = dialect.format ?? asked;
  const type = fault.kind === 'wrongType' ? 'text/html' : mediaTypes[format];
  return (status, resource) =>
    resource === undefined
      ? { status: 404 }
      : {
          status,
          headers: { 'content-type': `${type}; charset=utf-8` },
          body: printResource(resource, format, dialect.fhirVersion),
        };
}

function searchset(
  type: string,
  parameters: Parameters,
  { fault, parts }: { fault: Fault; parts: Parts },
): FhirResource {
  const { records, dialect, pages } = parts;
  const found = search(type, parameters, { records, rules: dialect });
  const leaked = fault.kind === 'leak' ? records.filter((one) => isLeak(one, type, records)).slice(0, 1) : [];
  const asked = Number(parameters.find(([name]) => name === '_count')?.[1] ?? Number.POSITIVE_INFINITY);
  const bundle = pages.first(
    { matches: [...found.matches, ...leaked], included: found.included },
    { base: parts.fhirBase(), size: Math.max(1, Math.min(asked || 1, dialect.pageSize ?? 50)) },
  );
  if (fault.kind !== 'elsewhere') return bundle;
  // The same server under another name, so that its log tells whether anybody went there.
  const elsewhere = parts.fhirBase().replace('127.0.0.1', 'localhost');
  return { ...bundle, link: [{ relation: 'next', url: `${elsewhere}/page/elsewhere` }] };
}

const isLeak = (one: FhirResource, type: string, records: readonly FhirResource[]): boolean =>
  one.resourceType === type && isOfPatient(one, otherPatientBsn, records);

function read(key: string, { records }: Parts, print: Print): Answer {
  return print(
    200,
    records.find((one) => `${one.resourceType}/${one.id}` === key),
  );
}

/** One POST that names the patient, and one document as the answer; 204 when there is none. */
function documentFor({ method, body }: Arrived, { documents }: Parts): Answer {
  if (method !== 'POST') return { status: 405, headers: { allow: 'POST' } };
  const asked = new URLSearchParams(body.toString('utf8')).get('patient');
  const document = documents.find(({ bsn }) => asked === bsn);
  if (document === undefined) return { status: 204 };
  return { status: 200, headers: { 'content-type': 'application/xml; charset=utf-8' }, body: document.xml };
}

const outcome = (diagnostics: string): FhirResource => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code: 'not-supported', diagnostics }],
});
