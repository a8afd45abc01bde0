// How fast can a data holder be? Every answer is printed beforehand; only the question is looked at. A child of bench/wishes.ts:
// wishesHolder.ts NUMBER [CERTIFICATES], or wishesHolder.ts hang: it takes every question and answers none.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { FhirResource } from '../src/model.ts';
import { partyOf } from './mutualTls.ts';
import { bsns, found, patientOf, searches } from './wishesWorld.ts';

const [which = '0', certificates] = process.argv.slice(2);
const holder = Number(which);

const matches: ReadonlySet<string> = new Set(['Consent', 'Goal']);

function searchset(resources: readonly FhirResource[]): Buffer {
  const entry = resources.map((resource) => ({
    fullUrl: `http://holder-${holder}.example/fhir/${resource.resourceType}/${resource.id}`,
    resource,
    search: { mode: matches.has(resource.resourceType) || resources.length === 1 ? 'match' : 'include' },
  }));
  const total = entry.filter(({ search }) => search.mode === 'match').length;
  return Buffer.from(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', total, entry }));
}

const answers = new Map<string, Buffer>();
for (const bsn of which === 'hang' ? [] : bsns) {
  const patient = patientOf(holder, bsn);
  answers.set(`Patient ${bsn}`, searchset([patient]));
  for (const [at] of searches.entries())
    answers.set(`${at} Patient/${patient.id}`, searchset(found(holder, bsn, at)));
}
const nothing = searchset([]);

function answerTo(path: string, body: string): Buffer {
  const asked = new URLSearchParams(body);
  if (path === '/fhir/Patient/_search')
    return answers.get(`Patient ${asked.get('identifier')?.split('|')[1]}`) ?? nothing;
  const at = searches.findIndex(
    ({ resourceType, parameters }) =>
      path === `/fhir/${resourceType}/_search` &&
      parameters.every(([name, value]) => asked.get(name) === value),
  );
  return answers.get(`${at} ${asked.get('patient')}`) ?? nothing;
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (which === 'hang') return;
    const bytes = answerTo(request.url ?? '', Buffer.concat(chunks).toString('utf8'));
    response.writeHead(200, {
      'content-type': 'application/fhir+json; charset=utf-8',
      'content-length': bytes.length,
    });
    response.end(bytes);
  });
}

const kept = { keepAliveTimeout: 60_000 };
const server =
  certificates === undefined
    ? createServer(kept, serve)
    : createTlsServer({ ...kept, ...partyOf(certificates, 'server'), requestCert: true }, serve);
const scheme = certificates === undefined ? 'http' : 'https';
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(
    `${scheme}://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/fhir\n`,
  );
});
