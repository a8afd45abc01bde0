// What happens to bytes that a decent client would never send? Raw sockets against the data listener.
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpStage, raw, startHttp, statusesIn, taskId } from './httpStage.ts';
import { type Ground, prepareGround } from './storesUnderTest.ts';

let ground: Ground;
let stage: HttpStage;
let token: string;

beforeAll(async () => {
  ground = await prepareGround('sqlite');
  stage = await startHttp(await ground.open());
  token = await stage.token();
});
afterAll(async () => {
  await stage.end();
  await ground.end();
});

const send = (text: string) => raw(stage.port, text);
const head = (line: string, more = '') =>
  `${line} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n${more}`;
const get = (path: string, more = '') => `${head(`GET ${path}`, more)}\r\n`;

describe('the framing of a request', () => {
  it('lets a good request through twice on one connection', async () => {
    const twice = get(`/stu3/Task/${taskId}`) + get(`/stu3/Task/${taskId}`);
    expect(statusesIn(await send(twice))).toEqual([200, 200]);
  });

  it('is refused with both a length and chunks, and what follows is never served', async () => {
    const smuggled = get('/stu3/metadata');
    const text = `${head('PUT /stu3/Task/x', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n')}\r\n0\r\n\r\n${smuggled}`;
    const statuses = statusesIn(await send(text));
    expect(statuses).toEqual([400]);
  });

  it('is refused with two lengths or a length that is no plain number', async () => {
    for (const lengths of [
      '4\r\nContent-Length: 4',
      '4\r\nContent-Length: 5',
      '5, 5',
      '+5',
      '0x5',
      '5_0',
      '-1',
      '5 5',
    ]) {
      const text = `${head('PUT /stu3/Task/x', `Content-Length: ${lengths}\r\n`)}\r\nabcde${get('/stu3/metadata')}`;
      expect([lengths, statusesIn(await send(text))]).toEqual([lengths, [400]]);
    }
  });

  it('is refused with codings that hide chunks, bare line ends, folded lines or a space before the colon', async () => {
    for (const more of [
      'Transfer-Encoding: xchunked\r\n',
      'Transfer-Encoding: chunked, identity\r\n',
      'Transfer-Encoding : chunked\r\n',
      'X-Folded: a\r\n b\r\n',
      'Bad Header: x\r\n',
      'X-Null: a\0b\r\n',
    ]) {
      const [status = 0, ...others] = statusesIn(
        await send(`${head('PUT /stu3/Task/x', more)}\r\n${get('/stu3/metadata')}`),
      );
      expect([more, status >= 400 && status < 500, others]).toEqual([more, true, []]);
    }
    const bare = `GET /stu3/metadata HTTP/1.1\nHost: x\n\n`;
    expect(statusesIn(await send(bare))).toEqual([400]);
  });

  it('is refused as HTTP/0.9 and with a coding beside chunks, and the connection ends', async () => {
    expect(statusesIn(await send('GET /stu3/metadata\r\n\r\n'))).toEqual([400]);
    const more = 'Content-Type: application/fhir+json\r\nTransfer-Encoding: identity, chunked\r\n';
    const text = `${head('POST /stu3/$handover', more)}\r\n0\r\n\r\n${get('/stu3/metadata')}`;
    expect(statusesIn(await send(text))).toEqual([400]);
  });

  it('is refused without a host, with two hosts, and with a wrong version', async () => {
    expect(statusesIn(await send('GET /stu3/metadata HTTP/1.1\r\n\r\n'))).toEqual([400]);
    expect(
      statusesIn(
        await send('GET /stu3/metadata HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n'),
      ),
    ).toEqual([400]);
    expect(statusesIn(await send('GET /stu3/metadata HTTP/9.9\r\nHost: a\r\n\r\n'))).toEqual([400]);
    expect(statusesIn(await send('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'))).toEqual([400]);
  });

  it('is refused with chunks that are none', async () => {
    const chunked = 'Content-Type: application/fhir+json\r\nTransfer-Encoding: chunked\r\n';
    for (const chunk of [
      'zz\r\nabc\r\n',
      '-1\r\n',
      '5;\r\nab',
      `5;${'x'.repeat(20_000)}\r\nabcde\r\n`,
      'ffffffffffffffffff\r\n',
    ]) {
      const statuses = statusesIn(await send(`${head(`PUT /stu3/Task/${taskId}`, chunked)}\r\n${chunk}\r\n`));
      expect(statuses.every((status) => status >= 400 && status < 500)).toBe(true);
    }
  });
});

describe('headers', () => {
  it('with the names of object members harm nothing', async () => {
    const more = '__proto__: x\r\nconstructor: y\r\ntoString: z\r\nhasOwnProperty: z\r\n';
    expect(statusesIn(await send(get(`/stu3/Task/${taskId}`, more)))).toEqual([200]);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('are refused when there are too many or too much of them, and none is dropped in silence', async () => {
    const enough = Array.from({ length: 95 }, (_, index) => `X-${index}: y\r\n`).join('');
    expect(statusesIn(await send(get('/stu3/metadata', enough)))).toEqual([200]);
    const many = Array.from({ length: 120 }, (_, index) => `X-${index}: y\r\n`).join('');
    expect(statusesIn(await send(get('/stu3/metadata', many)))).toEqual([431]);
    const thousands = Array.from({ length: 1_900 }, (_, index) => `a${index}:\r\n`).join('');
    expect(statusesIn(await send(get('/stu3/metadata', thousands)))).toEqual([431]);
    expect(statusesIn(await send(get('/stu3/metadata', `X: ${'y'.repeat(65_536)}\r\n`)))).toEqual([431]);
  });

  it('are refused when one that decides comes twice', async () => {
    for (const more of [
      `Authorization: Bearer ${token}\r\n`,
      'Content-Type: application/fhir+json\r\nContent-Type: text/html\r\n',
      'If-Match: W/"1"\r\nIf-Match: W/"2"\r\n',
    ]) {
      expect(statusesIn(await send(get(`/stu3/Task/${taskId}`, more)))).toEqual([400]);
    }
  });
});

describe('methods', () => {
  it('that exist but not here get 405 with Allow; unknown ones 501; lower case 400', async () => {
    for (const method of ['TRACE', 'TRACK', 'CONNECT', 'PROPFIND', 'PATCH', 'DELETE', 'POST']) {
      const text = await send(
        head(`${method} ${method === 'CONNECT' ? 'x:80' : `/stu3/Task/${taskId}`}`, '\r\n'),
      );
      expect([method, statusesIn(text)]).toEqual([method, [405]]);
      expect(text).toMatch(/^Allow: .*GET/im);
    }
    const foreign = await send('TRACE /stu3/Task/x HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(statusesIn(foreign)).toEqual([405]);
    expect(statusesIn(await send(head('FOO /stu3/metadata', '\r\n')))).toEqual([501]);
    for (const method of ['get', 'Get', 'G\u0000T', '']) {
      expect(statusesIn(await send(head(`${method} /stu3/metadata`, '\r\n')))).toEqual([400]);
    }
    for (const path of ['/stu3/metadata', `/stu3/Task/${taskId}`]) {
      expect(statusesIn(await send(get(path) + head('FOO /x', '\r\n')))).toEqual([200, 501]);
    }
  });

  it('OPTIONS tells what an address knows, without a word on what exists or who may read it', async () => {
    const cors = 'Origin: https://evil.example\r\nAccess-Control-Request-Method: PUT\r\n';
    const known = await send(head(`OPTIONS /stu3/Task/${taskId}`, `${cors}\r\n`));
    const unknown = await send(head('OPTIONS /stu3/Task/1', `${cors}\r\n`));
    expect(statusesIn(known)).toEqual([204]);
    expect(known).toMatch(/^Allow: GET, HEAD, PUT, OPTIONS/m);
    expect(known).not.toMatch(/access-control/i);
    const plain = (text: string) => text.replace(/^(X-Request-Id|Date):.*$/gim, '');
    expect(plain(unknown)).toBe(plain(known));
    expect(statusesIn(await send('OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n'))).toEqual([204]);
  });
});

describe('the address', () => {
  const statusOf = async (path: string) => statusesIn(await send(get(path)))[0];

  it('is read once, in one way', async () => {
    for (const path of [
      '//stu3/Task/x',
      '/stu3//Task/x',
      '/stu3/../r4/$wishes',
      '/stu3/./Task/x',
      '/stu3/%2e%2e/Task/x',
      '/stu3/Task/%2f..%2f',
      '/stu3/Task/x%5cy',
      '/stu3/Task/x/',
      '/stu3/Task/x;a=b',
      '/stu3/Task/x%3Ba=b',
      '/stu3/Task/x%00',
      '/stu3/Task/%c0%ae',
      '/stu3/Task/%ff',
      '/stu3/Task/%252f',
      '/stu3/Task/%',
      '/stu3/Task/x%0d%0aSet-Cookie:y',
    ]) {
      const status = await statusOf(path);
      expect([path, status === 400 || status === 404]).toEqual([path, true]);
    }
    for (const path of [
      '/STU3/metadata',
      '/stu3/Metadata',
      '/Stu3/Task/x',
      '/stu3x/metadata',
      '/OAUTH/jwks',
      '/oauth/jwks/',
      '/metrics',
      '/health/ready',
      '/health/live',
      '/',
    ]) {
      const status = await statusOf(path);
      expect([path, status === 400 || status === 404]).toEqual([path, true]);
    }
  });

  it('may be well encoded or absolute, and names no other host by that', async () => {
    expect(await statusOf('/stu3/%54ask/x')).toBe(200);
    expect(stage.seen.at(-1)?.request.path).toEqual(['Task', 'x']);
    expect(await statusOf('http://evil.example/stu3/Task/x')).toBe(200);
    expect(await statusOf('http://evil.example//stu3/Task/x')).toBe(400);
  });

  it('is refused beyond its length', async () => {
    expect(await statusOf(`/stu3/Task/${'x'.repeat(3_000)}`)).toBe(414);
  });

  it('is refused with doubled, nested or broken parameters', async () => {
    const many = `/stu3/Task/x?${'a[]=1&'.repeat(300)}`;
    for (const path of [
      many,
      '/stu3/Task/x?a[b][c]=1',
      '/stu3/Task/x?__proto__[x]=1',
      '/stu3/Task/x?a=1&a=2',
      '/stu3/Task/x?a=1&%61=2',
      '/stu3/Task/x?a=%ff',
      '/stu3/Task/x?&&',
    ]) {
      expect([path.slice(0, 60), await statusOf(path)]).toEqual([path.slice(0, 60), 400]);
    }
    expect(await statusOf('/stu3/Task/x?patient=A%26patient=B')).toBe(200);
    expect(stage.seen.at(-1)?.request.query.get('patient')).toBe('A&patient=B');
  });
});

describe('slow callers', () => {
  it('are closed by the limits on headers, bodies and silence', async () => {
    const slow = await startHttp(await prepareStore(), {
      times: { headersMs: 500, requestMs: 900, idleMs: 1_500, keepAliveMs: 300 },
    });
    const own = await slow.token();
    const line = `PUT /stu3/Task/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${own}\r\n`;
    const started = performance.now();
    const answers = await Promise.all([
      raw(slow.port, '', 6_000),
      raw(slow.port, 'GET /stu3/metadata HT', 6_000),
      raw(slow.port, `${line}Content-Type: application/fhir+json\r\nContent-Length: 100\r\n\r\n{`, 6_000),
    ]);
    expect(performance.now() - started).toBeLessThan(5_500);
    expect(statusesIn(answers[1] ?? '')).toEqual([408]);
    expect(statusesIn(answers[2] ?? '')).toEqual([408]);
    await slow.end();
  });

  it('have less time for headers than for a whole request', async () => {
    const slow = await startHttp(await prepareStore(), { times: { headersMs: 400, requestMs: 60_000 } });
    const started = performance.now();
    expect(statusesIn(await raw(slow.port, 'GET /stu3/metadata HTTP/1.1\r\nHo', 6_000))).toEqual([408]);
    expect(performance.now() - started).toBeLessThan(5_500);
    await slow.end();
  });
});

describe('a caller that is refused before its body came', () => {
  it('sees why, and is cut off when it goes on sending', async () => {
    const socket = connect(stage.port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('error', () => undefined);
    socket.write('POST /stu3/$handover HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
    const started = performance.now();
    const feeding = setInterval(() => socket.write('1\r\nx\r\n'), 50);
    await closed;
    clearInterval(feeding);
    expect(statusesIn(text)).toEqual([401]);
    expect(performance.now() - started).toBeLessThan(8_000);
  });

  it('hears in the answer that the connection ends, and hears all of it while it still sends', async () => {
    const socket = connect(stage.port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    const ended = new Promise((resolve) => socket.on('close', resolve));
    const more = 'Content-Type: application/fhir+json\r\nContent-Length: 50000000\r\n';
    socket.write(`${head('POST /stu3/$handover', more)}\r\n`);
    // as many callers do: it sends for a while before it looks
    socket.pause();
    const feeding = setInterval(() => socket.write(Buffer.alloc(65_536, ' ')), 5);
    setTimeout(() => socket.resume(), 500);
    await ended;
    clearInterval(feeding);
    const [headers = '', body = ''] = text.split('\r\n\r\n');
    expect(statusesIn(headers)).toEqual([413]);
    expect(headers).toMatch(/\r\nConnection: close\r\n/i);
    expect(JSON.parse(body)).toMatchObject({ issue: [{ code: 'too-long' }] });
  });

  it('has nothing done on that connection any more', async () => {
    const socket = connect({ port: stage.port, host: '127.0.0.1', allowHalfOpen: true });
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    const asked = stage.seen.length;
    socket.write('POST /stu3/$handover HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
    await expect.poll(() => text).toContain('\r\n\r\n');
    socket.write(`1\r\nx\r\n0\r\n\r\n${get(`/stu3/Task/${taskId}`)}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    socket.destroy();
    expect([statusesIn(text), stage.seen.length]).toEqual([[401], asked]);
  });

  it('keeps its connection when the body came along with the headers', async () => {
    const small = 'POST /stu3/$handover HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}';
    const text = await send(small + get('/stu3/metadata'));
    expect(statusesIn(text)).toEqual([401, 200]);
    expect(text).not.toMatch(/Connection: close/i);
  });
});

describe('a caller that never reads its answer', () => {
  it('is cut off, and what it held is given back', async () => {
    const own = await startHttp(await prepareStore(), { times: { idleMs: 400, requestMs: 5_000 } });
    const bytes = Buffer.alloc(32 * 1_048_576);
    own.plan.current = () => ({ status: 200, raw: { contentType: 'application/pdf', bytes } });
    const socket = connect(own.port, '127.0.0.1');
    socket.pause();
    socket.write(
      `GET /stu3/Binary/b HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${await own.token()}\r\n\r\n`,
    );
    const aborted = () => own.lines.some((line) => line.includes('"status":499'));
    await expect.poll(aborted, { timeout: 8_000 }).toBe(true);
    socket.destroy();
    await own.end();
  });
});

const prepareStore = () => ground.open({ gateway: 'slow', role: 'command' });
