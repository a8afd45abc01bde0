// M17: is Mitz asked only when its certificate is the right one, and does it get ours?
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Certificates, makeCertificates } from '../../contract/mitzStage.ts';
import { type Case, must } from '../attack.ts';
import { hearing, mustHold, silent, stateOf } from '../hearing.ts';
import { askOverview, enterPatients } from '../questions.ts';
import { mitzSettings } from '../region.ts';
import type { Stage } from '../stage.ts';

type Shown = { cert: string; key: string };

/** Something that speaks TLS with this certificate and passes on what it hears to Mitz. */
function listenAs({ cert, key }: Shown, { port, ca, target }: { port: number; ca: string; target: string }) {
  const heard: string[] = [];
  const options = {
    cert,
    key,
    ca,
    requestCert: true,
    rejectUnauthorized: true,
    ciphers: 'DEFAULT@SECLEVEL=0',
  };
  const server: Server = createServer(options, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString('utf8');
    heard.push(body);
    const own = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const headers = { 'content-type': String(request.headers['content-type']) };
    const id = request.headers['x-request-id'];
    const answer = await fetch(`${target}${request.url}`, {
      method: 'POST',
      headers: id === undefined ? headers : { ...headers, 'x-request-id': String(id) },
      body: body.replaceAll(own, target),
    });
    const type = answer.headers.get('content-type') ?? '';
    response.writeHead(answer.status, { 'content-type': type }).end(await answer.text());
  });
  server.on('tlsClientError', () => undefined);
  return new Promise<{ port: number; heard: string[]; close(): Promise<void> }>((resolve) => {
    server.listen(port, '127.0.0.1', () =>
      resolve({
        port: (server.address() as AddressInfo).port,
        heard,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      }),
    );
  });
}

const wrong = ['expired', 'otherAuthority', 'wrongName', 'weak'] as const;

async function certificates(stage: Stage, made: Certificates): Promise<string> {
  const target = stage.region.mitz.url;
  const { ca, gateway } = made;
  const files = { certFile: 'gateway.pem', keyFile: 'gateway.key', caFile: 'ca.pem' };
  const at = (name: string): string => join(made.folder, `attack-${name}`);
  for (const [name, text] of [
    ['gateway.pem', gateway.cert],
    ['gateway.key', gateway.key],
    ['ca.pem', ca],
  ] as const)
    writeFileSync(at(name), text, { mode: 0o600 });
  const first = await listenAs(made.mitz, { port: 0, ca, target });
  const own = `https://127.0.0.1:${first.port}`;
  const plain = mitzSettings(stage.region, stage.baseUrl);
  const mitz = {
    ...plain,
    closedUrl: plain.closedUrl.replace(stage.region.mitzWire.url, own),
    tls: Object.fromEntries(Object.entries(files).map(([name, file]) => [name, at(file)])),
  };
  const { there, end } = await stage.another({ mitz }, { sameKeys: true });
  await enterPatients(there, ['yes']);
  mustHold(await askOverview(there, 'yes'), ['Dyes', 'Eyes'], 'twin: the right certificate');
  must(first.heard.length === 2, `${first.heard.length} questions over TLS`);
  await first.close();
  for (const name of wrong) {
    const other = await listenAs(made[name], { port: first.port, ca, target });
    const { result, heard } = await hearing(there, () => askOverview(there, 'yes'));
    await other.close();
    must(other.heard.length === 0, `${name}: it was asked`);
    must(stateOf(result, 'd') === 'unavailable', `${name}: ${stateOf(result, 'd')}`);
    mustHold(result, [], name);
    silent(heard);
  }
  const again = await listenAs(made.mitz, { port: first.port, ca, target });
  mustHold(await askOverview(there, 'yes'), ['Dyes', 'Eyes'], 'twin: the right certificate again');
  await again.close();
  await end();
  return `${wrong.length} certificates: no question leaves, told as our trouble; twin with the right one`;
}

async function withCertificates(stage: Stage): Promise<string> {
  const made = makeCertificates();
  try {
    return await certificates(stage, made);
  } finally {
    made.end();
  }
}

export const mitzCertificates: readonly Case[] = [
  { id: 'M17', title: 'a Mitz with another certificate', run: withCertificates },
];
