// What does the guarded HTTP client let out, and what does it take in? Against real sockets.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { guardedLookup, parseRules } from '../../src/outgoing/addresses.ts';
import {
  createOutgoing,
  type Outgoing,
  OutgoingFailure,
  type OutgoingOptions,
  type OutgoingRequest,
} from '../../src/outgoing/outgoing.ts';
import { hang, reset, startReceiver, status, until } from './faultyReceiver.ts';
import { startRawServer } from './rawServer.ts';

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

function client(change: Partial<OutgoingOptions> = {}): Outgoing {
  const outgoing = createOutgoing({
    allowPrivate: ['127.0.0.0/8'],
    timeoutMs: 700,
    maxBytes: 10_000,
    connectionsPerHost: 4,
    ...change,
  });
  ending.push(() => outgoing.close());
  return outgoing;
}
const receiver = async () => {
  const started = await startReceiver();
  ending.push(started.end);
  return started;
};
const raw = async (answer: (socket: Socket, request: string) => void) => {
  const started = await startRawServer(answer);
  ending.push(started.end);
  return started;
};
const get = (url: string, more: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
  method: 'GET',
  url,
  ...more,
});
const post = (url: string, more: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
  method: 'POST',
  url,
  ...more,
});
async function failure(work: Promise<unknown>): Promise<Pick<OutgoingFailure, 'reason' | 'sent' | 'status'>> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof OutgoingFailure)) throw new Error(`expected a failure, got ${String(error)}`);
  return { reason: error.reason, sent: error.sent, status: error.status };
}

const addressesBy = (lookup: ReturnType<typeof guardedLookup>, found: (addresses: unknown) => void) =>
  lookup('localhost', { all: true }, (_, addresses) => found(addresses));

describe('where requests may go', () => {
  test('no spelling of a private address is connected to', async () => {
    const target = await receiver();
    const { port } = target;
    const spellings = [
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f.1',
      '0x7f000001',
      '0177.0.0.1',
      '017700000001',
      '0',
      '0.0.0.0',
      '127.0.0.1.',
      'localhost',
      'localhost.',
      'LOCALHOST',
      'a.localhost',
      '[::1]',
      '[::]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[0:0:0:0:0:ffff:7f00:0001]',
      '[::127.0.0.1]',
      '[64:ff9b::7f00:1]',
      '[2002:7f00:1::]',
      '１２７.0.0.1',
      '127。0。0。1',
      '%31%32%37.0.0.1',
    ];
    const outgoing = client({ allowPrivate: [] });
    for (const host of spellings) {
      const failed = await failure(outgoing.request(get(`http://${host}:${port}/`)));
      expect([host, failed.reason, failed.sent]).toEqual([host, 'refused-address', false]);
    }
    expect(target.connections()).toBe(0);
  });

  test.each([
    'http://10.0.0.1/',
    'http://172.16.0.1/',
    'http://192.168.1.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/',
    'http://100.100.100.200/',
    'http://168.63.129.16/',
    'http://192.0.0.192/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
    'http://[fe80::1]/',
    'http://[ff02::1]/',
    'http://[fec0::1]/',
    'file:///etc/passwd',
    'gopher://127.0.0.1/',
    'unix:/run/x.sock',
    'ftp://example.org/',
    'data:text/plain,x',
    'http://user@example.org/',
    'http://user:secret@example.org/',
    'https://example.org@127.0.0.1/',
  ])('%s is refused before any connection', async (url) => {
    expect(await failure(client({ allowPrivate: [] }).request(get(url)))).toMatchObject({
      reason: 'refused-address',
      sent: false,
    });
  });

  test('a name that resolves to this machine is refused at the connection, unless host and port are allowed', async () => {
    const target = await receiver();
    const url = `http://localtest.localhost:${target.port}/`;
    expect((await failure(client({ allowPrivate: [] }).request(get(url)))).reason).toBe('refused-address');
    const other = client({ allowPrivate: [`127.0.0.1:${target.port + 1}`, 'localhost:1'] });
    expect((await failure(other.request(get(`http://localhost:${target.port}/`)))).reason).toBe(
      'refused-address',
    );
    expect(target.connections()).toBe(0);
    const allowed = client({ allowPrivate: [`localhost:${target.port}`] });
    expect((await allowed.request(get(`http://localhost:${target.port}/`))).status).toBe(202);
    expect((await allowed.request(get(`http://localhost.:${target.port}/`))).status).toBe(202);
    const byAddress = client({ allowPrivate: [`127.0.0.1:${target.port}`] });
    expect((await byAddress.request(get(`http://127.1:${target.port}/`))).status).toBe(202);
  });

  test('a name is judged by the addresses it resolves to, when the connection is opened', async () => {
    // The machine's own name: no literal address, and no public one in a test.
    const host = hostname();
    const target = await receiver();
    const failed = await failure(client({ allowPrivate: [] }).request(get(`http://${host}:${target.port}/`)));
    expect(['refused-address', 'dns']).toContain(failed.reason);
    expect(failed.sent).toBe(false);
    const lookup = guardedLookup({ host: 'x.example', port: 1 }, []);
    const refused = await new Promise((resolve) => lookup('localhost', {}, resolve));
    expect(refused).toMatchObject({ reason: 'refused-address' });
    const allowed = guardedLookup({ host: 'x.example', port: 1 }, parseRules(['127.0.0.0/8']));
    const found = await new Promise((resolve) => addressesBy(allowed, resolve));
    expect(found).toEqual([{ address: '127.0.0.1', family: 4 }]);
    expect(target.connections()).toBe(0);
  });

  test.each([301, 302, 303, 307, 308])('a %i is an answer and is not followed', async (code) => {
    const elsewhere = await receiver();
    const target = await receiver();
    target.standard = status(code, { location: elsewhere.address });
    const answer = await client().request(post(target.address, { headers: { authorization: 'Bearer x' } }));
    expect(answer.status).toBe(code);
    expect(elsewhere.connections()).toBe(0);
  });
});

describe('what is sent', () => {
  test('method, body, length and headers as asked, and nothing about us', async () => {
    const target = await receiver();
    target.standard = status(201, { 'x-one': '1' }, 'made');
    const body = '{"é":1}';
    const answer = await client().request(
      post(`${target.address}/a?b=c`, { body, headers: { accept: 'text/plain' } }),
    );
    expect(answer).toMatchObject({ status: 201, headers: { 'x-one': '1' } });
    expect(Buffer.from(answer.body).toString()).toBe('made');
    expect(target.seen[0]).toMatchObject({ method: 'POST', url: '/a?b=c', body });
    expect(target.seen[0]?.headers).toMatchObject({
      'content-length': '8',
      accept: 'text/plain',
      host: `127.0.0.1:${target.port}`,
    });
    expect(target.seen[0]?.headers['user-agent']).toBeUndefined();
  });

  test('an empty POST says that it is empty', async () => {
    const target = await receiver();
    await client().request(post(target.address));
    expect(target.seen[0]?.headers['content-length']).toBe('0');
    expect(target.seen[0]?.headers['transfer-encoding']).toBeUndefined();
  });

  test('a header that would split the request is refused', async () => {
    const target = await receiver();
    const failed = await failure(
      client().request(get(target.address, { headers: { 'x-a': 'b\r\nx-c: d' } })),
    );
    expect(failed).toMatchObject({ reason: 'invalid-request', sent: false });
    expect(target.connections()).toBe(0);
  });

  test('connections are kept and capped per host', async () => {
    const target = await receiver();
    target.standard = (_, response) => void setTimeout(() => response.writeHead(200).end(), 20);
    const outgoing = client({ timeoutMs: 5_000 });
    await Promise.all(Array.from({ length: 40 }, () => outgoing.request(post(target.address))));
    expect(target.seen).toHaveLength(40);
    expect(target.connections()).toBe(4);
  });
});

describe('what is taken in', () => {
  test('a refused connection was not sent', async () => {
    const target = await startReceiver();
    await target.end();
    expect(await failure(client().request(post(target.address)))).toMatchObject({
      reason: 'connection-refused',
      sent: false,
    });
  });

  test('a name that does not exist was not sent', async () => {
    expect(await failure(client({ timeoutMs: 9_000 }).request(get('http://nowhere.invalid/')))).toMatchObject(
      {
        reason: 'dns',
        sent: false,
      },
    );
  });

  test('silence after the request, a reset, an abort: it may have arrived', async () => {
    const target = await receiver();
    target.script = [hang, reset, hang];
    const outgoing = client();
    expect(await failure(outgoing.request(post(target.address)))).toEqual({ reason: 'timeout', sent: true });
    expect(await failure(outgoing.request(post(target.address)))).toEqual({ reason: 'reset', sent: true });
    const controller = new AbortController();
    const aborted = failure(outgoing.request(post(target.address, { signal: controller.signal })));
    await until(() => target.seen.length === 3, 'third request');
    controller.abort();
    expect(await aborted).toEqual({ reason: 'aborted', sent: true });
    const early = outgoing.request(post(target.address, { signal: AbortSignal.abort() }));
    expect(await failure(early)).toEqual({ reason: 'aborted', sent: false });
    expect(target.seen).toHaveLength(3);
  });

  test('what still waits for a connection was not sent', async () => {
    const target = await receiver();
    target.standard = hang;
    const outgoing = client({ connectionsPerHost: 1 });
    const [first, second] = await Promise.all([
      failure(outgoing.request(post(target.address))),
      failure(outgoing.request(post(target.address, { timeoutMs: 300 }))),
    ]);
    expect([first?.sent, second?.sent]).toEqual([true, false]);
  });

  test('a connection that is never accepted has its own, shorter time', async () => {
    const server = await raw(() => undefined);
    const begun = Date.now();
    const outgoing = client({ timeoutMs: 5_000, connectTimeoutMs: 200 });
    const failed = await failure(outgoing.request(post(`https://127.0.0.1:${server.port}/`)));
    expect(failed).toMatchObject({ reason: 'connect-timeout', sent: false });
    expect(Date.now() - begun).toBeLessThan(4_500);
  });

  const answers: [string, string | Buffer, string][] = [
    ['a body shorter than its length', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc', 'reset'],
    ['a body longer than its length', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nabcdefgh', 'protocol'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab', 'protocol'],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
      'protocol',
    ],
    ['HTTP/0.9', 'hello', 'protocol'],
    ['nothing', '', 'reset'],
    ['a head of 10,000 headers', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(10_000)}\r\n`, 'protocol'],
    ['a thousand interim answers', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(1_000), 'protocol'],
    ['only one interim answer', 'HTTP/1.1 100 Continue\r\n\r\n', 'reset'],
    [
      'an announced body over the limit',
      'HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n',
      'too-large',
    ],
    [
      'chunks without end',
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${'3e8\r\n'.concat('x'.repeat(1_000), '\r\n').repeat(20)}`,
      'too-large',
    ],
    [
      'a compression nobody asked for',
      'HTTP/1.1 200 OK\r\ncontent-encoding: zstd\r\ncontent-length: 3\r\n\r\nabc',
      'protocol',
    ],
    [
      'a broken compression',
      'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc',
      'protocol',
    ],
    ['a switch of protocols', 'HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n', 'reset'],
  ];
  test.each(answers)('%s is a failure after sending', async (_, bytes, reason) => {
    const server = await raw((socket) => socket.end(bytes));
    const failed = await failure(client({ timeoutMs: 2_000 }).request(post(server.address)));
    expect([failed.reason, failed.sent]).toEqual([reason, true]);
  });

  test('a compressed answer is unpacked up to the limit, not beyond', async () => {
    const target = await receiver();
    const packed = (text: string) => (_: unknown, response: ServerResponse) =>
      void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text));
    target.script = [packed('x'.repeat(9_000)), packed('x'.repeat(5_000_000))];
    const outgoing = client();
    expect((await outgoing.request(get(target.address))).body).toHaveLength(9_000);
    expect((await failure(outgoing.request(get(target.address)))).reason).toBe('too-large');
  });

  test('packed bytes that never unpack to anything are read up to the limit, not beyond', async () => {
    const target = await receiver();
    const block = Buffer.concat(Array.from({ length: 1_000 }, () => Buffer.from([0, 0, 0, 0xff, 0xff])));
    target.script = [
      (_, response) => {
        response.writeHead(200, { 'content-encoding': 'deflate' }).write(Buffer.from([0x78, 0x9c]));
        for (let count = 0; count < 20; count += 1) response.write(block);
      },
    ];
    expect((await failure(client({ timeoutMs: 2_000 }).request(get(target.address)))).reason).toBe(
      'too-large',
    );
  });

  test('a drip of bytes ends at the total time', async () => {
    const server = await raw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
      const timer = setInterval(() => socket.write('x'), 50);
      socket.on('close', () => clearInterval(timer));
    });
    const failed = await failure(client({ timeoutMs: 400 }).request(get(server.address)));
    expect(failed).toEqual({ reason: 'timeout', sent: true, status: 200 });
  });

  test('a read that meets a closing connection is repeated once; a write never', async () => {
    let asked = 0;
    const server = await raw((socket) => {
      asked += 1;
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      socket.once('data', () => socket.resetAndDestroy());
    });
    const outgoing = client();
    await outgoing.request(get(server.address));
    expect((await outgoing.request(get(server.address))).status).toBe(200);
    expect(asked).toBe(2);
    expect(await failure(outgoing.request(post(server.address)))).toMatchObject({
      reason: 'reset',
      sent: true,
    });
    expect(asked).toBe(2);
  });
});

describe('over TLS', () => {
  let folder: string;
  const pem = (file: string) => readFileSync(join(folder, file), 'utf8');
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });

  function certificate(name: string, subject: string, days = '2') {
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      '/CN=x',
    );
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${subject}`);
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-days',
      days,
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.pem`,
    );
  }

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluis-tls-'));
    for (const ca of ['ca', 'other']) {
      openssl(
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        `${ca}.key`,
        '-out',
        `${ca}.pem`,
        '-days',
        '2',
        '-subj',
        `/CN=${ca}`,
      );
    }
    certificate('good', 'IP:127.0.0.1');
    certificate('wrong', 'DNS:elsewhere.example');
    certificate('client', 'DNS:client.example');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function secure(name: string, options: ServerOptions = {}) {
    let requests = 0;
    const server = createServer(
      { key: pem(`${name}.key`), cert: pem(`${name}.pem`), ...options },
      (_, response) => {
        requests += 1;
        response.writeHead(202).end();
      },
    );
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ending.push(
      () => new Promise((resolve) => server.close(resolve)),
      () => server.closeAllConnections(),
    );
    return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests: () => requests };
  }

  test('a certificate of a trusted authority for this name is taken', async () => {
    const server = await secure('good');
    expect((await client({ tls: { ca: pem('ca.pem') } }).request(post(server.url))).status).toBe(202);
  });

  test.each([
    ['an unknown authority', 'good', {}, 'other.pem'],
    ['another name', 'wrong', {}, 'ca.pem'],
    [
      'TLS 1.1',
      'good',
      { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
      'ca.pem',
    ],
  ] as const)('%s is refused before anything is sent', async (...[, name, options, ca]) => {
    const server = await secure(name, options);
    const failed = await failure(client({ tls: { ca: pem(ca) } }).request(post(server.url)));
    expect(failed).toMatchObject({ reason: 'tls', sent: false });
    expect(server.requests()).toBe(0);
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'the client certificate is shown where it is asked (%s)',
    async (version) => {
      const asks = {
        requestCert: true,
        rejectUnauthorized: true,
        ca: pem('ca.pem'),
        minVersion: version,
        maxVersion: version,
      };
      const server = await secure('good', asks);
      const tls = { ca: pem('ca.pem'), cert: pem('client.pem'), key: pem('client.key') };
      expect((await client({ tls }).request(post(server.url))).status).toBe(202);
      const failed = await failure(client({ tls: { ca: pem('ca.pem') } }).request(post(server.url)));
      expect(failed.sent).toBe(false);
      expect(server.requests()).toBe(1);
    },
  );
});
