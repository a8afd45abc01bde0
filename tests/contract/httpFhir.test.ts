// Does the data listener speak FHIR over HTTP as agreed? Forms, bodies, limits, errors, budgets and what is logged.
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import type { Store } from '../../src/store/store.ts';
import { type HttpStage, raw, startHttp, statusesIn, task, taskId } from './httpStage.ts';
import { assertion, assertionType, baseUrl, formOf, recordsOf } from './identityCast.ts';
import { type Ground, prepareGround } from './storesUnderTest.ts';

let ground: Ground;
let store: Store;
let stage: HttpStage;
let token: string;
const testBsn = '999911612';

beforeAll(async () => {
  ground = await prepareGround('sqlite');
  store = await ground.open();
  stage = await startHttp(store);
  token = await stage.token();
});
afterEach(() => {
  stage.plan.current = () => ({ status: 200, resource: task });
});
afterAll(async () => {
  await stage.end();
  await ground.end();
});

type Ask = { method?: string; headers?: Record<string, string>; body?: string | Uint8Array; bare?: boolean };
const ask = (path: string, { method = 'GET', headers = {}, body, bare }: Ask = {}) =>
  fetch(`${stage.url}${path}`, {
    method,
    redirect: 'manual',
    headers: { ...(bare ? {} : { authorization: `Bearer ${token}` }), ...headers },
    ...(body === undefined ? {} : { body: body as string }),
  });
const json = 'application/fhir+json';
const push = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
  ask('/stu3/$handover', { method: 'POST', body, headers: { 'content-type': json, ...headers } });
const bundle = JSON.stringify({ resourceType: 'Bundle', type: 'document' });
const xmlBundle = '<Bundle xmlns="http://hl7.org/fhir"><type value="document"/></Bundle>';

describe('who may come in', () => {
  it('is a caller with one token in the header, whatever the case of the scheme', async () => {
    expect(
      (await ask(`/stu3/Task/${taskId}`, { headers: { authorization: `bearer ${token}` } })).status,
    ).toBe(200);
    const none = await ask(`/stu3/Task/${taskId}`, { bare: true });
    expect(none.status).toBe(401);
    expect(none.headers.get('www-authenticate')).toBe('Bearer');
    expect((await none.json()) as object).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [{ code: 'login' }],
    });
    for (const path of [`/stu3/Task/${taskId}?access_token=${token}`]) {
      expect((await ask(path, { bare: true })).status).toBe(401);
      expect((await ask(path)).status).toBe(400);
    }
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const inBody = { method: 'POST', bare: true, headers: form, body: `access_token=${token}` };
    expect((await ask('/stu3/$handover', inBody)).status).toBe(401);
    expect(stage.lines.join('')).not.toContain(token);
  });

  it('is asked before the exchange is, and before the body is read', async () => {
    const before = stage.seen.length;
    const text = await raw(
      stage.port,
      'POST /stu3/$handover HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n',
    );
    expect(statusesIn(text)).toEqual([401]);
    expect(stage.seen).toHaveLength(before);
  });

  it('is told to go on with a body once it is wanted', async () => {
    const line = `POST /stu3/$handover HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: ${json}\r\n`;
    const text = await raw(
      stage.port,
      `${line}Expect: 100-continue\r\nContent-Length: ${bundle.length}\r\n\r\n${bundle}`,
    );
    expect(statusesIn(text)).toEqual([100, 200]);
    const tooMuch = await raw(stage.port, `${line}Expect: 100-continue\r\nContent-Length: 20000000\r\n\r\n`);
    expect(statusesIn(tooMuch)).toEqual([413]);
  });
});

describe('the body', () => {
  it('is read by its content type alone: FHIR JSON and XML, and their plain names', async () => {
    for (const type of [
      json,
      'application/json',
      'application/fhir+json; charset=UTF-8',
      'application/fhir+json;fhirVersion=3.0',
      'APPLICATION/FHIR+JSON; charset="utf-8"',
    ]) {
      expect([type, (await push(bundle, { 'content-type': type })).status]).toEqual([type, 200]);
    }
    for (const type of ['application/fhir+xml', 'application/xml']) {
      expect((await push(xmlBundle, { 'content-type': type })).status).toBe(200);
      expect(stage.seen.at(-1)?.request.resource).toMatchObject({ resourceType: 'Bundle', type: 'document' });
    }
  });

  it('is refused in any other type, naming those that are taken', async () => {
    const types = [
      'text/plain',
      'text/xml',
      'application/fhir+json; charset=utf-16',
      'application/fhir+json; charset=iso-8859-1',
      'multipart/form-data; boundary=x',
      'application/fhir+json, application/fhir+xml',
      'application/fhir+json;fhirVersion=4.0',
      'application/x-www-form-urlencoded',
      'json',
      'application/fhir+json; charset=utf-8; charset=utf-16',
    ];
    for (const type of types) {
      const answer = await push(bundle, { 'content-type': type });
      expect([type, answer.status]).toEqual([type, 415]);
      expect(await answer.text()).toContain('application/fhir+json');
    }
    expect((await push(new TextEncoder().encode(bundle), { 'content-type': '' })).status).toBe(415);
    expect((await push(bundle, { 'content-type': 'application/fhir+xml' })).status).toBe(400);
    expect((await push(xmlBundle)).status).toBe(400);
  });

  it('is refused when it does not parse, is no resource, or has not the structure of its type', async () => {
    for (const text of [
      '{',
      '[]',
      '7',
      'null',
      '{"resourceType":7}',
      '{}',
      `${bundle}${bundle}`,
      `\ufeff${bundle}`,
      '{"resourceType":"Bundle","type":NaN}',
      '{"resourceType":"Bundle","resourceType":"Task"}',
    ]) {
      const { status } = await push(text);
      expect([text, status === 400 || status === 422]).toEqual([text, true]);
    }
    const wrong = await push('{"resourceType":"Bundle","type":"document","Status":"x"}');
    expect(wrong.status).toBe(422);
    expect(await wrong.text()).toContain('Bundle.Status');
  });

  it('is unpacked from gzip, deflate and br, and refused in other or layered codings', async () => {
    const packers = { gzip: gzipSync, 'x-gzip': gzipSync, deflate: deflateSync, br: brotliCompressSync };
    for (const [coding, pack] of Object.entries(packers)) {
      expect([coding, (await push(pack(bundle), { 'content-encoding': coding })).status]).toEqual([
        coding,
        200,
      ]);
    }
    expect((await push(bundle, { 'content-encoding': 'identity' })).status).toBe(200);
    for (const coding of ['zstd', 'compress', 'gzip, gzip', 'gzip,br', 'constructor', 'x']) {
      const answer = await push(gzipSync(bundle), { 'content-encoding': coding });
      expect([coding, answer.status]).toEqual([coding, 415]);
      expect(answer.headers.get('accept-encoding')).toBe('gzip, deflate, br');
    }
    expect((await push(bundle, { 'content-encoding': 'gzip' })).status).toBe(400);
    expect((await push(gzipSync(bundle).subarray(0, 20), { 'content-encoding': 'gzip' })).status).toBe(400);
  });

  it('is refused by its unpacked size, as a stream', async () => {
    const zeros = Buffer.alloc(64 * 1_048_576);
    const started = process.memoryUsage().rss;
    for (const [coding, bomb] of [
      ['gzip', gzipSync(zeros)],
      ['br', brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
      ['deflate', deflateSync(zeros)],
    ] as const) {
      expect((await push(bomb, { 'content-encoding': coding })).status).toBe(413);
    }
    expect(process.memoryUsage().rss - started).toBeLessThan(200 * 1_048_576);
  });

  it('is refused in chunks without end', async () => {
    const chunk = Buffer.alloc(1_048_576, 0x20);
    const endless = new ReadableStream({
      pull(controller) {
        controller.enqueue(chunk);
      },
    });
    const work = fetch(`${stage.url}/stu3/$handover`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': json },
      body: endless,
      duplex: 'half',
    } as RequestInit);
    const status = await work.then(
      (answer) => answer.status,
      () => 413,
    );
    expect(status).toBe(413);
  });

  it('is refused where none belongs', async () => {
    const text = await raw(
      stage.port,
      `GET /stu3/Task/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: 2\r\n\r\n{}`,
    );
    expect(statusesIn(text)).toEqual([400]);
  });

  it('that is refused leaves one record of who sent it', async () => {
    const before = (await recordsOf(store)).length;
    await push('{');
    expect((await recordsOf(store)).slice(before)).toMatchObject([
      {
        event: 'request.refused',
        outcome: 'refused',
        participantId: 'epd-a',
        clientId: 'epd-a-system',
        detail: { route: '/stu3/$handover' },
      },
    ]);
  });

  it('that is refused leaves the professional and the purpose in its record, also for a token in the address', async () => {
    const subject = 'http://fhir.nl/fhir/NamingSystem/uzi-nr-pers#900000711';
    const b2b = {
      version: '1',
      organization_id: 'http://fhir.nl/fhir/NamingSystem/ura#90000001',
      purpose_of_use: ['TREAT'],
    };
    const extensions = { 'hl7-b2b': { ...b2b, subject_id: subject, subject_role: '30.000' } };
    const exp = Math.floor(Date.now() / 1_000) + 60;
    const form = formOf(await assertion({ claims: { exp, extensions } }));
    const { access_token } = await stage.identity.issueToken(form, { requestId: 'test' });
    const before = (await recordsOf(store)).length;
    const headers = { authorization: `Bearer ${access_token}` };
    for (const query of ['Nowhere/at-all/here', `Task/${taskId}?access_token=${access_token}`])
      expect((await fetch(`${stage.url}/stu3/${query}`, { headers })).ok).toBe(false);
    const who = {
      event: 'request.refused',
      participantId: 'epd-a',
      practitioner: { identifier: subject.replace('#', '|'), role: '30.000' },
      purposeOfUse: 'TREAT',
    };
    expect((await recordsOf(store)).slice(before)).toMatchObject([
      { ...who, reason: 'notFound' },
      { ...who, reason: 'token-in-address' },
    ]);
  });
});

describe('the form of the answer', () => {
  const typeOf = async (path: string, accept?: string) => {
    const answer = await ask(path, { headers: accept === undefined ? {} : { accept } });
    await answer.arrayBuffer();
    return answer.status === 200 ? (answer.headers.get('content-type') ?? '').split(';')[0] : answer.status;
  };
  const path = `/stu3/Task/${taskId}`;

  it('follows Accept, with JSON where it is open', async () => {
    const cases: [string | undefined, string | number | undefined][] = [
      [undefined, json],
      ['*/*', json],
      ['application/*', json],
      ['application/json', json],
      ['application/xml', 'application/fhir+xml'],
      ['application/fhir+xml', 'application/fhir+xml'],
      ['application/fhir+json;q=0.4, application/fhir+xml;q=0.5', 'application/fhir+xml'],
      ['text/html, application/fhir+xml;q=0.1', 'application/fhir+xml'],
      ['application/fhir+json;q=0, */*', 'application/fhir+xml'],
      ['application/fhir+json; fhirVersion=3.0', json],
      ['application/fhir+json; fhirVersion=4.0', 406],
      ['application/fhir+json;q=0', 406],
      ['text/html', 406],
      ['image/png, text/*', 406],
      ['nonsense', 406],
      [`${'a/b,'.repeat(2_000)}`, 406],
    ];
    for (const [accept, expected] of cases)
      expect([accept?.slice(0, 60), await typeOf(path, accept)]).toEqual([accept?.slice(0, 60), expected]);
  });

  it('is settled before the exchange is asked, so that nothing happens without an answer', async () => {
    const before = stage.seen.length;
    expect((await push(bundle, { accept: 'text/html' })).status).toBe(406);
    expect((await ask(path, { headers: { accept: 'text/html' } })).status).toBe(406);
    expect(stage.seen).toHaveLength(before);
  });

  it('says in which forms there is one, with the form that the address has of its own', async () => {
    const told = async (at: string) => (await ask(at, { headers: { accept: 'image/png' } })).text();
    expect(await told(path)).toContain('application/fhir+json or application/fhir+xml.');
    expect(await told('/stu3/Patient/1')).toContain('application/fhir+xml or application/vnd.own+json.');
  });

  it('follows `_format` over Accept, and never becomes a page', async () => {
    expect(await typeOf(`${path}?_format=xml`, json)).toBe('application/fhir+xml');
    expect(await typeOf(`${path}?_format=application/fhir+xml`, json)).toBe('application/fhir+xml');
    expect(await typeOf(`${path}?_format=application%2Ffhir%2Bjson`, 'application/fhir+xml')).toBe(json);
    for (const format of ['text/html', 'html', '', 'x', '../xml', 'application/fhir+json;fhirVersion=4.0']) {
      expect([format, await typeOf(`${path}?_format=${format}`)]).toEqual([format, 406]);
    }
    expect(stage.seen.every(({ request }) => !request.query.has('_format'))).toBe(true);
  });

  it('is XML for an error when XML is asked', async () => {
    const answer = await ask('/stu3/Task/x', { bare: true, headers: { accept: 'application/fhir+xml' } });
    expect(await answer.text()).toContain('<OperationOutcome');
  });

  it('of HEAD is that of GET without the body, asked in the same way', async () => {
    const [got, head] = [await ask(path), await ask(path, { method: 'HEAD' })];
    expect(await head.text()).toBe('');
    expect(head.status).toBe(got.status);
    const names = (answer: Response) =>
      [...answer.headers.keys()].filter((name) => !['date', 'keep-alive'].includes(name)).sort();
    expect(names(head)).toEqual(names(got));
    expect(head.headers.get('content-length')).toBe(String((await got.text()).length));
    expect(stage.seen.at(-1)?.request).toMatchObject({ method: 'GET', headersOnly: true });
    expect((await ask(path, { method: 'HEAD', bare: true })).status).toBe(401);
  });

  it('follows Accept-Language between two languages, whatever else it holds', async () => {
    const languageFor = async (text: string) => {
      await ask(path, { headers: { 'accept-language': text } });
      return stage.seen.at(-1)?.request.language;
    };
    expect(await languageFor('nl')).toBe('nl');
    expect(await languageFor('nl-NL,en;q=0.5')).toBe('nl');
    expect(await languageFor('en, nl;q=0.9')).toBe('en');
    for (const odd of ['../../nl', 'xx,'.repeat(4_000), '*', '(a+)+$', 'nl;q=0'])
      expect(await languageFor(odd)).toBe('en');
  });

  it('of a Binary is its own type as an attachment, never a page; FHIR only by name', async () => {
    const pdf = Buffer.from('%PDF-1.4 test');
    const binary = (contentType: string) => ({
      status: 200,
      resource: { resourceType: 'Binary', id: 'b', contentType, content: pdf.toString('base64') },
    });
    stage.plan.current = () => binary('application/pdf');
    for (const accept of [undefined, '*/*', 'application/pdf', 'application/*', 'text/html, */*;q=0.1']) {
      const answer = await ask('/stu3/Binary/b', { headers: accept ? { accept } : {} });
      expect([accept, answer.headers.get('content-type')]).toEqual([accept, 'application/pdf']);
      expect(answer.headers.get('content-disposition')).toBe('attachment');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(pdf);
    }
    for (const accept of [json, 'application/fhir+xml']) {
      expect(await (await ask('/stu3/Binary/b', { headers: { accept } })).text()).toContain('Binary');
    }
    expect((await ask('/stu3/Binary/b', { headers: { accept: 'text/html' } })).status).toBe(406);
    for (const type of [
      'text/html',
      'Text/HTML; charset=x',
      'application/xhtml+xml',
      'image/svg+xml',
      'text/xml',
      'text/javascript',
      'a\r\nb: c',
      '',
      '*/*',
      'text/html;',
    ]) {
      stage.plan.current = () => binary(type);
      const answer = await ask('/stu3/Binary/b');
      expect([type, answer.headers.get('content-type')]).toEqual([type, 'application/octet-stream']);
    }
  });
});

describe('errors', () => {
  it('that nobody meant become a fixed text, with the cause in the log alone', async () => {
    stage.plan.current = () => {
      throw new Error(`SQL at /srv/secret for ${testBsn}`);
    };
    const answer = await ask('/stu3/Task/x');
    const text = await answer.text();
    expect(answer.status).toBe(500);
    expect(text).not.toMatch(/SQL|secret|stack|at \//);
    expect(text).not.toContain(testBsn);
    expect(stage.lines.join('')).toContain('SQL at');
    expect(stage.lines.join('')).not.toContain(testBsn);
  });

  it('carry status, issue code, reason and headers of their kind', async () => {
    stage.plan.current = () => {
      throw new GatewayError('denied', 'The grant has ended.', { reason: 'grant-ended' });
    };
    const answer = await ask('/stu3/Task/x');
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({
      issue: [{ severity: 'error', code: 'forbidden', details: { coding: [{ code: 'grant-ended' }] } }],
    });
    const patch = await ask('/stu3/Task/x', { method: 'PATCH' });
    expect(patch.status).toBe(405);
    expect(patch.headers.get('allow')).toContain('PUT');
  });

  it('and answers alike hide the software, forbid storing, framing and guessing types', async () => {
    for (const answer of [
      await ask('/stu3/Task/x'),
      await ask('/stu3/Task/x', { bare: true }),
      await ask('/nowhere'),
      await ask('/oauth/token', { method: 'POST' }),
      await ask('/stu3/metadata'),
    ]) {
      const { headers } = answer;
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('server')).toBeNull();
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('strict-transport-security')).toContain('max-age=31536000');
      expect(headers.get('etag')).toBeNull();
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('for an exchange that takes too long is 504', async () => {
    const slow = await startHttp(store, { times: { answerMs: 150 } });
    slow.plan.current = () => new Promise(() => undefined);
    const answer = await fetch(`${slow.url}/stu3/Task/x`, {
      headers: { authorization: `Bearer ${await slow.token()}` },
    });
    expect(answer.status).toBe(504);
    await slow.end();
  });
});

describe('the request id', () => {
  const idFor = async (given: string) =>
    (await ask('/stu3/Task/x', { headers: { 'x-request-id': given } })).headers.get('x-request-id');

  it('is taken over when it is harmless, and comes back', async () => {
    for (const id of ['order-4711-abc', '0b5c1f3e-1111-4222-8333-444455556666', 'A1b2C3d4']) {
      expect(await idFor(id)).toBe(id);
      expect(stage.seen.at(-1)?.request.requestId).toBe(id);
    }
  });

  it('is replaced when it is long, odd, or could hold a BSN', async () => {
    const bad = [
      `req-${testBsn}`,
      testBsn,
      `x-999.911.612-y`,
      `${'$'}{jndi:ldap://x}`,
      '","level":10',
      'a'.repeat(65),
      'short',
      '../../etc',
    ];
    for (const id of bad) expect(await idFor(id)).toMatch(/^[0-9a-f-]{36}$/);
    for (const id of ['\u001b[31mred-alert', 'abcdefgh\r\nSet-Cookie: x=y', 'a'.repeat(9_000)]) {
      const text = await raw(
        stage.port,
        `GET /stu3/metadata HTTP/1.1\r\nHost: x\r\nX-Request-Id: ${id}\r\n\r\n`,
      );
      expect(text).not.toMatch(/red-alert|^Set-Cookie|a{100}/im);
    }
    for (const line of stage.lines) {
      expect(line.endsWith('\n')).toBe(true);
      expect(() => JSON.parse(line)).not.toThrow();
    }
    expect(stage.lines.join('')).not.toContain(testBsn);
  });
});

describe('the log', () => {
  it('names request, participant, route pattern, status and time, but no address and no body', async () => {
    await ask('/stu3/Patient/some-id?x=some-value', { headers: { 'x-request-id': 'log-test-1' } });
    await ask('/stu3/Nothing/some-id', { headers: { 'x-request-id': 'log-test-2' } });
    const line = (id: string) =>
      stage.lines
        .map((text) => JSON.parse(text) as Record<string, unknown>)
        .find((entry) => entry.requestId === id && entry.msg === 'request');
    expect(line('log-test-1')).toMatchObject({
      level: 'info',
      method: 'GET',
      route: '/stu3/Patient/:id',
      status: 200,
      participantId: 'epd-a',
      clientId: 'epd-a-system',
      ms: expect.any(Number),
    });
    expect(line('log-test-2')).toMatchObject({ route: '/stu3/*', status: 404 });
    expect(stage.lines.join('')).not.toMatch(/some-(id|value)/);
  });

  it.each([
    `/stu3/Patient/${testBsn}`,
    `/stu3/Patient/x?x=${testBsn}`,
    `/r4/Patient?identifier=http://fhir.nl/fhir/NamingSystem/bsn|${testBsn}`,
    `/r4/Consent?patient=Patient/${testBsn}`,
    '/r4/Patient?identifier=urn:oid:2.16.840.1.113883.2.4.6.3|123',
  ])('refuses a BSN in an address before anything sees it: %s', async (address) => {
    const seen = stage.seen.length;
    const answer = await ask(address);
    expect([answer.status, stage.seen.length]).toEqual([400, seen]);
    expect(await answer.text()).toContain('bsn-in-address');
    expect(stage.lines.join('')).not.toContain(testBsn);
  });
});

describe('the token endpoint over HTTP', () => {
  const post = (body: string, headers: Record<string, string> = {}, query = '') =>
    ask(`/oauth/token${query}`, {
      method: 'POST',
      bare: true,
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });
  const form = async (more: Record<string, string> = {}) =>
    new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: assertionType,
      client_assertion: await stage.freshAssertion(),
      ...more,
    }).toString();

  it('gives a token that works', async () => {
    const answer = await post(await form({ scope: 'handover' }));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('pragma')).toBe('no-cache');
    const { access_token } = (await answer.json()) as { access_token: string };
    expect((await ask('/stu3/Task/x', { headers: { authorization: `Bearer ${access_token}` } })).status).toBe(
      200,
    );
  });

  it('refuses doubled parameters, parameters in the address, other types and large forms, each on the record', async () => {
    const before = (await recordsOf(store)).length;
    const good = await form();
    const answers = [
      await post(`${good}&grant_type=client_credentials`),
      await post('', {}, `?${good}`),
      await post(good, { 'content-type': 'application/json' }),
      await post(good, { authorization: 'Basic YTpi' }),
      await post('grant_type=client_credentials', { authorization: 'Basic YTpi' }),
      await post(Array.from({ length: 50_000 }, (_, index) => index % 10).join('&')),
      await post(Array.from({ length: 40 }, (_, index) => `a${index}=1`).join('&')),
      await post('grant_type=password'),
      await post(''),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([400, 400, 415, 400, 401, 413, 400, 400, 400]);
    const errors = await Promise.all(
      answers.map(async (answer) => ((await answer.json()) as { error: string }).error),
    );
    expect(errors).toEqual([
      'invalid_request',
      'invalid_request',
      'invalid_request',
      'invalid_request',
      'invalid_client',
      'invalid_request',
      'invalid_request',
      'unsupported_grant_type',
      'invalid_request',
    ]);
    expect((await recordsOf(store)).slice(before).map((record) => record.event)).toEqual(
      Array(9).fill('token.refused'),
    );
  });

  it('answers other methods with 405, and publishes its documents from the settings alone', async () => {
    const get = await ask('/oauth/token');
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
    for (const path of [
      '/.well-known/oauth-authorization-server',
      '/.well-known/smart-configuration',
      '/stu3/.well-known/smart-configuration',
      '/r4/.well-known/smart-configuration',
    ]) {
      const text = await raw(
        stage.port,
        `GET ${path} HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nForwarded: host=evil.example\r\nX-Forwarded-Proto: http\r\n\r\n`,
      );
      expect(statusesIn(text)).toEqual([200]);
      expect(text).not.toContain('evil');
      expect(text).toContain(`"token_endpoint":"${baseUrl}/oauth/token"`);
    }
    const keys = await ask('/oauth/jwks', { bare: true });
    expect(await keys.json()).toMatchObject({ keys: [{ alg: 'ES256' }] });
  });
});

describe('the status of a handover', () => {
  const path = `/handover/${taskId}`;

  it('is JSON, or a page for who asks for one, under a strict policy', async () => {
    expect(await (await ask(path)).json()).toEqual({ id: taskId });
    const page = await ask(path, { headers: { accept: 'text/html,*/*;q=0.8', 'accept-language': 'nl' } });
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toMatch(
      /default-src 'none';style-src 'sha256-[^']+';.*frame-ancestors 'none'/,
    );
    expect(await page.text()).toContain('lang="nl"');
    expect((await ask(path, { headers: { accept: 'image/png' } })).status).toBe(406);
  });

  it('is cancelled by DELETE, refused without a token, and unknown ids are 404', async () => {
    expect(await (await ask(path, { method: 'DELETE' })).json()).toMatchObject({ state: 'cancelled' });
    const bare = await ask(path, { bare: true });
    expect([bare.status, bare.headers.get('content-type')]).toEqual([
      401,
      'application/problem+json; charset=utf-8',
    ]);
    const before = (await recordsOf(store)).length;
    expect((await ask('/handover/1')).status).toBe(404);
    expect((await ask(path, { method: 'DELETE', body: '{}' })).status).toBe(400);
    expect((await recordsOf(store)).slice(before)).toMatchObject([
      { outcome: 'refused', reason: 'notFound' },
      { outcome: 'refused', reason: 'invalid' },
    ]);
    expect((await ask(path, { method: 'PUT', body: '{}' })).status).toBe(405);
  });
});

describe('budgets', () => {
  it('are separate per lane and per participant, and say when to come back', async () => {
    const small = await startHttp(store, {
      rates: { push: { points: 3, seconds: 60 }, tokenPerClient: { points: 2, seconds: 60 } },
    });
    const mine = await small.token();
    const to = (path: string, method: string) =>
      fetch(`${small.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${mine}`, 'content-type': json },
        ...(method === 'POST' ? { body: bundle } : {}),
      });
    const pushes = await Promise.all(Array.from({ length: 6 }, () => to('/stu3/$handover', 'POST')));
    expect(pushes.map((answer) => answer.status).sort()).toEqual([200, 200, 200, 429, 429, 429]);
    const refused = pushes.find((answer) => answer.status === 429);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused?.json()).toMatchObject({ issue: [{ code: 'throttled' }] });
    expect((await to('/stu3/Task/x', 'GET')).status).toBe(200);
    expect((await to(`/handover/${taskId}`, 'GET')).status).toBe(200);
    const statuses: number[] = [];
    for (let count = 0; count < 3; count++) {
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: assertionType,
        client_assertion: await small.freshAssertion(),
      });
      statuses.push((await fetch(`${small.url}/oauth/token`, { method: 'POST', body })).status);
    }
    expect(statuses).toEqual([200, 200, 429]);
    await small.end();
  });

  it('end the patience with an address whose tokens keep failing, and leave others alone', async () => {
    const small = await startHttp(store, { rates: { refusalsPerAddress: { points: 2, seconds: 60 } } });
    const statusWith = async (credentials: string) =>
      (await fetch(`${small.url}/stu3/Task/x`, { headers: { authorization: credentials } })).status;
    const statuses: number[] = [];
    for (let count = 0; count < 4; count++) statuses.push(await statusWith('Bearer abc'));
    expect(statuses).toEqual([401, 401, 429, 429]);
    expect(await statusWith(`Bearer ${await small.token()}`)).toBe(200);
    await small.end();
  });

  it('hold for the bytes of all bodies together', async () => {
    const small = await startHttp(store, { body: { budgetBytes: 1_048_576, participantShare: 0.5 } });
    const mine = await small.token();
    const held: (() => void)[] = [];
    small.plan.current = () =>
      new Promise((resolve) => held.push(() => resolve({ status: 200, resource: task })));
    const push = (size: number) =>
      fetch(`${small.url}/stu3/$handover`, {
        method: 'POST',
        headers: { authorization: `Bearer ${mine}`, 'content-type': json },
        body: bundle + ' '.repeat(size),
      });
    const first = push(400_000);
    await expect.poll(() => held.length).toBe(1);
    const second = await push(400_000);
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, '1']);
    held[0]?.();
    expect((await first).status).toBe(200);
    await expect
      .poll(async () =>
        (await small.metrics.registry.getSingleMetricAsString('http_body_bytes_in_use')).split('\n').at(-1),
      )
      .toBe('http_body_bytes_in_use 0');
    const third = push(400_000);
    await expect.poll(() => held.length).toBe(2);
    held[1]?.();
    expect((await third).status).toBe(200);
    await small.end();
  });
});

describe('behind a proxy', () => {
  it('only a configured one is believed about the caller’s address, and only for limits and logs', async () => {
    const addressIn = async (settings: object, forwarded: string) => {
      const own = await startHttp(store, settings as Record<string, unknown>);
      await fetch(`${own.url}/stu3/metadata`, { headers: { 'x-forwarded-for': forwarded } });
      await expect.poll(() => own.lines.length).toBeGreaterThan(0);
      await own.end();
      return (JSON.parse(own.lines[0] ?? '{}') as { address: string }).address;
    };
    expect(await addressIn({}, '203.0.113.7')).toBe('127.0.0.1');
    const trusted = { trustedProxies: ['127.0.0.1', '10.0.0.0/8'] };
    expect(await addressIn(trusted, '198.51.100.1, 203.0.113.7, 10.1.2.3')).toBe('203.0.113.7');
    expect(await addressIn(trusted, 'nonsense')).toBe('127.0.0.1');
  });
});

describe('the ops listener', () => {
  it('shows health and metrics, without ids in a label', async () => {
    await ask(`/stu3/Task/${taskId}`);
    expect((await fetch(`${stage.opsUrl}/health/live`)).status).toBe(200);
    expect(await (await fetch(`${stage.opsUrl}/health/ready`)).json()).toEqual({
      status: 'ready',
      checks: { store: 'up' },
    });
    const text = await (await fetch(`${stage.opsUrl}/metrics`)).text();
    expect(text).toMatch(/http_requests_total\{route="\/stu3\/Task\/:id",method="GET",status="200"\} \d+/);
    expect(text).toContain('http_request_duration_seconds_bucket');
    expect(text).toContain('http_requests_in_flight');
    expect(text).not.toContain(taskId);
    expect((await fetch(`${stage.opsUrl}/stu3/metadata`)).status).toBe(404);
    expect((await fetch(`${stage.opsUrl}/metrics`, { method: 'POST' })).status).toBe(405);
  });
});

describe('a graceful stop', () => {
  it('turns readiness off first, finishes what runs, takes no more, and ends fast when forced', async () => {
    const own = await startHttp(store);
    const mine = await own.token();
    const release: (() => void)[] = [];
    own.plan.current = () =>
      new Promise((resolve) => release.push(() => resolve({ status: 200, resource: task })));
    const get = () => fetch(`${own.url}/stu3/Task/x`, { headers: { authorization: `Bearer ${mine}` } });
    const running = get();
    await expect.poll(() => release.length).toBe(1);
    const stopped = own.lifecycle.stop(own.servers, { noticeMs: 200, drainMs: 5_000 });
    expect((await fetch(`${own.opsUrl}/health/ready`)).status).toBe(503);
    const during = get();
    await expect.poll(() => release.length).toBe(2);
    for (const go of release) go();
    expect((await running).status).toBe(200);
    const late = await during;
    expect([late.status, late.headers.get('connection')]).toEqual([200, 'close']);
    await stopped;
    await expect(get()).rejects.toThrow();

    const stuck = await startHttp(store);
    const other = await stuck.token();
    stuck.plan.current = () => new Promise(() => undefined);
    const lost = fetch(`${stuck.url}/stu3/Task/x`, { headers: { authorization: `Bearer ${other}` } }).catch(
      () => 'cut',
    );
    await expect.poll(() => stuck.seen.length).toBe(1);
    const ending = stuck.lifecycle.stop(stuck.servers, { noticeMs: 60_000, drainMs: 60_000 });
    stuck.lifecycle.force(stuck.servers);
    await ending;
    expect(await lost).toBe('cut');
  });
});
