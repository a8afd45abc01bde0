// What would the bare minimum do? The same requests to the same holders, their answers parsed and printed as one JSON; nothing is
// checked, decided or recorded. A child of bench/wishes.ts: wishesBare.ts http|fetch CERTIFICATES|none ADDRESS…
// `http` asks through node:http, the least that Node can do; `fetch` as most programs ask, which takes no client certificate.
// POST /card with a BSN: all searches of a card at all holders. POST /one: the first search at the first holder alone.
import { createServer, Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { bsnSystem } from '../src/fhir/identifiers.ts';
import { partyOf } from './mutualTls.ts';
import { type Search, searches } from './wishesWorld.ts';

const [client = 'http', certificates = 'none', ...holders] = process.argv.slice(2);
const kept = { keepAlive: true, maxSockets: 64 };
const [request, agent] =
  certificates === 'none'
    ? [plainRequest, new PlainAgent(kept)]
    : [tlsRequest, new TlsAgent({ ...kept, ...partyOf(certificates, 'client') })];

type Bundle = { entry: { resource: { resourceType: string; id: string } }[] };

async function postByFetch(url: string, form: URLSearchParams): Promise<Bundle> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { accept: 'application/fhir+json' },
    body: form,
  });
  return JSON.parse(await answer.text());
}

function postByHttp(url: string, form: URLSearchParams): Promise<Bundle> {
  const body = form.toString();
  return new Promise((resolve, reject) => {
    const headers = {
      accept: 'application/fhir+json',
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': Buffer.byteLength(body),
    };
    const sent = request(url, { method: 'POST', agent, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString('utf8'))));
      answer.once('error', reject);
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

const post = client === 'fetch' ? postByFetch : postByHttp;

async function ask(holder: string, bsn: string, wanted: readonly Search[]): Promise<Bundle[]> {
  const patients = await post(
    `${holder}/Patient/_search`,
    new URLSearchParams({ identifier: `${bsnSystem}|${bsn}` }),
  );
  const id = `Patient/${patients.entry[0]?.resource.id}`;
  const answers = wanted.map(({ resourceType, parameters }) =>
    post(
      `${holder}/${resourceType}/_search`,
      new URLSearchParams([
        ['patient', id],
        ...parameters.map(([name, value]): [string, string] => [name, value]),
      ]),
    ),
  );
  return [patients, ...(await Promise.all(answers))];
}

const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, response) => {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', async () => {
    const bsn = Buffer.concat(chunks).toString('utf8');
    const asked = incoming.url === '/one' ? [ask(holders[0] ?? '', bsn, searches.slice(0, 1))] : undefined;
    const all = await Promise.all(asked ?? holders.map((holder) => ask(holder, bsn, searches)));
    const bytes = Buffer.from(JSON.stringify({ holders: all }));
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length })
      .end(bytes);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}\n`);
});
